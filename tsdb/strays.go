package tsdb

import (
	"math/bits"
	"sync"

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
	bits  []uint64 // by position in the file, from filed.part.First on
}

// A strayCache holds the strays of a shard as of some shard.moves.
type strayCache struct {
	mu    sync.Mutex // guards what follows
	known bool
	moves uint64
	parts []strayPart
}

// strayParts returns the strays by file, those files that have some. The caller holds the lock of the shard.
func (s *shard) strayParts() ([]strayPart, error) {
	c := &s.strays
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known && c.moves == s.moves {
		return c.parts, nil
	}
	parts, err := s.findStrays()
	c.known, c.moves, c.parts = err == nil, s.moves, parts
	return parts, err
}

func (s *shard) findStrays() (parts []strayPart, err error) {
	var seen []uint64 // by number
	var numbers []uint32
	s.newestFiles(func(filed *filedWindow) bool {
		if seen == nil {
			seen = make([]uint64, s.roster.next/64+1)
		}
		if numbers, err = filed.file.reader.NumbersOf(numbers[:0], filed.part); filed.file.check(err) != nil {
			return false
		}
		part, any := strayPart{filed: filed, bits: make([]uint64, (len(numbers)+63)/64)}, false
		for i, number := range numbers {
			if seen[number/64]>>(number%64)&1 != 0 || s.inMemory(number) {
				continue
			}
			seen[number/64] |= 1 << (number % 64)
			part.bits[i/64] |= 1 << (i % 64)
			any = true
		}
		if any {
			parts = append(parts, part)
		}
		return true
	})
	return parts, err
}

// inMemory reports whether a series has values in memory.
func (s *shard) inMemory(number uint32) bool {
	entry := s.roster.at(number)
	return entry != nil && entry.windows > 0
}

// appendStrays appends the positions of the strays that are still strays and satisfy the predicate.
func (s *shard) appendStrays(dst []uint32, part strayPart, answers *fileAnswers) ([]uint32, error) {
	begin := len(dst)
	if _, all := answers.where.(tag.True); all {
		for i, word := range part.bits {
			for ; word != 0; word &= word - 1 {
				dst = append(dst, part.filed.part.First+uint32(i*64+bits.TrailingZeros64(word)))
			}
		}
	} else {
		matching, err := answers.of(part.filed)
		if err != nil {
			return dst, err
		}
		for _, position := range matching {
			if at := position - part.filed.part.First; part.bits[at/64]>>(at%64)&1 != 0 {
				dst = append(dst, position)
			}
		}
	}
	numbers, err := part.filed.file.reader.AppendNumbers(nil, dst[begin:])
	if part.filed.file.check(err) != nil {
		return dst, err
	}
	kept := begin
	for i, number := range numbers {
		if !s.inMemory(number) {
			dst[kept] = dst[begin+i]
			kept++
		}
	}
	return dst[:kept], nil
}
