package gorilla

import (
	"encoding/binary"
	"math"
	"slices"
)

// integers is what an encoder knows of the values as integers, filled by find.
type integers struct {
	divisor divisor
	k, j    []int64
	hasUlps bool
}

// find looks for the first divisor that all values have an integral form for; nonzeros are those of them
// that are not zero.
func (n *integers) find(values, nonzeros []float64, step byte) bool {
	for i := range divisors[step] {
		d := divisors[step][i]
		if i > 0 && d == 1 || !probe(nonzeros, d) {
			continue
		}
		if n.fill(values, d) {
			n.divisor = divisor(step<<4 | byte(i))
			return true
		}
	}
	return false
}

// probe rejects a wrong divisor by three values; zeros, of which there are many, say nothing.
func probe(values []float64, d float64) bool {
	m := len(values)
	for _, i := range [3]int{0, m / 2, m - 1} {
		if _, _, ok := integral(values[i], d); !ok {
			return false
		}
	}
	return true
}

// fill computes the forms of all values, or fails at the first that has none.
func (n *integers) fill(values []float64, d float64) bool {
	n.k, n.j = n.k[:0], n.j[:0]
	var any int64
	for _, v := range values {
		k, j, ok := integral(v, d)
		if !ok {
			return false
		}
		n.k = append(n.k, k)
		n.j = append(n.j, j)
		any |= j
	}
	n.hasUlps = any != 0
	return true
}

// withoutZeros fills n with those of all whose bit is set in nonzero.
func (n *integers) withoutZeros(all *integers, nonzero mask) {
	n.k, n.j, n.hasUlps = slices.Grow(n.k[:0], len(all.k))[:len(all.k)], slices.Grow(n.j[:0], len(all.k))[:len(all.k)], all.hasUlps
	at := 0
	for i, k := range all.k {
		n.k[at], n.j[at] = k, all.j[i]
		at += int(nonzero[i/64] >> (i % 64) & 1)
	}
	n.k, n.j = n.k[:at], n.j[:at]
}

// decodeInteger fills dst with the values of a block of class integer or integer and ulps, and reports
// whether body held exactly that.
func decodeInteger(dst []float64, header byte, body []byte) bool {
	if len(body) == 0 {
		return false
	}
	d := divisor(body[0]).value()
	start, c, body, size, ok := readNumbers(len(dst), header, body[1:])
	if !ok {
		return false
	}
	switch {
	case header&flagDelta == 0:
		ok = decodeDivided(dst, &c, body, d)
	case c.patches == 0:
		dst[0] = float64(start) / d
		unpackSumDivide(dst[1:], body, c.width, uint64(c.base), uint64(start), d)
	default:
		dst[0] = math.Float64frombits(uint64(start))
		ok = c.decode(dst[1:], body)
		sumAndDivide(dst, d)
	}
	body = body[size:]
	if ok && header&classMask == classUlps {
		c, body, size, ok = readColumn(body, len(dst))
		if !ok || !c.add(dst, body) {
			return false
		}
		body = body[size:]
	}
	return ok && len(body) == 0
}

// readNumbers reads the head of the first column of n values, and before differences the start value. It
// returns the bytes behind the head and how many of them are the column's.
func readNumbers(n int, header byte, body []byte) (start int64, c column, rest []byte, size int, ok bool) {
	if header&flagDelta != 0 {
		var length int
		start, length = binary.Varint(body)
		if length <= 0 || n < 2 {
			return 0, c, nil, 0, false
		}
		body = body[length:]
		n--
	}
	c, rest, size, ok = readColumn(body, n)
	return start, c, rest, size, ok
}

// decodeDivided decodes a column of integers that are not differences.
func decodeDivided(dst []float64, c *column, src []byte, d float64) bool {
	unpackDivide(dst, src, c.width, uint64(c.base), d)
	for i := range c.patches {
		at, v := c.patch(src, len(dst), i)
		if at >= uint(len(dst)) {
			return false
		}
		dst[at] = float64(int64(v)) / d
	}
	return true
}

// sumAndDivide turns a start value and differences, bit patterns in dst, into values.
func sumAndDivide(dst []float64, d float64) {
	var k int64
	for i, x := range dst {
		k += int64(math.Float64bits(x))
		dst[i] = float64(k) / d
	}
}
