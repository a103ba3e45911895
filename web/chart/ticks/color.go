package ticks

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/number"
)

// Colors returns the bounds of count steps between low and high on a scale: low, then the value at which each
// step ends. They are the marks of a legend of colours.
//
// On a log scale the inverse is 10^x + 1 where 10^x - 1 would be right: so does Atlas, and so do the recorded
// legends.
func Colors(low, high float64, count int, scale Scale) []Tick {
	inverse := scale.inverse(low, high, count)
	list := []Tick{{Value: low, Major: true}}
	for i := 1; i <= count; i++ {
		list = append(list, Tick{Value: inverse(float64(i)), Major: true})
	}
	label(list, func(t Tick) string { return number.DecimalText(t.Value) })
	return list
}

// inverse returns the function from 0 … count to values of the scale.
func (s Scale) inverse(low, high float64, count int) func(float64) float64 {
	linear := func(a, b float64, back func(float64) float64) func(float64) float64 {
		return func(i float64) float64 { return back(i*((b-a)/float64(count)) + a) }
	}
	switch s {
	case Log:
		return linear(logarithm(low), logarithm(high), func(x float64) float64 {
			switch {
			case x > 0:
				return exp10(x) + 1
			case x < 0:
				return -exp10(-x) - 1
			}
			return 0
		})
	case Power2:
		return linear(low*math.Abs(low), high*math.Abs(high), squareRoot)
	case Sqrt:
		return linear(squareRoot(low), squareRoot(high), func(x float64) float64 { return x * math.Abs(x) })
	case LogLinear:
		return logLinearInverse(low, high, count)
	}
	return linear(low, high, func(x float64) float64 { return x })
}

func logLinearInverse(low, high float64, count int) func(float64) float64 {
	first, last := bucketOf(low), bucketOf(high)
	if low >= 0 {
		first = max(0, first-1)
	}
	if first == last {
		return Linear.inverse(low, high, count)
	}
	perBucket := float64(count) / math.Abs(float64(last-first))
	return func(i float64) float64 { return bucketBound(int(i/perBucket) + first) }
}
