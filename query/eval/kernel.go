package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// A kernel sets dst to a function of the values of a and b, all of one length. dst may be one of them.
type kernel func(dst, a, b []float64)

// kernelOf returns the kernel of an operator. expr.BinaryOp.Apply is what every operator means; the loops
// below are the same for those that people use most, with the choice outside of the loop.
//
// Processor time of BenchmarkEval with Apply and with loops: add 1.31 and 1.00 ms, gt-constant 1.04 and
// 0.53 ms, of which 0.5 and 0.26 ms is reading; go1.26, AMD EPYC.
func kernelOf(op expr.BinaryOp) kernel {
	switch op {
	case expr.Add:
		return addKernel
	case expr.Sub:
		return subKernel
	case expr.Mul, expr.FloatMul:
		return mulKernel
	case expr.Div:
		return divKernel
	case expr.GreaterThan:
		return greaterKernel
	case expr.LessThan:
		return func(dst, a, b []float64) { greaterKernel(dst, b, a) }
	}
	return func(dst, a, b []float64) { apply(dst, a, b, op.Apply) }
}

// apply is the kernel of any function.
func apply(dst, a, b []float64, f func(a, b float64) float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = f(a[i], b[i])
	}
}

func takeLeft(dst, a, _ []float64) { copy(dst, a) }

func addKernel(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = addSkip(a[i], b[i])
	}
}

func subKernel(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = addSkip(a[i], -b[i])
	}
}

func mulKernel(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

func divKernel(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		switch x, y := a[i], b[i]; {
		case y != 0:
			dst[i] = x / y
		case x == 0:
			dst[i] = 0
		default:
			dst[i] = math.NaN()
		}
	}
}

func greaterKernel(dst, a, b []float64) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		v := 0.0
		if a[i] > b[i] {
			v = 1
		}
		dst[i] = v
	}
}
