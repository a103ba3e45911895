package datadir

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
)

var (
	// ErrNoStep reports that no file says the step; the way out is to say it.
	ErrNoStep = errors.New("no file says the step")
	// ErrInOrder reports a meta.json that no file contradicts: there is nothing to restore.
	ErrInOrder = errors.New("meta.json is in order")
)

// Restore returns the layout that the files of the directory have been written with. step is what the operator says of
// it, 0 for nothing: where files say it, too, it has to be the same. usual is what the program makes directories with; its
// slots and shards are taken where no file says otherwise, as in a log of format version 1, which depends on
// neither. An instance that nobody knows is a new one.
//
// The error is ErrNoStep, ErrInOrder, or ErrLayout where files contradict each other, with the names of two.
func (s *Survey) Restore(step time.Duration, usual Layout) (Layout, error) {
	old, err := Read(s.fsys, s.Path)
	if errors.Is(err, errNewer) {
		return Layout{}, err
	}
	readable := err == nil
	if readable && step != 0 && old.StepDuration() == step || readable && step == 0 {
		if _, err := s.agree(&old); err == nil {
			return old, ErrInOrder
		}
	}
	if s.inside || s.holds == "" {
		return Layout{}, fmt.Errorf("%w: %s has no namespace with a log or block files in it, from which meta.json could be restored",
			ErrLayout, s.Path)
	}
	a, err := s.agree(nil)
	if err != nil {
		return Layout{}, err
	}
	if readable && a.step.file == "" { // meta.json alone says the step, and is not damaged
		err = a.step.add("step", old.StepDuration(), LayoutFile)
	}
	if err = errors.Join(err, a.step.add("step", step, "--step")); err != nil {
		return Layout{}, inDirectory(s.Path, err)
	}
	if a.step.file == "" {
		return Layout{}, fmt.Errorf("%s: %w of the grid; name it with --step", s.Path, ErrNoStep)
	}
	l := Layout{
		Format:      FormatVersion,
		Step:        a.step.value.String(),
		WindowSlots: cmp.Or(a.slots.value, usual.WindowSlots),
		Instance:    cmp.Or(a.instance.value, old.Instance, rand.Text()),
	}
	l.Shards, err = s.shards(a, usual.Shards)
	return l, err
}

// shards returns the number of shards: what the files say, or the one with which their series lie where they do. The
// usual number is taken where it is possible.
func (s *Survey) shards(a agreement, usual int) (int, error) {
	if a.shards.file != "" {
		return a.shards.value, nil
	}
	if s.arePossible(usual) {
		return usual, nil
	}
	found := 0
	for n := 1; n <= MaxShards; n++ {
		if !s.arePossible(n) {
			continue
		}
		if found > 0 {
			return 0, fmt.Errorf("%w: %s: the series lie in their shards as if there were %d or %d; put back a copy of meta.json",
				ErrLayout, s.Path, found, n)
		}
		found = n
	}
	if found == 0 {
		return 0, fmt.Errorf("%w: %s: the series of its files lie in their shards as with no number of shards, so the files are of several directories",
			ErrLayout, s.Path)
	}
	return found, nil
}

func (s *Survey) arePossible(shards int) bool {
	for _, p := range s.placements {
		if !s.isPossible(p, shards) {
			return false
		}
	}
	return true
}

// Bounds returns the times that the first and the last of the log's values have on the grid of a step; both are zero where
// it has no values, or was not read as a whole.
func (s *Survey) Bounds(step time.Duration) (first, last time.Time) {
	if s.Slots == (SlotRange{}) {
		return first, last
	}
	at := func(slot int64) time.Time { return time.UnixMilli(slot * step.Milliseconds()).UTC() }
	return at(s.Slots.First), at(s.Slots.Last)
}

// WriteRestored makes l the layout of the directory, which the caller has locked. A meta.json that was there gets a
// name that ends in .bad, which is returned; "" where there was none.
func (s *Survey) WriteRestored(l Layout) (aside string, err error) {
	aside, err = blockfile.Quarantine(s.fsys, filepath.Join(s.Path, LayoutFile))
	if isAbsent(err) {
		aside, err = "", nil
	}
	if err != nil {
		return "", err
	}
	_, err = Write(s.fsys, s.Path, l)
	return aside, err
}
