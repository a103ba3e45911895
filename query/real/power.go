package real

import "math"

// Power returns x to the power of y as Java has it. It is NaN where x is below zero and y no integer; and, other than in
// C, where y is NaN, or infinite with x = ±1. Anything to the power of 0 is 1.
func Power(x, y float64) float64 {
	switch {
	case y == 0:
		return 1
	case y == 1 || math.IsNaN(x):
		return x
	case math.IsNaN(y) || math.IsInf(y, 0) && math.Abs(x) == 1:
		return math.NaN()
	case y == 2:
		return x * x
	case x == 0 || math.IsInf(x, 0) || math.IsInf(y, 0):
		return math.Pow(x, y) // 0, 1 or an infinity
	case x == 1:
		return 1
	case isSmallPower(x, y):
		return smallPower(x, int(y))
	case x > 0:
		return positivePower(x, y)
	case math.Trunc(y) != y:
		return math.NaN()
	}
	power := positivePower(-x, y)
	if math.Mod(y, 2) != 0 {
		return -power
	}
	return power
}

// isSmallPower reports whether y is a small natural number, and x to its power far from the ends of float64, so that the
// lower halves of pairs are, too.
func isSmallPower(x, y float64) bool {
	if !(y >= 3 && y <= 64) || math.Trunc(y) != y {
		return false
	}
	_, octave := math.Frexp(x)
	return math.Abs(float64(octave))*y < 900
}

// smallPower returns x to the power of n > 0 by squaring. What has no more than 106 digits is exact before it is rounded, so that
// 10^23, which lies right between two numbers, becomes the even one, as every reader of "1e23" has it.
func smallPower(x float64, n int) float64 {
	power, square := pair{1, 0}, pair{x, 0}
	for ; ; square = square.mul(square) {
		if n&1 == 1 {
			power = power.mul(square)
		}
		if n >>= 1; n == 0 {
			return power.hi
		}
	}
}

// Beyond these exponents of e a power is infinite, or 0.
const (
	largestExponent  = 709.8
	smallestExponent = -745.2
)

// positivePower is Power for finite x > 0 other than 1, and finite y.
func positivePower(x, y float64) float64 {
	l := logOf(x)
	switch exponent := y * l.hi; {
	case exponent > largestExponent:
		return math.Inf(1)
	case exponent < smallestExponent:
		return 0
	case math.Abs(exponent) < 1e-17:
		return 1
	}
	return exp(l.times(y))
}

// logOf returns the natural logarithm of a finite x > 0 to some 85 digits.
func logOf(x float64) pair {
	m, octave := math.Frexp(x)
	m, octave = 2*m, octave-1 // 1 ≤ m < 2
	// The root next to m, by a parabola that is near enough to its logarithm: off by 0.01 at most.
	j := int(rootsPerOctave*(-1.675487+m*(2.024658-m*0.344887)) + 0.5)
	root := pair{2, 0}
	if j < rootsPerOctave {
		root = roots[max(j, 0)]
	}
	// m - root is exact, for they are close to each other.
	s := sum(m-root.hi, -root.lo).over(anySum(m, root.hi).add(pair{root.lo, 0}))
	square := s.mul(s)
	z := square.hi
	series := square.mul(third).add(pair{z * z * (1.0/5 + z*(1.0/7+z*(1.0/9+z*(1.0/11)))), 0})
	artanh := s.add(s.mul(series))
	whole := logOfRoot.times(float64(octave*rootsPerOctave + max(j, 0)))
	return whole.add(pair{2 * artanh.hi, 2 * artanh.lo})
}

// exp returns e to the power of p, which lies between the bounds above, rounded from some 70 digits.
func exp(p pair) float64 {
	n := math.RoundToEven(p.hi / logOfRoot.hi)
	r := p.add(logOfRoot.times(-n))
	square := product(r.hi, r.hi)
	square.lo += 2 * r.hi * r.lo
	x := r.hi
	others := x * square.hi * (1.0/6 + x*(1.0/24+x*(1.0/120+x*(1.0/720+x*(1.0/5040+x*(1.0/40320))))))
	more := r.add(pair{square.hi / 2, square.lo / 2}).add(pair{others, 0}) // e^r - 1
	root := roots[int(n)&(rootsPerOctave-1)]
	power := root.add(root.mul(more))
	octave := int(n) >> 5
	if octave > -1020 && octave < 1020 {
		return (power.hi + power.lo) * math.Float64frombits(uint64(octave+1023)<<52)
	}
	return math.Ldexp(power.hi+power.lo, octave)
}
