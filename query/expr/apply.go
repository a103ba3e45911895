package expr

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/real"
)

// Truth is how a value counts as a signal: true is everything that is there and not zero, also below zero.
func Truth(v float64) bool { return math.Abs(v) >= 1e-12 } // false for NaN

// Apply returns the function of one value. PerStep is not one of its value alone, so that it panics.
func (u *Unary) Apply(v float64) float64 {
	switch u.Op {
	case Abs:
		return math.Abs(v)
	case Neg:
		return -v
	case Sin:
		return real.Sine(v)
	case Sqrt:
		return math.Sqrt(v)
	case ClampMin:
		if v < u.Bound {
			return u.Bound
		}
		return v
	case ClampMax:
		if v > u.Bound {
			return u.Bound
		}
		return v
	}
	panic("expr: Apply of an operation that needs the step")
}

// Apply returns the function of two values; NaN means "no value". Which operand may be missing is different
// for each, as in Netflix Atlas: query/LANGUAGE.md has the table.
func (op BinaryOp) Apply(a, b float64) float64 {
	switch op {
	case Add:
		return addValues(a, b)
	case Sub:
		return addValues(a, -b)
	case Mul, FloatMul:
		return a * b
	case Div:
		return divide(a, b)
	case Pow:
		return real.Power(a, b)
	case GreaterThan:
		return signal(a > b)
	case GreaterOrEqual:
		return signal(a >= b)
	case LessThan:
		return signal(a < b)
	case LessOrEqual:
		return signal(a <= b)
	case FloatAdd:
		return a + b
	case FloatSub:
		return a - b
	case FloatDiv:
		return a / b
	case And:
		return signal(Truth(a) && Truth(b))
	case Or:
		return signal(Truth(a) || Truth(b))
	}
	panic("expr: Apply of an unknown operation")
}

// addValues adds; a missing side counts as nothing.
func addValues(a, b float64) float64 {
	switch {
	case a != a:
		return b
	case b != b:
		return a
	}
	return a + b
}

// divide is 0 for 0/0 and missing for x/0: an infinity would hide everything else in a chart.
func divide(a, b float64) float64 {
	if b != 0 {
		return a / b
	}
	if a == 0 {
		return 0
	}
	return math.NaN()
}

func signal(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
