package gorilla

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestAddInto compares with the same sum written for the eye.
func TestAddInto(t *testing.T) {
	e := NewEncoder(60_000)
	rapid.Check(t, func(t *rapid.T) {
		values := drawValues(t)
		sum := make([]float64, len(values))
		want := make([]float64, len(values))
		start := rapid.SampledFrom([]float64{0, 1.5, math.NaN(), math.Copysign(0, -1), math.Inf(1)})
		for i, v := range values {
			s := start.Draw(t, "sum")
			sum[i], want[i] = s, s
			if math.IsNaN(s) {
				want[i] = v
			} else if !math.IsNaN(v) {
				want[i] = s + v
			}
		}
		present, err := AddInto(sum, make([]float64, len(values)), e.AppendBlock(nil, values))
		if err != nil {
			t.Fatal(err)
		}
		if count := countPresent(values); present != count {
			t.Fatalf("%d values, want %d", present, count)
		}
		for i := range sum {
			if !sameSlot(sum[i], want[i]) {
				t.Fatalf("slot %d = %v, want %v", i, sum[i], want[i])
			}
		}
	})
}

func countPresent(values []float64) (n int) {
	for _, v := range values {
		if v == v {
			n++
		}
	}
	return n
}

func TestAddIntoCorrupt(t *testing.T) {
	for _, block := range [][]byte{nil, {classConstant, 1, 0}, {classFloat}, {classInteger, 0}} {
		sum := []float64{1, math.NaN()}
		if _, err := AddInto(sum, make([]float64, 2), block); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%x: error %v", block, err)
		}
		if sum[0] != 1 || !math.IsNaN(sum[1]) {
			t.Errorf("%x: sum became %v", block, sum)
		}
	}
}

func BenchmarkAddInto(b *testing.B) {
	for name, blocks := range map[string][][]float64{"exact": mix(models, 1), "client": mix(clientModels, 1)} {
		b.Run(name, func(b *testing.B) {
			e := NewEncoder(60_000)
			var packed [][]byte
			for _, values := range blocks {
				packed = append(packed, e.AppendBlock(nil, values))
			}
			sum, scratch := make([]float64, benchSlots), make([]float64, benchSlots)
			i := 0
			for b.Loop() {
				if _, err := AddInto(sum, scratch, packed[i%len(packed)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchSlots), "ns/point")
			b.ReportMetric(0, "ns/op")
		})
	}
}
