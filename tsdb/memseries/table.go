package memseries

import (
	"hash/maphash"
	"iter"
	"math"
)

// A Table is the series of a shard that are remembered, by number and by tags. Numbers grow with each new series
// and are never used again; those of forgotten series leave holes:
//
//	chapters   [ ─┬─ , nil, ─── ]      by number / 65,536
//	pages         ├─ [ s0 s1 … ]       by number / 256: 256 series, 22 KB; nil when all of them are forgotten
//	              └─ nil …
//	names      hash of tags -> number
//
// so that it costs what is remembered, and 8 bytes for each 65,536 series that ever were. The lock of the shard guards it.
type Table struct {
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
	series [256]Series
	used   int // series that exist
}

func newTable() *Table { return &Table{seed: maphash.MakeSeed()} }

// at returns the series with a number, nil if there is none. It is the table's own.
func (r *Table) at(number uint32) *Series {
	if i := number >> 16; i < uint32(len(r.chapters)) && r.chapters[i] != nil {
		if p := r.chapters[i].pages[number>>8&0xff]; p != nil {
			if s := &p.series[number&0xff]; s.exists {
				return s
			}
		}
	}
	return nil
}

// Find returns the number of the series with some tags, and whether it rests.
func (r *Table) Find(tags []byte) (number uint32, rests, found bool) {
	number, found = r.names.find(r.hashOfTags(tags), func(number uint32) bool { return string(r.at(number).Tags) == string(tags) })
	return number, found && r.at(number).resting != 0, found
}

// Len returns the number of series.
func (r *Table) Len() int { return r.count }

// Next returns the number of the next new series: all those below it have been given out.
func (r *Table) Next() uint32 { return r.next }

// Removals counts the series that were evicted: who has kept a *Series over it looks again.
func (r *Table) Removals() uint64 { return r.removals }

// Unlogged returns the series whose tags are not in the log yet, in the order in which they came. It is the table's own.
func (r *Table) Unlogged() []uint32 { return r.unlogged }

// Reserve notes that the numbers below n have been given out.
func (r *Table) Reserve(n uint32) { r.next = max(r.next, n) }

// IsFull reports whether all numbers have been given out.
func (r *Table) IsFull() bool { return r.next > MaxNumber }

// LoggedFirst notes that the log has the definitions of the first n unlogged series.
func (r *Table) LoggedFirst(n int) { r.unlogged = r.unlogged[n:] }

func (r *Table) hashOfTags(tags []byte) uint32 { return uint32(maphash.Bytes(r.seed, tags)) }

func (r *Table) hashOf(s *Series) uint32 { return uint32(maphash.String(r.seed, string(s.Tags))) }

// put enters a series under a number that none has, and makes it found by its tags.
func (r *Table) put(number uint32, s Series) *Series {
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
	r.Reserve(number + 1)
	entry := &p.series[number&0xff]
	*entry = s
	r.name(number)
	return entry
}

// name makes a series found by its tags. Of two with the same tags, the later one is.
func (r *Table) name(number uint32) {
	entry := r.at(number)
	if entry.Tags == UnknownTags {
		return
	}
	hash := r.hashOf(entry)
	if old, found := r.names.find(hash, func(other uint32) bool { return r.at(other).Tags == entry.Tags }); found {
		r.names.remove(hash, old)
	}
	r.names.add(hash, number)
}

// remove forgets a series.
func (r *Table) remove(number uint32) {
	c := r.chapters[number>>16]
	p := c.pages[number>>8&0xff]
	entry := &p.series[number&0xff]
	r.names.remove(r.hashOf(entry), number)
	*entry = Series{}
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

// All yields the series from a number on, ascending.
func (r *Table) All(from uint32) iter.Seq2[uint32, *Series] {
	return func(yield func(uint32, *Series) bool) {
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

// MaxNumber is the last number that a Ref has room for.
const MaxNumber = math.MaxUint32 - 1

// Define enters a new series under the next number.
func (r *Table) Define(s Series) uint32 {
	number := r.next
	r.put(number, s)
	r.unlogged = append(r.unlogged, number)
	r.MayRest(number)
	return number
}

// Run returns where the next series whose tags are known is, and how many follow each other there, max at most.
func (r *Table) Run(from uint32, max int) (first uint32, n int) {
	for number, entry := range r.All(from) {
		switch {
		case n == max || n > 0 && (number != first+uint32(n) || entry.Tags == UnknownTags):
			return first, n
		case entry.Tags == UnknownTags:
		case n == 0:
			first, n = number, 1
		default:
			n++
		}
	}
	return first, n
}
