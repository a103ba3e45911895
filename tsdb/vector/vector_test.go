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
		gotPresent, wantPresent := AddInto(got, src), AddPresent(want, src)
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

// TestAddAll holds it against AddInto, for a source without holes.
func TestAddAll(t *testing.T) {
	value := rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1.5, -3, math.MaxFloat64, math.Inf(1), math.Inf(-1)})
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SliceOfN(value, 0, 13).Draw(t, "src")
		dst := make([]float64, len(src))
		for i := range dst {
			dst[i] = rapid.OneOf(value, rapid.Just(math.NaN())).Draw(t, "dst")
		}
		want := slices.Clone(dst)
		AddInto(want, src)
		AddAll(dst, src)
		for i := range want {
			if math.Float64bits(dst[i]) != math.Float64bits(want[i]) && (dst[i] == dst[i] || want[i] == want[i]) {
				t.Fatalf("value %d is %v, want %v", i, dst[i], want[i])
			}
		}
	})
}

// TestMissing holds the functions of one slice to what NaN means: no value.
func TestMissing(t *testing.T) {
	nan := math.NaN()
	values := []float64{nan, 2, nan, -1}
	if got := CountPresent(values); got != 2 {
		t.Errorf("CountPresent: %d, want 2", got)
	}
	if got := Least(nan, values); got != -1 {
		t.Errorf("Least: %v, want -1", got)
	}
	if got := Greatest(nan, values); got != 2 {
		t.Errorf("Greatest: %v, want 2", got)
	}
	if sum, present := Total(nan, true, values); sum != 1 || present != 2 {
		t.Errorf("Total: %v of %d, want 1 of 2", sum, present)
	}
	if sum, present := Total(5, false, []float64{nan}); sum != 5 || present != 0 {
		t.Errorf("Total of nothing: %v of %d, want 5 of 0", sum, present)
	}
	if AllNaN(values) || !AllNaN(values[:1]) || !AllNaN(nil) {
		t.Error("AllNaN sees no value where there is one, or one where there is none")
	}
	FillNaN(values)
	if !AllNaN(values) {
		t.Errorf("after FillNaN: %v", values)
	}
}
