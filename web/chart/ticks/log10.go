package ticks

import (
	"fmt"
	"math"
	"strconv"
)

// Powers and logarithms of ten, correctly rounded but for one case in fifty. math.Log10 and math.Pow are off
// by some units in the last place, and rows of pixels, cut from quotients, tell the difference at the
// ends of an axis. Numbers are kept in two parts, rounded and rest.

const (
	log2High, log2Low = 0x1.34413509f79ffp-2, -0x1.9dc1da994fd21p-59 // log10 2
	perHigh, perLow   = 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57  // 1 / ln 10
	ln10High, ln10Low = 0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53 // ln 10
	ln2High, ln2Low   = 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56  // ln 2
)

// log10 returns the decimal logarithm of v > 0.
//
// With v = m·2^k, log10 v = k·log10 2 + ln m / ln 10, and ln m = 2·artanh s = 2s + s·(2/3·s² + 2/5·s⁴ + …) where
// s = (m-1)/(m+1) is at most 0.172: the series is so small that its own rounding does not count.
func log10(v float64) float64 {
	m, k := math.Frexp(v)
	if m < math.Sqrt2/2 {
		m, k = m*2, k-1
	}
	f := m - 1
	d, dRest := sum(m, 1)
	s := f / d
	sRest := (math.FMA(-s, d, f) - s*dRest) / d
	z := s * s
	series := 0.0
	for i := 27; i >= 3; i -= 2 {
		series = z * (series + 2/float64(i))
	}
	l, lRest := sum(2*s, 2*sRest+s*series)
	a := l * perHigh
	aRest := math.FMA(l, perHigh, -a) + l*perLow + lRest*perHigh
	b := float64(k) * log2High
	bRest := math.FMA(float64(k), log2High, -b) + float64(k)*log2Low
	t, tRest := sum(b, a)
	return t + (tRest + aRest + bRest)
}

// exp10 returns 10^x.
//
// 10^x = 2^k · e^r with r = x·ln 10 - k·ln 2, at most 0.35, and e^r = 1 + r + r²/2 + (r³/6 + …).
func exp10(x float64) float64 {
	a := x * ln10High
	aRest := math.FMA(x, ln10High, -a) + x*ln10Low
	k := math.Round(a / ln2High)
	if k > 1100 || k < -1100 || x != x {
		return math.Pow(10, x)
	}
	b := k * ln2High
	bRest := math.FMA(k, ln2High, -b) + k*ln2Low
	r, rRest := sum(a-b, aRest-bRest) // a and b are so close that a-b is exact
	square := r * r / 2
	squareRest := math.FMA(r, r/2, -square)
	series := 0.0
	for i := 18; i >= 4; i-- {
		series = (series + 1) * r / float64(i)
	}
	cube := square * r / 3 * (1 + series)
	t, tRest := sum(1, r)
	u, uRest := sum(t, square)
	return math.Ldexp(u+(uRest+tRest+squareRest+cube+rRest*u), int(k))
}

// sum returns a+b rounded, and what rounding took away.
func sum(a, b float64) (rounded, rest float64) {
	rounded = a + b
	c := rounded - a
	return rounded, (a - (rounded - c)) + (b - c)
}

// power10 returns 10^n. math.Pow10 is not the nearest number for large n.
func power10(n int) float64 {
	if n < -323 || n > 308 {
		return math.Pow10(n)
	}
	return powers10[n+323]
}

var powers10 = func() (table [632]float64) {
	for i := range table {
		v, err := strconv.ParseFloat(fmt.Sprintf("1e%d", i-323), 64)
		if err != nil {
			panic("ticks: powers of ten: " + err.Error())
		}
		table[i] = v
	}
	return table
}()
