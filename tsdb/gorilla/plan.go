package gorilla

import (
	"math"
	"math/bits"
)

// A planner finds how to pack a column. It is scratch: nothing in it outlives a call.
type planner struct {
	// By the bit length of the distance to a pivot: how many values, the least and the greatest.
	count     [64]int32
	low, high [64]int64
	// The same of all values at this length and above.
	above     [64]int32
	aboveLow  [64]int64
	aboveHigh [64]int64
}

// plan returns the best column for xs, at least one value, and its size in bytes.
//
// Values are counted by the bit length of their distance to a pivot, the median of three. One pass
// over the lengths that occur then prices "keep what is nearer than this, patch the rest". Counting on
// both sides of the pivot lets one counter reset or one dip be patched as a spike is.
func (p *planner) plan(xs []int64) (column, int) {
	pivot := median(xs[0], xs[len(xs)/2], xs[len(xs)-1])
	lengths := uint64(0) // a bit for each length that occurs
	for _, x := range xs {
		d := x - pivot
		length := bits.Len64(uint64(d^d>>63)) & 63
		if lengths>>length&1 == 0 {
			lengths |= 1 << length
			p.count[length], p.low[length], p.high[length] = 1, x, x
			continue
		}
		p.count[length]++
		p.low[length] = min(p.low[length], x)
		p.high[length] = max(p.high[length], x)
	}
	p.sumAbove(lengths)
	c := p.cheapest(lengths)
	if c.patches > 0 {
		// The base reaches beyond the values that stay, perhaps to some that were to be patched.
		c.patches = c.misfits(xs)
	}
	return c, c.size(len(xs))
}

// sumAbove fills the sums from the greatest length down.
func (p *planner) sumAbove(lengths uint64) {
	greater := -1
	for left := lengths; left != 0; {
		i := 63 - bits.LeadingZeros64(left)
		left &^= 1 << i
		p.above[i], p.aboveLow[i], p.aboveHigh[i] = p.count[i], p.low[i], p.high[i]
		if greater >= 0 {
			p.above[i] += p.above[greater]
			p.aboveLow[i] = min(p.aboveLow[i], p.aboveLow[greater])
			p.aboveHigh[i] = max(p.aboveHigh[i], p.aboveHigh[greater])
		}
		greater = i
	}
}

// A span is the least and the greatest of some values.
type span struct{ low, high int64 }

func (s span) width() uint { return uint(bits.Len64(uint64(s.high) - uint64(s.low))) }

// cheapest returns the best column: values of a length below some cut stay, those above it are patched.
func (p *planner) cheapest(lengths uint64) column {
	var best column
	var bestKept, bestPatched span
	bestBits := math.MaxInt
	shortest := bits.TrailingZeros64(lengths)
	m := int(p.above[shortest]) // all values
	kept := span{p.low[shortest], p.high[shortest]}
	for left := lengths; left != 0; {
		i := bits.TrailingZeros64(left)
		left &= left - 1
		kept = span{min(kept.low, p.low[i]), max(kept.high, p.high[i])}
		c := column{width: widthOf(kept)}
		var patched span
		if left != 0 {
			next := bits.TrailingZeros64(left)
			patched = span{p.aboveLow[next], p.aboveHigh[next]}
			c.patches, c.patchWidth = int(p.above[next]), patched.width()
		}
		if c.patches > maxPatches || c.patches > 0 && c.width == 64 {
			continue
		}
		if price := c.price(m); price < bestBits {
			best, bestBits, bestKept, bestPatched = c, price, kept, patched
		}
	}
	best.base = chooseBase(bestKept, best.width)
	if best.patches > 0 {
		best.patchBase = chooseBase(bestPatched, best.patchWidth)
	}
	return best
}

// price returns about the bits of a column of m values, and the worth of the time that patches take.
func (c *column) price(m int) int {
	const patchHead = 8 * 3 // at least: count, width, base
	// A patch takes 5 ns to read, so it must save more than it takes: 16 bits make the blocks of a fleet
	// 0.2 % larger and the decoder 4 % faster.
	const patchPrice = 16
	price := m * int(c.width)
	if c.patches > 0 {
		price += patchHead + c.patches*(placeBits(m)+int(c.patchWidth)+patchPrice)
	}
	return price
}

// widthOf returns the width of a column of values in s.
func widthOf(s span) uint {
	width := s.width()
	if width > maxLoadedWidth {
		return 64
	}
	return width
}

// chooseBase returns the base with which width bits reach over s that takes the fewest bytes:
// mostly the range leaves some play. In a wide column that is the one with the most zero bits at its end
// (a full mantissa's base shrinks from 9 bytes to 3), else the one nearest to zero.
func chooseBase(s span, width uint) int64 {
	const bias = 1 << 63 // makes the order of integers that of unsigned ones
	to := uint64(s.low) ^ bias
	play := ^uint64(0)>>(64-width) - (uint64(s.high) - uint64(s.low))
	from := to - min(play, to)
	if width < wideColumn {
		if from <= bias && bias <= to {
			return 0
		}
		if to < bias {
			return s.low
		}
		return int64(from ^ bias)
	}
	if from == 0 {
		return int64(from ^ bias)
	}
	zeros := bits.Len64((from-1)^to) - 1
	return int64(to>>zeros<<zeros ^ bias)
}

func median(a, b, c int64) int64 { return max(min(a, b), min(max(a, b), c)) }
