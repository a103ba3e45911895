package memseries

import (
	"hash/maphash"
	"iter"
	"math"
)

// A Table is the series of a shard that are remembered, by number and by tags. Numbers grow with each new series
// and are never used again; those of evicted series leave holes:
//
//	chapters   [ ─┬─ , nil, ─── ]      by number / 65,536
//	pages         ├─ [ s0 s1 … ]       by number / 256: 256 series, 22 KB; nil when all of them are evicted
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
	// removals counts what was evicted: who has kept a *Series over it looks again.
	removals uint64
	// unlogged are those whose tags are not in the log yet, in the order in which they came. They are logged with the
	// next commit of the shard.
	unlogged []uint32
	// idle are those that may have come to be without values in memory, and batches those that rest (evict.go).
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
func (t *Table) at(number uint32) *Series {
	if i := number >> 16; i < uint32(len(t.chapters)) && t.chapters[i] != nil {
		if p := t.chapters[i].pages[number>>8&0xff]; p != nil {
			if s := &p.series[number&0xff]; s.exists {
				return s
			}
		}
	}
	return nil
}

// Find returns the number of the series with some tags, and whether it rests.
func (t *Table) Find(tags []byte) (number uint32, rests, found bool) {
	number, found = t.names.find(t.hashOfTags(tags), func(number uint32) bool { return string(t.at(number).Tags) == string(tags) })
	return number, found && t.at(number).resting != 0, found
}

// Len returns the number of series.
func (t *Table) Len() int { return t.count }

// Next returns the number of the next new series: all those below it have been given out.
func (t *Table) Next() uint32 { return t.next }

// Removals counts the series that were evicted: who has kept a *Series over it looks again.
func (t *Table) Removals() uint64 { return t.removals }

// Unlogged returns the series whose tags are not in the log yet, in the order in which they came. It is the table's own.
func (t *Table) Unlogged() []uint32 { return t.unlogged }

// Reserve notes that the numbers below n have been given out.
func (t *Table) Reserve(n uint32) { t.next = max(t.next, n) }

// IsFull reports whether all numbers have been given out.
func (t *Table) IsFull() bool { return t.next > MaxNumber }

// LoggedFirst notes that the log has the definitions of the first n unlogged series.
func (t *Table) LoggedFirst(n int) { t.unlogged = t.unlogged[n:] }

func (t *Table) hashOfTags(tags []byte) uint32 { return uint32(maphash.Bytes(t.seed, tags)) }

func (t *Table) hashOf(s *Series) uint32 { return uint32(maphash.String(t.seed, string(s.Tags))) }

// put enters a series under a number that none has, and makes it found by its tags.
func (t *Table) put(number uint32, s Series) *Series {
	chapters := int(number>>16) + 1
	if chapters > len(t.chapters) {
		t.chapters = append(t.chapters, make([]*chapter, chapters-len(t.chapters))...)
	}
	c := t.chapters[number>>16]
	if c == nil {
		c = &chapter{}
		t.chapters[number>>16] = c
	}
	p := c.pages[number>>8&0xff]
	if p == nil {
		p = &page{}
		c.pages[number>>8&0xff] = p
		c.used++
	}
	p.used++
	t.count++
	t.Reserve(number + 1)
	entry := &p.series[number&0xff]
	*entry = s
	t.name(number)
	return entry
}

// name makes a series found by its tags. Of two with the same tags, the later one is.
func (t *Table) name(number uint32) {
	entry := t.at(number)
	if entry.Tags == UnknownTags {
		return
	}
	hash := t.hashOf(entry)
	if old, found := t.names.find(hash, func(other uint32) bool { return t.at(other).Tags == entry.Tags }); found {
		t.names.remove(hash, old)
	}
	t.names.add(hash, number)
}

// remove evicts a series.
func (t *Table) remove(number uint32) {
	c := t.chapters[number>>16]
	p := c.pages[number>>8&0xff]
	entry := &p.series[number&0xff]
	t.names.remove(t.hashOf(entry), number)
	*entry = Series{}
	t.removals++
	t.count--
	if p.used--; p.used > 0 {
		return
	}
	c.pages[number>>8&0xff] = nil
	if c.used--; c.used == 0 {
		t.chapters[number>>16] = nil
	}
}

// All yields the series from a number on, ascending.
func (t *Table) All(from uint32) iter.Seq2[uint32, *Series] {
	return func(yield func(uint32, *Series) bool) {
		for i := int(from >> 16); i < len(t.chapters); i++ {
			if t.chapters[i] == nil {
				continue
			}
			for j, p := range t.chapters[i].pages {
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
func (t *Table) Define(s Series) uint32 {
	number := t.next
	t.put(number, s)
	t.unlogged = append(t.unlogged, number)
	t.MayRest(number)
	return number
}

// Run returns where the next series whose tags are known is, and how many follow each other there, max at most.
func (t *Table) Run(from uint32, max int) (first uint32, n int) {
	for number, entry := range t.All(from) {
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
