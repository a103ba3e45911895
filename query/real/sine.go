package real

import (
	"math"
	"math/bits"
)

// Sine returns the sine of x in radians. That of an infinity is NaN, that of -0 is -0.
func Sine(x float64) float64 {
	size := math.Abs(x)
	switch {
	case size <= math.Pi/4:
		if size < 1e-8 { // the next term, x³/6, is less than half of the last digit
			return x
		}
		return sineOf(pair{x, 0})
	case math.IsNaN(x) || math.IsInf(x, 0):
		return math.NaN()
	}
	quarter, rest := reduce(size)
	var v float64
	if quarter%2 == 0 {
		v = sineOf(rest)
	} else {
		v = cosineOf(rest)
	}
	if quarter >= 2 != (x < 0) {
		v = -v
	}
	return v
}

// reduce returns x modulo 2π as quarters of a turn, from 0 to 3, and a rest from -π/4 to π/4. x is at least π/4.
//
// No float64 lies closer to a multiple of π/2 than 2^-61 of it. The 192 digits of 2/π that follow those which only count whole
// turns leave 53 + 61 digits of the product, and 25 more than a float64 has.
func reduce(x float64) (quarter uint64, rest pair) {
	all := math.Float64bits(x)
	exponent := int(all>>52) - 1075 // x = mantissa · 2^exponent, which is at least -53
	mantissa := all&(1<<52-1) | 1<<52

	const turn = 2 // digits before the point of x·2/π that tell quarters
	first := 64 + exponent - turn
	word, shift := first/64, uint(first%64)
	digits := func(i int) uint64 { return twoOverPi[word+i]<<shift | twoOverPi[word+i+1]>>(64-shift) }

	// high, middle, low = mantissa · digits modulo a turn
	carry, low := bits.Mul64(mantissa, digits(2))
	middleCarry, middle := bits.Mul64(mantissa, digits(1))
	middle, c := bits.Add64(middle, carry, 0)
	high := mantissa*digits(0) + middleCarry + c

	quarter = high >> 62
	high, middle, low = high<<2|middle>>62, middle<<2|low>>62, low<<2
	negative := high>>63 == 1
	if negative { // more than half: one quarter more, less what is missing
		quarter = (quarter + 1) % 4
		high, middle, low = ^high, ^middle, ^low
	}
	rest = fraction(high, middle, low).mul(halfPi)
	if negative {
		rest = pair{-rest.hi, -rest.lo}
	}
	return quarter, rest
}

// fraction returns the number with these digits behind the binary point.
func fraction(high, middle, low uint64) pair {
	shift := 0
	for high == 0 && shift < 128 {
		high, middle, low = middle, low, 0
		shift += 64
	}
	zeros := bits.LeadingZeros64(high)
	shift += zeros
	high, middle = high<<zeros|middle>>(64-zeros), middle<<zeros|low>>(64-zeros)
	const tail = 1<<11 - 1 // digits of high that a float64 has no room for
	scale := math.Float64frombits(uint64(1023-64-shift) << 52)
	top := float64(high &^ tail)
	bottom := float64(high<<53|middle>>11) * (1.0 / (1 << 53))
	return sum(top*scale, bottom*scale)
}

// sineOf returns the sine of |x| ≤ π/4: the first two terms of the Taylor series as pairs, the others need fewer digits.
func sineOf(x pair) float64 {
	square := product(x.hi, x.hi)
	square.lo += 2 * x.hi * x.lo
	cube := square.mul(x).mul(minusSixth)
	z := square.hi
	others := z * z * x.hi * (1.0/120 + z*(-1.0/5040+z*(1.0/362880+z*(-1.0/39916800+z*(1.0/6227020800+
		z*(-1.0/1307674368000+z*(1.0/355687428096000)))))))
	s := sum(x.hi, cube.hi)
	return s.hi + (s.lo + (cube.lo + x.lo) + others)
}

// cosineOf returns the cosine of |x| ≤ π/4 likewise.
func cosineOf(x pair) float64 {
	square := product(x.hi, x.hi)
	square.lo += 2 * x.hi * x.lo
	z := square.hi
	others := z * z * (1.0/24 + z*(-1.0/720+z*(1.0/40320+z*(-1.0/3628800+z*(1.0/479001600+
		z*(-1.0/87178291200+z*(1.0/20922789888000)))))))
	s := sum(1, -z/2)
	return s.hi + (s.lo - square.lo/2 + others)
}
