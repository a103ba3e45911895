package tsdb

import (
	"context"
	"errors"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A stray is a series of which only files have values. Lists of tags count it by the newest file that has it; what is in
// memory is counted by the index:
//
//	index        a b c d
//	newest file    b c d e f        strays: e f
//	older file     b     e     g    strays: g
//
// so that a fleet of which all series are in memory costs nothing for its files, however many. Which series are strays
// is found out once and then kept, a bit for each series of a file, until windows move; series that come to have values
// in memory meanwhile are left out when it is used.

// A strayPart is the strays of one shard in one file.
type strayPart struct {
	filed *filedWindow
	bits  memseries.Set // by position in the file, from filed.part.First on
}

// A strayCache holds the strays of a shard as of some generation of it.
type strayCache struct {
	mu         sync.Mutex // guards what follows
	known      bool
	generation uint64
	parts      []strayPart
}

// strayParts returns the strays by file, those files that have some. The caller holds the lock of the shard.
func (s *shard) strayParts() ([]strayPart, error) {
	c := &s.strays
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known && c.generation == s.generation() {
		return c.parts, nil
	}
	parts, err := s.findStrays()
	c.known, c.generation, c.parts = err == nil, s.generation(), parts
	return parts, err
}

func (s *shard) findStrays() (parts []strayPart, err error) {
	var seen memseries.Set // by number
	var numbers []uint32
	s.values.newestFiles(func(filed *filedWindow) bool {
		numbers, err = filed.file.reader.NumbersOf(numbers[:0], filed.part)
		if errors.Is(err, blockfile.ErrDamaged) {
			err = nil
			return true // all of the file is lost
		}
		if err != nil {
			return false
		}
		windows, whole := s.windowsReading(filed.file)
		part := strayPart{filed: filed}
		for i, number := range numbers {
			if seen.Has(number) || s.series.InMemory(number) || !whole && !anyHolds(windows, number) {
				continue
			}
			seen.Add(number)
			part.bits.Add(uint32(i))
		}
		if part.bits != nil {
			parts = append(parts, part)
		}
		return true
	})
	return parts, err
}

// windowsReading returns the windows that read a file, and whether they are all that it has and nothing lies over it.
func (s *shard) windowsReading(file *windowFile) (windows []numberedWindow, whole bool) {
	whole = true
	for number := file.first; number <= file.last; number++ {
		w := s.values.byNumber[number]
		if filed := filePart(w); filed == nil || filed.file != file {
			whole = false
			continue
		}
		if _, plain := w.(*filedWindow); !plain {
			whole = false
		}
		windows = append(windows, numberedWindow{number, w})
	}
	return windows, whole
}

// A strayList is the strays that satisfy a predicate.
type strayList struct {
	matching  *condition
	positions map[*windowFile][]uint32 // ascending
}

func newStrayList(matching *condition) *strayList {
	return &strayList{matching: matching, positions: make(map[*windowFile][]uint32)}
}

// add adds those of a shard; shards come in order. The caller holds its lock.
func (l *strayList) add(ctx context.Context, s *shard) error {
	parts, err := s.strayParts()
	for _, part := range parts {
		if err == nil {
			file := part.filed.file
			l.positions[file], err = l.append(ctx, l.positions[file], s, part)
		}
	}
	return err
}

// append appends the positions of the strays of a part that are still strays and satisfy the predicate.
func (l *strayList) append(ctx context.Context, dst []uint32, s *shard, part strayPart) ([]uint32, error) {
	first, begin := part.filed.part.First, len(dst)
	if _, all := l.matching.where.(tag.True); all {
		part.bits.Each(func(i uint32) { dst = append(dst, first+i) })
	} else {
		matching, err := l.matching.of(ctx, part.filed)
		if err != nil {
			return dst, err
		}
		for _, position := range matching {
			if part.bits.Has(position - first) {
				dst = append(dst, position)
			}
		}
	}
	numbers, err := part.filed.file.reader.AppendNumbers(nil, dst[begin:])
	if errors.Is(err, blockfile.ErrDamaged) {
		return dst[:begin], nil
	}
	if err != nil {
		return dst, err
	}
	kept := begin
	for i, number := range numbers {
		if !s.series.InMemory(number) {
			dst[kept] = dst[begin+i]
			kept++
		}
	}
	return dst[:kept], nil
}

// count appends to lists what each file counts of its strays.
func (l *strayList) count(lists [][]TagCount,
	of func(r *blockfile.Reader, positions []uint32) ([]blockfile.Count, error)) ([][]TagCount, error) {
	for file, positions := range l.positions {
		if len(positions) == 0 {
			continue
		}
		counts, err := of(file.reader, positions)
		if err != nil {
			return nil, err
		}
		lists = append(lists, tagCounts(counts))
	}
	return lists, nil
}
