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
	raw     []rawValue // the values without integral form
}

// find looks for the first divisor that all values have an integral form for, or else the first that
// leaves only a few raw. nonzeros are those of the values that are not zero.
func (n *integers) find(values, nonzeros []float64, step byte) bool {
	return n.findAllowing(values, nonzeros, step, 0) ||
		len(values) >= 12 && n.findAllowing(values, nonzeros, step, rawAllowed(len(values)))
}

func (n *integers) findAllowing(values, nonzeros []float64, step byte, raw int) bool {
	for i, d := range divisors[step] {
		if i > 0 && d == 1 || !probe(nonzeros, d, min(raw, 1)) {
			continue
		}
		if n.fill(values, d, raw) {
			n.divisor = divisor(step<<4 | byte(i))
			return true
		}
	}
	return false
}

// probe rejects a wrong divisor by three values, of which it lets misses have no integral form; zeros, of
// which there are many, say nothing.
func probe(values []float64, d float64, misses int) bool {
	m := len(values)
	for _, i := range [3]int{0, m / 2, m - 1} {
		if _, _, ok := integral(values[i], d); !ok {
			if misses == 0 {
				return false
			}
			misses--
		}
	}
	return true
}

// fill computes the forms of all values, or fails where more than the allowed number have none.
func (n *integers) fill(values []float64, d float64, raw int) bool {
	n.k, n.j, n.raw = n.k[:0], n.j[:0], n.raw[:0]
	var last, ulps int64
	for i, v := range values {
		k, j, ok := integral(v, d)
		if !ok {
			if len(n.raw) == raw {
				return false
			}
			n.raw = append(n.raw, rawValue{uint16(i), v})
			k, j = last, 0
		}
		n.k = append(n.k, k)
		n.j = append(n.j, j)
		ulps |= j
		last = k
	}
	if len(n.raw) > 0 && n.raw[0].place == 0 && len(n.k) > 1 {
		n.k[0] = n.k[1] // an odd first value has none before it
	}
	n.hasUlps = ulps != 0
	return true
}

// withoutZeros fills n with those of all whose bit is set in nonzero.
func (n *integers) withoutZeros(all *integers, nonzero mask) {
	m := len(all.k)
	n.k, n.j, n.hasUlps = slices.Grow(n.k[:0], m)[:m], slices.Grow(n.j[:0], m)[:m], all.hasUlps
	at := 0
	for i, k := range all.k {
		n.k[at], n.j[at] = k, all.j[i]
		at += int(nonzero[i/64] >> (i % 64) & 1)
	}
	n.k, n.j = n.k[:at], n.j[:at]
	n.raw = n.raw[:0]
	for _, r := range all.raw {
		n.raw = append(n.raw, rawValue{uint16(nonzero.rank(int(r.place))), r.value})
	}
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
	if ok && header&flagRaw != 0 {
		return decodeRaw(dst, body)
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
