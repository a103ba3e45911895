package datadir

import (
	"fmt"
	"path/filepath"
	"time"
)

// Check refuses a directory whose files do not agree with its layout, and one that has files and no layout (nil). The
// error is ErrLayout, and names the file.
func (s *Survey) Check(l *Layout) error {
	if l == nil {
		return s.checkUnclaimed()
	}
	if _, err := s.agree(l); err != nil {
		return fmt.Errorf("%w; nothing was changed: put back the meta.json of this directory or restore it with %s, or move away what belongs elsewhere",
			err, restoreCommand(s.Path))
	}
	return nil
}

// checkUnclaimed refuses files of which nothing says what they were made with.
func (s *Survey) checkUnclaimed() error {
	switch {
	case s.holds == "":
		return nil
	case s.inside:
		return fmt.Errorf("%w: %s has %s, as the inside of a data directory does; --data is the directory with meta.json above it",
			ErrLayout, s.Path, s.holds)
	}
	return fmt.Errorf("%w: %s has data (%s) and no %s, so that nothing says at which step; nothing was changed: "+
		"put back a copy of %s, restore it with %s, or choose another --data",
		ErrLayout, s.Path, s.holds, LayoutFile, LayoutFile, restoreCommand(s.Path))
}

// A said is a value and the file that says so.
type said[T comparable] struct {
	value T
	file  string // "": nobody has said anything
}

// add takes what a file says; the zero value is nothing. The error names both files.
func (s *said[T]) add(what string, value T, file string) error {
	var nothing T
	switch {
	case value == nothing || value == s.value:
	case s.file == "":
		*s = said[T]{value, file}
	default:
		return fmt.Errorf("%w: %s has %s %v, and %s has %v", ErrLayout, s.file, what, s.value, file, value)
	}
	return nil
}

// An agreement is what all files of a directory say.
type agreement struct {
	step     said[time.Duration]
	slots    said[int]
	shards   said[int]
	instance said[string]
}

func (a *agreement) add(c Claim) error {
	for _, err := range []error{
		a.step.add("step", c.Step, c.File),
		a.slots.add("slots per window", c.WindowSlots, c.File),
		a.shards.add("shards", c.Shards, c.File),
		a.instance.add("instance", c.Instance, c.File),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// agree returns what the files say, and the layout if there is one. The error names two that contradict each other.
func (s *Survey) agree(l *Layout) (a agreement, err error) {
	if l != nil {
		err = a.add(Claim{LayoutFile, l.StepDuration(), l.WindowSlots, l.Shards, l.Instance})
	}
	for _, c := range s.Claims {
		c.File = filepath.ToSlash(c.File)
		if err = a.add(c); err != nil {
			return a, inDirectory(s.Path, err)
		}
	}
	if a.shards.file == "" {
		return a, err
	}
	for _, p := range s.placements {
		if !s.isPossible(p, a.shards.value) {
			return a, inDirectory(s.Path, fmt.Errorf("%w: %s has %d shards, and %s has series of shard %d that cannot be there with so many",
				ErrLayout, a.shards.file, a.shards.value, filepath.ToSlash(p.file), p.shard))
		}
	}
	return a, err
}

func inDirectory(path string, err error) error { return fmt.Errorf("%s: %w", path, err) }

// isPossible reports whether a series lies where it belongs among a number of shards.
func (s *Survey) isPossible(p placement, shards int) bool {
	return p.shard < shards && (p.tags == nil || s.schema.ShardOf(p.tags, shards) == p.shard)
}
