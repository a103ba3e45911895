package tsdb

import (
	"encoding/binary"
	"math"
	"math/bits"
	"sync/atomic"

	"github.com/VictoriaMetrics/fastcache"
)

const (
	// cacheBytes bounds the cache of a DB, outside of the Go heap and taken as it fills. By 1,000 nodes, three hours are
	// 2.7 MB; a sum is 2 kB: room for 20 of the one and any number of the other. fastcache has 32 MB at least.
	cacheBytes = 64 << 20
	// cachePartBytes is how much of an entry goes into one of fastcache's, which drops the oldest in each of 512 buckets
	// of 128 kB on its own: small parts fill them evenly.
	cachePartBytes = 16 << 10
	// cacheEntryBytes is how large an entry may be: an eighth of the cache.
	cacheEntryBytes = cacheBytes / 8
	// maxCacheKey is how long a question may be; fastcache takes keys and parts of 64 kB together.
	maxCacheKey = 8 << 10
)

// A cache keeps the columns of closed units. An entry is what one Select answers for one unit:
//
//	key     question  unit (varint)  part (varint)          see appendQuestion
//	value   stable (8)  parts (4)  group …                  of each part
//	group   length (4)  key  ID (20)  gauge, kinds (1)  series (8)  samples (8)  Present (8 each)  values (8 each)
//
// All integers are little endian; values are those of the aggregates asked for, one after the other. stable is that of
// revisions when reading began; parts with different ones are of different entries. fastcache compares whole keys.
type cache struct {
	entries             *fastcache.Cache
	hits, misses, stale atomic.Uint64 // units asked for
}

func newCache() *cache { return &cache{entries: fastcache.New(cacheBytes)} }

// close gives the memory back. A closed cache keeps things as before, in new memory.
func (c *cache) close() {
	if c != nil {
		c.entries.Reset()
	}
}

const groupHeadBytes = 4 + 20 + 1 + 8 + 8

// An entryShape says how the groups of an entry look: what it has besides follows from the question.
type entryShape struct {
	aggregates Aggregate
	values     int // per aggregate
	slots      int // primary slots
	maskWords  int
}

func shapeOf(q *Query, l *rangePlan) entryShape {
	s := entryShape{aggregates: q.Aggregates, values: int(l.unit) / l.ratio, slots: int(l.unit)}
	if q.hasMask(l.ratio) {
		s.maskWords = maskWords(s.slots)
	}
	return s
}

// valuesBytes returns the size of the values of one group.
func (s *entryShape) valuesBytes() int { return 8 * s.values * bits.OnesCount8(uint8(s.aggregates)) }

// A unitWriter encodes the groups of one unit into parts.
type unitWriter struct {
	stable uint64
	parts  [][]byte
	size   int
}

const partHeadBytes = 8 + 4

// add encodes what p has for one unit; at is the unit's place among the slots of p, t its tally.
func (w *unitWriter) add(s *entryShape, key string, p *partial, t *tally, at, ratio int) {
	need := groupHeadBytes + len(key) + 8*s.maskWords + s.valuesBytes()
	if n := len(w.parts); n == 0 || len(w.parts[n-1])+need > cachePartBytes {
		w.beginPart()
	}
	last := &w.parts[len(w.parts)-1]
	b := binary.LittleEndian.AppendUint32(*last, uint32(len(key)))
	b = append(b, key...)
	b = append(b, t.first[:]...)
	b = append(b, byte(t.kinds)<<1|flag(t.gauge))
	b = binary.LittleEndian.AppendUint64(b, uint64(t.series))
	b = binary.LittleEndian.AppendUint64(b, uint64(t.samples))
	for i := range s.maskWords {
		b = binary.LittleEndian.AppendUint64(b, bitsAt(p.Present, at+64*i, min(64, s.slots-64*i)))
	}
	for _, values := range p.slices() {
		if *values == nil {
			continue
		}
		for _, v := range (*values)[at/ratio : at/ratio+s.values] {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	w.size += len(b) - len(*last)
	*last = b
}

func (w *unitWriter) beginPart() {
	part := binary.LittleEndian.AppendUint64(make([]byte, 0, cachePartBytes), w.stable)
	w.parts = append(w.parts, append(part, 0, 0, 0, 0))
}

// put keeps the entry of a unit, in place of what there was. key is without its part.
func (c *cache) put(key []byte, w *unitWriter) {
	if w.size > cacheEntryBytes || len(key) > maxCacheKey {
		return
	}
	if len(w.parts) == 0 {
		w.beginPart() // that there are no groups is an answer, too
	}
	for i, part := range w.parts {
		binary.LittleEndian.PutUint32(part[8:], uint32(len(w.parts)))
		c.entries.Set(binary.AppendUvarint(key, uint64(i)), part)
	}
}

// get returns the parts of the entry of a unit if all are there and hold, in the memory of scratch.
func (c *cache) get(key []byte, scratch [][]byte, holds func(stable uint64) bool) (parts [][]byte, found bool) {
	parts = scratch[:0]
	var stable uint64
	for i, n := 0, 1; i < n; i++ {
		if i < cap(parts) {
			parts = parts[:i+1]
		} else {
			parts = append(parts, nil)
		}
		part, there := c.entries.HasGet(parts[i][:0], binary.AppendUvarint(key, uint64(i)))
		parts[i] = part
		if !there || len(part) < partHeadBytes {
			c.misses.Add(1)
			return parts, false
		}
		at := binary.LittleEndian.Uint64(part)
		if i == 0 {
			stable, n = at, int(binary.LittleEndian.Uint32(part[8:]))
		}
		if at != stable || i == 0 && !holds(stable) {
			c.stale.Add(1)
			return parts, false
		}
	}
	if !holds(stable) {
		// A change has begun since. A reader that had begun by then may have put a part of it into parts with the same number.
		c.stale.Add(1)
		return parts, false
	}
	c.hits.Add(1)
	return parts, true
}

// A cachedGroup is one group of an entry. It points into the entry.
type cachedGroup struct {
	key   []byte
	tally tally
	mask  []byte // 8 bytes a word
	// values are 8 bytes each, those of the lowest aggregate first.
	values []byte
}

// next cuts a group off part, which is behind its head.
func (s *entryShape) next(part []byte) (g cachedGroup, rest []byte) {
	n := int(binary.LittleEndian.Uint32(part))
	g.key, part = part[4:4+n], part[4+n:]
	copy(g.tally.first[:], part)
	g.tally.gauge, g.tally.kinds = part[20]&1 != 0, kinds(part[20]>>1)
	g.tally.series = int(binary.LittleEndian.Uint64(part[21:]))
	g.tally.samples = int(binary.LittleEndian.Uint64(part[29:]))
	part = part[groupHeadBytes-4:]
	g.mask, part = part[:8*s.maskWords], part[8*s.maskWords:]
	n = s.valuesBytes()
	g.values = part[:n]
	return g, part[n:]
}

// CacheStats describe the cache of the columns of closed steps.
type CacheStats struct {
	// Hits, Misses and Stale count units that were looked for: found, not there, and there but changed since.
	Hits, Misses, Stale uint64
	// Bytes is the memory taken, of at most MaxBytes.
	Bytes, MaxBytes uint64
}

func (c *cache) stats() CacheStats {
	var inner fastcache.Stats
	c.entries.UpdateStats(&inner)
	return CacheStats{
		Hits: c.hits.Load(), Misses: c.misses.Load(), Stale: c.stale.Load(),
		Bytes: inner.BytesSize, MaxBytes: inner.MaxBytesSize,
	}
}

// bitsAt returns n bits, at most 64, from position at on.
func bitsAt(words []uint64, at, n int) uint64 {
	word := words[at/64] >> (at % 64)
	if at%64 != 0 && at/64+1 < len(words) {
		word |= words[at/64+1] << (64 - at%64)
	}
	if n < 64 {
		word &= 1<<n - 1
	}
	return word
}

// orBits sets n bits, at most 64, from position at on, that are set in word.
func orBits(words []uint64, at, n int, word uint64) {
	if n < 64 {
		word &= 1<<n - 1
	}
	words[at/64] |= word << (at % 64)
	if at%64+n > 64 {
		words[at/64+1] |= word >> (64 - at%64)
	}
}
