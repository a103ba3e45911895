package vector

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestAddInto holds four at a time against one by one.
func TestAddInto(t *testing.T) {
	value := rapid.SampledFrom([]float64{math.NaN(), math.NaN(), 0, math.Copysign(0, -1), 1.5, -3, math.MaxFloat64, math.Inf(1), math.Inf(-1)})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 13).Draw(t, "n")
		src := rapid.SliceOfN(value, n, n).Draw(t, "src")
		got := rapid.SliceOfN(value, n, n+3).Draw(t, "dst")
		want := slices.Clone(got)
		gotPresent, wantPresent := AddInto(got, src), addPresent(want, src)
		for i := range want {
			if math.Float64bits(got[i]) != math.Float64bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
				t.Fatalf("value %d is %v, want %v", i, got[i], want[i])
			}
		}
		if gotPresent != wantPresent {
			t.Fatalf("%d present, want %d", gotPresent, wantPresent)
		}
	})
}
