package eval

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// Every kernel computes what its operator means, for all kinds of numbers, over one of its operands too.
func TestKernels(t *testing.T) {
	odd := rapid.OneOf(rapid.SampledFrom([]float64{
		0, math.Copysign(0, -1), 1, -1, nan, math.Inf(1), math.Inf(-1), 1e-13, 1e308, 5e-324,
	}), rapid.Float64())
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 20).Draw(t, "n")
		a := rapid.SliceOfN(odd, n, n).Draw(t, "a")
		b := rapid.SliceOfN(odd, n, n).Draw(t, "b")
		for op := expr.Add; op <= expr.Or; op++ {
			want := make([]float64, n)
			apply(want, a, b, op.Apply)
			got := append([]float64(nil), a...)
			kernelOf(op)(got, got, b)
			for i := range want {
				same := got[i] == want[i] && math.Signbit(got[i]) == math.Signbit(want[i])
				if !same && !(isNaN(got[i]) && isNaN(want[i])) {
					t.Fatalf("operator %d of %v and %v: %v, want %v", op, a[i], b[i], got[i], want[i])
				}
			}
		}
	})
}
