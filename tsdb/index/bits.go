package index

import (
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// seriesBits has a bit for each series of a range: what many small arrays are united in or held against, at a
// nanosecond a series. They live as long as one call.
type seriesBits struct {
	first uint32 // series of the first bit, a multiple of wordsAligned × 64
	words []uint64
}

// wordsAligned is the number of words of a container of a roaring bitmap.
const wordsAligned = 1024

// newBits returns bits for the series from least to greatest.
func newBits(least, greatest uint32) seriesBits {
	first := least &^ (wordsAligned*64 - 1)
	return seriesBits{first, make([]uint64, (greatest-first)/64+1)}
}

// worthBits reports whether n series fill a range well enough: a word costs about as much to clear and scan as a
// sixteenth of a series to sort. Numbers are never used again, so that those alive lie far apart with time.
func worthBits(n int, least, greatest uint32) bool { return n >= int(greatest-least)/(64*16) }

// set sets the bits of series, all of them in the range.
func (b seriesBits) set(array []uint32) {
	for _, series := range array {
		i := series - b.first
		b.words[i/64] |= 1 << (i % 64)
	}
}

// setAll sets the bits of p, all of them in the range.
func (b seriesBits) setAll(p postings) {
	if p.many == nil {
		b.set(p.few)
		return
	}
	var chunk [256]uint32
	for each := p.many.ManyIterator(); ; {
		n := each.NextMany(chunk[:])
		if n == 0 {
			return
		}
		b.set(chunk[:n])
	}
}

// count returns how many series of array have their bit set; those out of the range have none.
func (b seriesBits) count(array []uint32) int {
	n := uint64(0)
	for _, series := range array {
		i := series - b.first // far above where it is below first
		if i/64 < uint32(len(b.words)) {
			n += b.words[i/64] >> (i % 64) & 1
		}
	}
	return int(n)
}

// postings returns the series whose bit is set. It uses up b.
func (b seriesBits) postings() postings {
	total := 0
	for _, word := range b.words {
		total += bits.OnesCount64(word)
	}
	if total > fewSeries {
		many := roaring.FromDense(b.words, false)
		if b.first > 0 {
			many = roaring.AddOffset64(many, int64(b.first))
		}
		return postings{many: many}
	}
	few := make([]uint32, 0, total)
	for i, word := range b.words {
		for ; word != 0; word &= word - 1 {
			few = append(few, b.first+uint32(i*64+bits.TrailingZeros64(word)))
		}
	}
	return postings{few: few}
}
