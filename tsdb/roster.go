package tsdb

import (
	"hash/maphash"
	"iter"
	"math"
)

// A roster is the series of a shard that are remembered, by number and by tags. Numbers grow with each new series
// and are never used again; those of forgotten series leave holes:
//
//	chapters   [ ─┬─ , nil, ─── ]      by number / 65,536
//	pages         ├─ [ s0 s1 … ]       by number / 256: 256 series, 22 KB; nil when all of them are forgotten
//	              └─ nil …
//	names      hash of tags -> number
//
// so that it costs what is remembered, and 8 bytes for each 65,536 series that ever were. Its shard's lock guards it.
type roster struct {
	seed     maphash.Seed
	chapters []*chapter
	names    tagTable
	// count is how many series there are, and next the number of the next new one.
	count int
	next  uint32
	// removals counts what was forgotten: who has kept a *series over it looks again.
	removals uint64
	// unlogged are those whose tags are not in the log yet, in the order in which they came. They are logged with the
	// next commit of the shard.
	unlogged []uint32
	// idle are those that may have come to be without values in memory, and batches those that rest (forget.go).
	idle    []uint32
	batches []restingBatch
	batch   uint32 // number of the last batch
}

// A chapter is the pages of 65,536 numbers.
type chapter struct {
	pages [256]*page
	used  int // pages that are not nil
}

// A page is 256 series.
type page struct {
	series [256]series
	used   int // series that exist
}

func newRoster() *roster { return &roster{seed: maphash.MakeSeed()} }

// at returns the series with a number, nil if there is none. It is the roster's own.
func (r *roster) at(number uint32) *series {
	if i := number >> 16; i < uint32(len(r.chapters)) && r.chapters[i] != nil {
		if p := r.chapters[i].pages[number>>8&0xff]; p != nil {
			if s := &p.series[number&0xff]; s.exists {
				return s
			}
		}
	}
	return nil
}

// find returns the number of the series with some tags, and whether it rests.
func (r *roster) find(tags []byte) (number uint32, rests, found bool) {
	number, found = r.names.find(r.hash(tags), func(number uint32) bool { return string(r.at(number).tags) == string(tags) })
	return number, found && r.at(number).resting != 0, found
}

// reserve notes that the numbers below n have been given out.
func (r *roster) reserve(n uint32) { r.next = max(r.next, n) }

// isFull reports whether all numbers have been given out.
func (r *roster) isFull() bool { return r.next > maxNumber }

// loggedFirst notes that the log has the definitions of the first n unlogged series.
func (r *roster) loggedFirst(n int) { r.unlogged = r.unlogged[n:] }

func (r *roster) hash(tags []byte) uint32 { return uint32(maphash.Bytes(r.seed, tags)) }

func (r *roster) hashOf(s *series) uint32 { return uint32(maphash.String(r.seed, string(s.tags))) }

// put enters a series under a number that none has, and makes it found by its tags.
func (r *roster) put(number uint32, s series) *series {
	chapters := int(number>>16) + 1
	if chapters > len(r.chapters) {
		r.chapters = append(r.chapters, make([]*chapter, chapters-len(r.chapters))...)
	}
	c := r.chapters[number>>16]
	if c == nil {
		c = &chapter{}
		r.chapters[number>>16] = c
	}
	p := c.pages[number>>8&0xff]
	if p == nil {
		p = &page{}
		c.pages[number>>8&0xff] = p
		c.used++
	}
	p.used++
	r.count++
	r.reserve(number + 1)
	entry := &p.series[number&0xff]
	*entry = s
	r.name(number)
	return entry
}

// name makes a series found by its tags. Of two with the same tags, the later one is.
func (r *roster) name(number uint32) {
	entry := r.at(number)
	if entry.tags == lost {
		return
	}
	hash := r.hashOf(entry)
	if old, found := r.names.find(hash, func(other uint32) bool { return r.at(other).tags == entry.tags }); found {
		r.names.remove(hash, old)
	}
	r.names.add(hash, number)
}

// remove forgets a series.
func (r *roster) remove(number uint32) {
	c := r.chapters[number>>16]
	p := c.pages[number>>8&0xff]
	entry := &p.series[number&0xff]
	r.names.remove(r.hashOf(entry), number)
	*entry = series{}
	r.removals++
	r.count--
	if p.used--; p.used > 0 {
		return
	}
	c.pages[number>>8&0xff] = nil
	if c.used--; c.used == 0 {
		r.chapters[number>>16] = nil
	}
}

// all yields the series from a number on, ascending.
func (r *roster) all(from uint32) iter.Seq2[uint32, *series] {
	return func(yield func(uint32, *series) bool) {
		for i := int(from >> 16); i < len(r.chapters); i++ {
			if r.chapters[i] == nil {
				continue
			}
			for j, p := range r.chapters[i].pages {
				first := uint32(i)<<16 | uint32(j)<<8
				if p == nil || first+0xff < from {
					continue
				}
				for k := range p.series {
					number := first + uint32(k)
					if p.series[k].exists && number >= from && !yield(number, &p.series[k]) {
						return
					}
				}
			}
		}
	}
}

// maxNumber is the last number that a Ref has room for.
const maxNumber = math.MaxUint32 - 1

// define enters a new series under the next number.
func (r *roster) define(s series) uint32 {
	number := r.next
	r.put(number, s)
	r.unlogged = append(r.unlogged, number)
	r.mayRest(number)
	return number
}

// run returns where the next series whose tags are known is, and how many follow each other there, max at most.
func (r *roster) run(from uint32, max int) (first uint32, n int) {
	for number, entry := range r.all(from) {
		switch {
		case n == max || n > 0 && (number != first+uint32(n) || entry.tags == lost):
			return first, n
		case entry.tags == lost:
		case n == 0:
			first, n = number, 1
		default:
			n++
		}
	}
	return first, n
}
