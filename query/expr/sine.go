package expr

import (
	"math"
	"math/big"
)

// sine returns the sine of x correctly rounded but for a rare last bit. Constants are folded when a
// program is parsed and then show in its canonical text, where the last bit matters; math.Sin is off by
// that now and then, and by more near multiples of π.
//
// x is reduced to the nearest multiple of π/2 exactly enough, then the Taylor series of what is left is
// summed; all in extended precision, because nobody waits for it.
func sine(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x + (x - x) // 0 and -0 as they are; NaN for the others
	}
	_, exponent := math.Frexp(x)
	precision := uint(max(exponent, 0)) + 256
	quarter := new(big.Float).SetPrec(precision).SetMantExp(piOf(precision), -1)
	turns := new(big.Float).SetPrec(precision).Quo(newFloat(precision, x), quarter)
	whole := nearest(turns)
	rest := new(big.Float).SetPrec(precision).SetInt(whole)
	rest.Sub(newFloat(precision, x), rest.Mul(rest, quarter))

	var result *big.Float
	quadrant := new(big.Int).And(whole, big.NewInt(3)).Int64()
	if quadrant%2 == 0 {
		result = series(rest, 1)
	} else {
		result = series(rest, 0)
	}
	if quadrant >= 2 {
		result.Neg(result)
	}
	rounded, _ := result.Float64()
	return rounded
}

func newFloat(precision uint, v float64) *big.Float {
	return new(big.Float).SetPrec(precision).SetFloat64(v)
}

// nearest returns the integer nearest to v.
func nearest(v *big.Float) *big.Int {
	half := 0.5
	if v.Sign() < 0 {
		half = -half
	}
	n, _ := new(big.Float).SetPrec(v.Prec()).Add(v, big.NewFloat(half)).Int(nil)
	return n
}

// series sums the Taylor series of the sine, for first 1, or the cosine, for first 0, of |x| ≤ π/4.
func series(x *big.Float, first int64) *big.Float {
	precision := x.Prec()
	square := new(big.Float).SetPrec(precision).Mul(x, x)
	term := newFloat(precision, 1)
	if first == 1 {
		term.Set(x)
	}
	sum := new(big.Float).SetPrec(precision).Set(term)
	for n := first + 1; term.Sign() != 0 && term.MantExp(nil) > sum.MantExp(nil)-128; n += 2 {
		term.Mul(term, square)
		term.Quo(term, newFloat(precision, float64(-n*(n+1))))
		sum.Add(sum, term)
	}
	return sum
}

// piOf returns π. Source: Machin, π/4 = 4 arctan(1/5) - arctan(1/239).
func piOf(precision uint) *big.Float {
	scale := precision + 32
	one := new(big.Int).Lsh(big.NewInt(1), scale)
	pi := new(big.Int).Mul(arctanOfInverse(5, one), big.NewInt(4))
	pi.Sub(pi, arctanOfInverse(239, one)).Mul(pi, big.NewInt(4))
	f := new(big.Float).SetPrec(precision).SetInt(pi)
	return f.SetMantExp(f, -int(scale))
}

// arctanOfInverse returns arctan(1/n) times one.
func arctanOfInverse(n int64, one *big.Int) *big.Int {
	power := new(big.Int).Div(one, big.NewInt(n))
	sum := new(big.Int).Set(power)
	square := big.NewInt(n * n)
	for k := int64(3); power.Sign() != 0; k += 2 {
		power.Div(power, square)
		term := new(big.Int).Div(power, big.NewInt(k))
		if k%4 == 3 {
			sum.Sub(sum, term)
		} else {
			sum.Add(sum, term)
		}
	}
	return sum
}
