package index

import "math/bits"

// A bitmap has a bit for each series below a bound: 12.5 KB for 100,000 series.
type bitmap []uint64

// bitmapOf returns the series of lists, all of them below bound.
func bitmapOf(lists []postings, bound uint32) bitmap {
	b := make(bitmap, (uint64(bound)+63)/64)
	for _, list := range lists {
		for _, series := range list {
			b[series/64] |= 1 << (series % 64)
		}
	}
	return b
}

// has returns 1 if series is in b, otherwise 0.
func (b bitmap) has(series uint32) uint64 { return b[series/64] >> (series % 64) & 1 }

// count returns how many series of p are in b.
func (b bitmap) count(p postings) int {
	n := uint64(0)
	for _, series := range p {
		n += b.has(series)
	}
	return int(n)
}

// filter returns the series of p that are in b, or those that are not, in new memory.
func (b bitmap) filter(p postings, in bool) postings {
	want := uint64(0)
	if in {
		want = 1
	}
	var kept postings
	for _, series := range p {
		if b.has(series) == want {
			kept = append(kept, series)
		}
	}
	return kept
}

// postings returns the series in b, of which there are at most most.
func (b bitmap) postings(most int) postings {
	list := make(postings, 0, most)
	for i, word := range b {
		for ; word != 0; word &= word - 1 {
			list = append(list, uint32(i*64+bits.TrailingZeros64(word)))
		}
	}
	return list
}
