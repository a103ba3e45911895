package gorilla

import (
	"math"
	"math/bits"
)

// appendXOR appends values, none of them missing, as the Gorilla paper compresses them.
//
// Shape: the first value as it is, 64 bits. Then each value XOR the one before: a 0 bit if nothing
// changed; 10 + the bits inside the previous window, if all that changed lie there; else 11 + 5 bits of
// leading zeros + 6 bits of length + the bits, which makes a new window. At the end zero bits up to a byte.
// Source: Pelkonen et al., "Gorilla", VLDB 2015, section 4.1.2. A length of 64 is written as 0, which
// the paper leaves open, and more than 31 leading zeros count as 31, for there are 5 bits.
func appendXOR(dst []byte, values []float64) []byte {
	w := bitWriter{dst: dst}
	previous := math.Float64bits(values[0])
	w.write(previous, 64)
	lead, length := uint(0), uint(0) // the window; length 0: none yet
	for _, v := range values[1:] {
		u := math.Float64bits(v)
		x := u ^ previous
		previous = u
		if x == 0 {
			w.write(0, 1)
			continue
		}
		l, t := min(uint(bits.LeadingZeros64(x)), 31), uint(bits.TrailingZeros64(x))
		if length != 0 && l >= lead && t >= 64-lead-length {
			w.write(0b10, 2)
			w.write(x>>(64-lead-length), length)
			continue
		}
		lead, length = l, 64-l-t
		w.write(0b11<<11|uint64(lead)<<6|uint64(length&63), 13)
		w.write(x>>t, length)
	}
	return w.close()
}

// xorSize returns the number of bytes that appendXOR takes for values, or any number from limit on if
// that is not less than limit.
func xorSize(values []float64, limit int) int {
	total := 64 + len(values) - 1
	previous := math.Float64bits(values[0])
	lead, length := 0, 0
	for _, v := range values[1:] {
		if total > 8*limit {
			break
		}
		u := math.Float64bits(v)
		x := u ^ previous
		previous = u
		if x == 0 {
			continue
		}
		l, t := min(bits.LeadingZeros64(x), 31), bits.TrailingZeros64(x)
		if length == 0 || l < lead || t < 64-lead-length {
			lead, length = l, 64-l-t
			total += 11
		}
		total += 1 + length
	}
	return (total + 7) / 8
}

// decodeXOR fills dst, at least one value, from body and reports whether body held exactly that.
func decodeXOR(dst []float64, body []byte) bool {
	r := bitReader{src: body}
	u := r.read(64)
	dst[0] = math.Float64frombits(u)
	lead, length := uint(0), uint(0)
	for i := 1; i < len(dst); i++ {
		if r.read(1) != 0 {
			if r.read(1) != 0 {
				window := uint(r.read(11))
				lead, length = window>>6, window&63
				if length == 0 {
					length = 64
				}
			}
			if length == 0 || lead+length > 64 {
				return false
			}
			u ^= r.read(length) << (64 - lead - length)
		}
		dst[i] = math.Float64frombits(u)
	}
	return r.exhausted()
}
