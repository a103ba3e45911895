package datadir

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A Schema is what the store knows of its records and shards.
type Schema struct {
	// Describe returns what a record of the log says; ok is false for one that is not the store's or makes no sense.
	Describe func(rec wal.Record) (r Record, ok bool)
	// ShardOf returns the shard of a series, by its canonical tags, among a number of shards.
	ShardOf func(tags []byte, shards int) int
}

// A Record is what one record of the log says of the directory.
type Record struct {
	Shard int
	// Tags are the canonical tags of the first series that the record defines; nil: it defines none. They are valid as
	// long as the record is.
	Tags []byte
	// Slots are those that the record has values for.
	Slots SlotRange
}

// A SlotRange is some slots of the grid, both ends included. The zero value has none: there is no slot 0 with values.
type SlotRange struct{ First, Last int64 }

// add makes the range cover another one.
func (r *SlotRange) add(other SlotRange) {
	switch {
	case other == SlotRange{}:
	case *r == SlotRange{}:
		*r = other
	default:
		r.First, r.Last = min(r.First, other.First), max(r.Last, other.Last)
	}
}

// A Claim is what one file says of the directory that it belongs to. Zero fields are what it does not say.
type Claim struct {
	File        string // below the data directory
	Step        time.Duration
	WindowSlots int
	Shards      int
	Instance    string
}

// A placement is a series that a file has in a shard, from which follows how many shards there can be.
type placement struct {
	file  string
	shard int
	tags  []byte // nil: only the number of the shard is known
}

// A Survey is what the files of a directory say, apart from meta.json. Making one changes nothing.
type Survey struct {
	Path   string
	Claims []Claim
	// Damaged are the files that cannot be read, and so say nothing.
	Damaged []string
	// Slots are those of the log's values, if it was read as a whole.
	Slots SlotRange

	fsys       vfs.FS
	schema     Schema
	whole      bool   // the log is read as a whole
	holds      string // the first thing found that only a data directory has; "": nothing
	inside     bool   // what was found lies as in a namespace, not as in a data directory
	placements []placement
	unread     int // series of block files that may still be looked up
}

// readSeries is how many series the block files have together whose tags a start looks at, newest files first: their
// tables are read from disk for that.
const readSeries = 1 << 20

// NewSurvey reads what the files of the directory at path say of it; whole is to read the log to its end. A directory
// that is not there holds nothing. The error is that of the file system, or says that a file is of a newer program.
func NewSurvey(fsys vfs.FS, path string, schema Schema, whole bool) (*Survey, error) {
	s := &Survey{Path: path, fsys: fsys, schema: schema, whole: whole, unread: readSeries}
	names, err := s.list("")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		switch {
		case name == LayoutFile, name == lockFile, name == "snapshots", name == "lost+found":
		case isData(name):
			s.found(name, true)
		default:
			if err := s.readNamespace(name); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// isData reports whether a name is that of a segment or a block file.
func isData(name string) bool {
	extension := filepath.Ext(name)
	return extension == ".wal" || extension == ".blk"
}

func (s *Survey) found(name string, inside bool) {
	if s.holds == "" {
		s.holds, s.inside = name, inside
	}
}

// list returns the names in a directory below the surveyed one; none where there is no such directory.
func (s *Survey) list(name string) ([]string, error) {
	names, err := s.fsys.List(filepath.Join(s.Path, name))
	if isAbsent(err) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", s.Path, err)
	}
	return names, nil
}

// readNamespace reads the log and the block files of a namespace, if a name is that of one.
func (s *Survey) readNamespace(name string) error {
	names, err := s.list(name)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(names, isData) && (name == logDir || name == blockDir) {
		s.found(name, true)
		return nil
	}
	if slices.Contains(names, logDir) || slices.Contains(names, blockDir) {
		s.found(name, false)
	}
	segments, err := s.list(filepath.Join(name, logDir))
	if err != nil {
		return err
	}
	for _, file := range segments {
		if filepath.Ext(file) == ".wal" {
			err = errors.Join(err, s.read(filepath.Join(name, logDir, file), s.readSegment))
		}
	}
	blocks, listed := s.list(filepath.Join(name, blockDir))
	for _, file := range slices.Backward(blocks) { // the newest first
		if strings.HasSuffix(file, ".blk") {
			err = errors.Join(err, s.read(filepath.Join(name, blockDir, file), s.readBlocks))
		}
	}
	return errors.Join(err, listed)
}

// read reads one file. One that is damaged says nothing; one that has gone meanwhile was somebody else's to remove.
func (s *Survey) read(name string, read func(name string) error) error {
	err := read(name)
	switch {
	case errors.Is(err, wal.ErrHeader), errors.Is(err, blockfile.ErrDamaged):
		s.Damaged = append(s.Damaged, name)
		return nil
	case err == nil, isAbsent(err):
		return nil
	}
	return fmt.Errorf("data directory %s: %w", s.Path, err)
}

// firstRecords is how many records at the beginning of a segment without an origin are looked at for a series.
const firstRecords = 64

func (s *Survey) readSegment(name string) error {
	path := filepath.Join(s.Path, name)
	header, err := wal.ReadHeader(s.fsys, path)
	if err != nil && !errors.Is(err, wal.ErrHeader) {
		return err
	}
	if o := header.Origin; o != (wal.Origin{}) {
		s.Claims = append(s.Claims, Claim{name, time.Duration(o.StepMillis) * time.Millisecond, o.WindowSlots, o.Shards, o.Instance})
	}
	if s.whole || header.Origin == (wal.Origin{}) && err == nil {
		err = errors.Join(err, s.readRecords(name, path))
	}
	return err
}

func (s *Survey) readRecords(name, path string) error {
	seen, records := false, 0
	for entry, err := range wal.Walk(s.fsys, path) {
		if damage := (*wal.DamageError)(nil); errors.As(err, &damage) {
			continue
		}
		if err != nil {
			return err
		}
		r, ok := s.schema.Describe(entry.Record)
		if records++; !ok {
			continue
		}
		s.Slots.add(r.Slots)
		if r.Tags != nil && (s.whole || !seen) {
			s.placements = append(s.placements, placement{name, r.Shard, slices.Clone(r.Tags)})
			seen = true
		}
		if !s.whole && (seen || records >= firstRecords) {
			break
		}
	}
	return nil
}

func (s *Survey) readBlocks(name string) error {
	r, err := blockfile.Open(s.fsys, filepath.Join(s.Path, name))
	if err != nil {
		return err
	}
	head := r.Head()
	s.Claims = append(s.Claims, Claim{File: name, Step: time.Duration(head.StepMillis) * time.Millisecond, WindowSlots: head.Slots})
	for _, part := range r.Shards() {
		p := placement{file: name, shard: part.Shard}
		if r.Len() <= s.unread && err == nil {
			p.tags, err = r.AppendCanonical(nil, part.First)
		}
		s.placements = append(s.placements, p)
	}
	s.unread -= min(s.unread, r.Len())
	return errors.Join(err, r.Close())
}
