package gorilla

import (
	"math"
	"math/bits"
)

// Values without an integral form are packed as their bits, the sign rotated to the bottom: for values of
// one sign it is the same everywhere, for both signs the magnitudes stay together. Zero bits that all
// values have at their end are shifted out: float32 data and dyadic fractions need no class of their own.
//
//	x = rotateleft(bits(v), 1) >> shift  -  middle >> shift
//
// middle is 2^63: values on both sides of 2.0, where the top bit of the rotated bits changes, stay
// neighbours as signed integers.
const middle = 1 << 63

// fillFloatBits computes the integers of values, and the shift.
func fillFloatBits(xs []int64, values []float64) (_ []int64, shift uint) {
	xs = xs[:0]
	var union uint64
	for _, v := range values {
		u := bits.RotateLeft64(math.Float64bits(v), 1)
		union |= u
		xs = append(xs, int64(u))
	}
	shift = uint(bits.TrailingZeros64(union)) & 63
	centre := uint64(middle) >> shift
	for i, x := range xs {
		xs[i] = int64(uint64(x)>>shift - centre)
	}
	return xs, shift
}

// decodeFloatBits fills dst with the values of a block of class float, and reports whether body held
// exactly that.
func decodeFloatBits(dst []float64, header byte, body []byte) bool {
	if len(body) == 0 || body[0] > 63 {
		return false
	}
	shift := uint(body[0])
	centre := uint64(middle) >> shift
	start, c, body, size, ok := readNumbers(len(dst), header, body[1:])
	if !ok || size != len(body) {
		return false
	}
	if header&flagDelta != 0 {
		dst[0] = math.Float64frombits(uint64(start) + centre)
		ok = c.decode(dst[1:], body)
		sumAndUnrotate(dst, shift)
		return ok
	}
	unpackUnrotate(dst, body, c.width, uint64(c.base)+centre, shift)
	for i := range c.patches {
		at, v := c.patch(body, len(dst), i)
		if at >= uint(len(dst)) {
			return false
		}
		dst[at] = unrotate(v+centre, shift)
	}
	return true
}

// unrotate returns the value of the rotated and shifted bits u, of which the first shift are zero: one
// rotation does both.
func unrotate(u uint64, shift uint) float64 {
	return math.Float64frombits(bits.RotateLeft64(u, int(shift)-1))
}

// sumAndUnrotate turns a start value and differences, bit patterns in dst, into values.
func sumAndUnrotate(dst []float64, shift uint) {
	var u uint64
	for i, x := range dst {
		u += math.Float64bits(x)
		dst[i] = unrotate(u, shift)
	}
}
