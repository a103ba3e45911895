package gorilla

import "math"

// Most values were made by a division: events by seconds, nanoseconds by 1e9, what people type by a power
// of ten. For divisor d such a value is k = round(v·d) and the few units in the last place by which
// k/d, correctly rounded, misses v because its maker rounded more often:
//
//	bits(v) = bits(k/d) + j       |k| < 2^51, |j| <= 7
//
// The check is the decoder's own formula, so what passes comes back to the bit. Decoding is one exact
// conversion and one division, the same on every CPU: no product is there to be fused with a sum.
//
// maxUlps 7: a mean of twelve 5-s rates is at most 3 off, times of nanoseconds at most 4.
const maxUlps = 7

// stepSeconds are the steps a divisor can be made of: the high half of a divisor byte. The first is that
// of the zero Encoder.
var stepSeconds = [16]int64{60, 1, 2, 5, 10, 15, 20, 30, 120, 180, 300, 600, 900, 1200, 1800, 3600}

// divisors are the divisors for each of those steps, in the order in which they are tried: the low half
// of a divisor byte. First come the likely and small ones, for a small one means small integers.
var divisors = func() (all [16][16]float64) {
	for i, seconds := range stepSeconds {
		s := float64(seconds)
		all[i] = [16]float64{1, 10, s, 100, 1e3, s * s, 1e4, 1e5, 1e6, s * s * 1e3, s * 1e3, 1e9, s * 1e6, 1e7, 1e8, s * 1e9}
	}
	return all
}()

// A divisor is an index into divisors: the step's in the high half.
type divisor byte

func (d divisor) value() float64 { return divisors[d>>4][d&15] }

// integral returns the k and j for v; ok is false if v has no such form for this divisor: so for
// infinities, NaN and negative zero.
func integral(v, d float64) (k, j int64, ok bool) {
	// Adding 1.5·2^52 leaves the nearest integer in the low bits of the sum, where |v·d| < 2^51. A
	// compiler that fuses product and sum proposes another k at worst.
	const magic = 3 << 51
	k = int64(math.Float64bits(v*d+magic)) - int64(math.Float64bits(magic))
	if uint64(k+1<<51) >= 1<<52 {
		return 0, 0, false
	}
	j = int64(math.Float64bits(v) - math.Float64bits(float64(k)/d))
	return k, j, uint64(j+maxUlps) <= 2*maxUlps
}
