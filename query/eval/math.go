package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// constant is one flat line.
func (r *run) constant(e *expr.Constant) lineSet {
	values := make([]float64, r.rng.Len())
	for i := range values {
		values[i] = e.Value
	}
	return lineSet{lines: []line{named(expr.NumberText(e.Value), values)}}
}

// named is a line that does not come from data.
func named(name string, values []float64) line {
	return line{tags: tag.Tags{{Key: tag.Name, Value: name}}, label: label{text: name}, values: values, gauge: true}
}

// unary applies a function to every value. NaN stays NaN.
func (r *run) unary(e *expr.Unary, n *node) (lineSet, error) {
	out, in := r.own(n)
	f := r.unaryFunction(e)
	err := r.eachLine(len(in), func(i int) {
		dst := out.lines[i].values
		for at, v := range in[i].values {
			dst[at] = f(v)
		}
		out.lines[i].label = label{}
	})
	return out, err
}

func (r *run) unaryFunction(e *expr.Unary) func(v float64) float64 {
	switch e.Op {
	case expr.Abs:
		return math.Abs
	case expr.Neg:
		return func(v float64) float64 { return -v }
	case expr.Sin:
		return math.Sin
	case expr.Sqrt:
		return math.Sqrt
	case expr.PerStep:
		seconds := float64(r.rng.Step) / 1000
		return func(v float64) float64 { return v * seconds }
	case expr.ClampMin:
		return func(v float64) float64 {
			if v < e.Bound {
				return e.Bound
			}
			return v
		}
	case expr.ClampMax:
		return func(v float64) float64 {
			if v > e.Bound {
				return e.Bound
			}
			return v
		}
	}
	panic("eval: a function of one value that is unknown")
}

// binaryFunctions are the operators; asl.md 7.2 has the rule for NaN of each.
var binaryFunctions = [...]func(a, b float64) float64{
	expr.Add:            addSkip,
	expr.Sub:            func(a, b float64) float64 { return addSkip(a, -b) },
	expr.Mul:            func(a, b float64) float64 { return a * b },
	expr.Div:            divide,
	expr.Pow:            power,
	expr.GreaterThan:    func(a, b float64) float64 { return toSignal(a > b) },
	expr.GreaterOrEqual: func(a, b float64) float64 { return toSignal(a >= b) },
	expr.LessThan:       func(a, b float64) float64 { return toSignal(a < b) },
	expr.LessOrEqual:    func(a, b float64) float64 { return toSignal(a <= b) },
	expr.FloatAdd:       func(a, b float64) float64 { return a + b },
	expr.FloatSub:       func(a, b float64) float64 { return a - b },
	expr.FloatMul:       func(a, b float64) float64 { return a * b },
	expr.FloatDiv:       func(a, b float64) float64 { return a / b },
	expr.And:            func(a, b float64) float64 { return toSignal(isTrue(a) && isTrue(b)) },
	expr.Or:             func(a, b float64) float64 { return toSignal(isTrue(a) || isTrue(b)) },
}

// divide returns a/b; by zero it is 0 for zero and else missing.
func divide(a, b float64) float64 {
	switch {
	case b != 0:
		return a / b
	case a == 0:
		return 0
	}
	return math.NaN()
}

// power is Java's Math.pow, which differs from Go's in that ±1 to an infinite power, or 1 to a missing
// one, is NaN.
func power(a, b float64) float64 {
	if (isNaN(b) || math.IsInf(b, 0)) && math.Abs(a) == 1 {
		return math.NaN()
	}
	return math.Pow(a, b)
}

func leftOf(a, _ float64) float64 { return a }

// apply sets dst to f of the values of a and b. dst may be one of them.
func apply(dst, a, b []float64, f func(a, b float64) float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = f(a[i], b[i])
	}
}
