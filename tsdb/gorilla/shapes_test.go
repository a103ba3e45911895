package gorilla

import (
	"math"

	"pgregory.net/rapid"
)

// drawValues draws the slots of a block: a plain shape, then disturbed.
func drawValues(t *rapid.T) []float64 {
	n := rapid.OneOf(rapid.Just(60), rapid.IntRange(1, 70), rapid.IntRange(1, 400)).Draw(t, "n")
	values := make([]float64, n)
	shape := rapid.SampledFrom(shapes).Draw(t, "shape")(t)
	for i := range values {
		values[i] = shape(i)
	}
	disturb(t, "odd", values, rapid.SampledFrom(oddValues))
	disturb(t, "zero", values, rapid.Just(0.0))
	disturb(t, "missing", values, rapid.Just(math.NaN()))
	if rapid.IntRange(0, 9).Draw(t, "late start") == 0 {
		for i := range rapid.IntRange(0, n).Draw(t, "first") {
			values[i] = math.NaN()
		}
	}
	return values
}

var oddValues = []float64{
	math.Copysign(0, -1), math.Inf(1), math.Inf(-1), 5e-324, -5e-324, 0x1p-1022, math.MaxFloat64, -math.MaxFloat64,
	1 << 51, 1<<51 + 1, 1 << 53, 1<<53 + 2, -(1 << 53), 1 << 62, 1 << 63, -(1 << 63), 0.1, 1.0 / 3, 1e-9, 1e15,
	math.Float64frombits(0x7ff8dead0000beef), // a NaN with a payload: an empty slot
}

// shapes are value models with drawn parameters.
var shapes = []func(*rapid.T) func(int) float64{
	func(t *rapid.T) func(int) float64 { // constant
		v := rapid.OneOf(rapid.Float64(), rapid.SampledFrom(oddValues)).Draw(t, "v")
		return func(int) float64 { return v }
	},
	func(t *rapid.T) func(int) float64 { // k/d, some a few ulps beside it
		d := rapid.SampledFrom([]float64{1, 5, 7, 10, 60, 100, 3600, 6e10, 1e9}).Draw(t, "d")
		top := rapid.Int64Range(0, 1<<rapid.IntRange(0, 53).Draw(t, "bits")).Draw(t, "top")
		ulps := rapid.Int64Range(0, 9).Draw(t, "ulps")
		return func(int) float64 {
			v := float64(rapid.Int64Range(-top/8, top).Draw(t, "k")) / d
			j := rapid.Int64Range(-ulps, ulps).Draw(t, "j")
			return math.Float64frombits(math.Float64bits(v) + uint64(j))
		}
	},
	func(t *rapid.T) func(int) float64 { // running total
		k := rapid.Int64Range(-1<<50, 1<<50).Draw(t, "k")
		top := rapid.Int64Range(0, 1<<30).Draw(t, "top")
		return func(int) float64 {
			k += rapid.Int64Range(0, top).Draw(t, "more")
			return float64(k)
		}
	},
	func(t *rapid.T) func(int) float64 { // full mantissa
		low, high := rapid.Float64Range(-1e6, 1e6).Draw(t, "low"), rapid.Float64Range(1e6, 1e9).Draw(t, "high")
		return func(int) float64 { return rapid.Float64Range(low, high).Draw(t, "v") }
	},
	func(t *rapid.T) func(int) float64 { // float32
		return func(int) float64 { return float64(rapid.Float32().Draw(t, "v")) }
	},
	func(t *rapid.T) func(int) float64 { // any float64
		return func(int) float64 { return rapid.Float64().Draw(t, "v") }
	},
	func(t *rapid.T) func(int) float64 { // any bits
		return func(int) float64 { return math.Float64frombits(rapid.Uint64().Draw(t, "bits")) }
	},
	func(t *rapid.T) func(int) float64 { // a smooth curve in bits: large steps that overflow int64
		u, d := rapid.Uint64().Draw(t, "u"), rapid.Uint64().Draw(t, "d")
		return func(i int) float64 { return math.Float64frombits(u + uint64(i)*d) }
	},
}

// disturb replaces a drawn share of values, often none.
func disturb(t *rapid.T, name string, values []float64, by *rapid.Generator[float64]) {
	share := rapid.SampledFrom([]int{0, 0, 0, 1, 3, 40}).Draw(t, name+" percent")
	if share == 0 {
		return
	}
	for i := range values {
		if rapid.IntRange(0, 99).Draw(t, name+"?") < share {
			values[i] = by.Draw(t, name)
		}
	}
}
