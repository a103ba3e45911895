package expr

import "math"

// sine returns the sine of x in radians, to the last digit as Java's StrictMath does; math.Sin differs
// by one unit in the last place for one argument in ten, and digits show in the names of constants. The
// conversions to float64 keep products from being fused with sums on machines that would.
//
// Source: FreeBSD's msun, s_sin.c, k_sin.c, k_cos.c and e_rem_pio2.c: x is brought into ±π/4 by taking
// off multiples of π/2 in two doubles, then a polynomial. Beyond 2^19·π/2 this is math.Sin.
func sine(x float64) float64 {
	if math.Abs(x) <= math.Pi/4 {
		return sinePart(x, 0)
	}
	if !(math.Abs(x) < 1<<19*math.Pi/2) {
		return math.Sin(x)
	}
	quarters, rest, tail := quarterTurns(x)
	switch quarters & 3 {
	case 0:
		return sinePart(rest, tail)
	case 1:
		return cosinePart(rest, tail)
	case 2:
		return -sinePart(rest, tail)
	}
	return -cosinePart(rest, tail)
}

// Parts of π/2: 33 bits each, and what each leaves over.
const (
	halfPi1     = 1.57079632673412561417e+00
	halfPi1Tail = 6.07710050650619224932e-11
	halfPi2     = 6.07710050630396597660e-11
	halfPi2Tail = 2.02226624879595063154e-21
)

// quarterTurns returns the number of quarter turns in x and what is left of x, in two parts.
func quarterTurns(x float64) (n int, rest, tail float64) {
	size := math.Abs(x)
	n = int(size*(2/math.Pi) + 0.5)
	turns := float64(n)
	left := size - float64(turns*halfPi1)
	over := float64(turns * halfPi1Tail)
	rest = left - over
	if exponentOf(size)-exponentOf(rest) > 16 { // the parts cancelled: take the next 33 bits
		before := left
		over = float64(turns * halfPi2)
		left = before - over
		over = float64(turns*halfPi2Tail) - ((before - left) - over)
		rest = left - over
	}
	tail = (left - rest) - over
	if x < 0 {
		return -n, -rest, -tail
	}
	return n, rest, tail
}

func exponentOf(v float64) int { return int(math.Float64bits(v) >> 52 & 0x7ff) }

// sinePart is the sine of x + tail, where x is within ±π/4.
func sinePart(x, tail float64) float64 {
	const (
		s1 = -1.66666666666666324348e-01
		s2 = 8.33333333332248946124e-03
		s3 = -1.98412698298579493134e-04
		s4 = 2.75573137070700676789e-06
		s5 = -2.50507602534068634195e-08
		s6 = 1.58969099521155010221e-10
	)
	if math.Abs(x) < 1.0/(1<<27) {
		return x
	}
	z := float64(x * x)
	v := float64(z * x)
	r := s2 + float64(z*(s3+float64(z*(s4+float64(z*(s5+float64(z*s6)))))))
	if tail == 0 {
		return x + float64(v*(s1+float64(z*r)))
	}
	return x - ((float64(z*(float64(0.5*tail)-float64(v*r))) - tail) - float64(v*s1))
}

// cosinePart is the cosine of x + tail, where x is within ±π/4.
func cosinePart(x, tail float64) float64 {
	const (
		c1 = 4.16666666666666019037e-02
		c2 = -1.38888888888741095749e-03
		c3 = 2.48015872894767294178e-05
		c4 = -2.75573143513906633035e-07
		c5 = 2.08757232129817482790e-09
		c6 = -1.13596475577881948265e-11
	)
	z := float64(x * x)
	r := float64(z * (c1 + float64(z*(c2+float64(z*(c3+float64(z*(c4+float64(z*(c5+float64(z*c6)))))))))))
	high := math.Float64bits(math.Abs(x)) >> 32
	if high < 0x3fd33333 { // below 0.3
		return 1 - (float64(0.5*z) - (float64(z*r) - float64(x*tail)))
	}
	quarter := 0.28125
	if high <= 0x3fe90000 {
		quarter = math.Float64frombits((high - 0x00200000) << 32)
	}
	half := float64(0.5*z) - quarter
	return (1 - quarter) - (half - (float64(z*r) - float64(x*tail)))
}
