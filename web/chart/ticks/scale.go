package ticks

import "math"

// A Scale says how values are spread over an axis.
type Scale string

// The scales.
const (
	Linear    Scale = "LINEAR"
	Log       Scale = "LOGARITHMIC"
	LogLinear Scale = "LOG_LINEAR"
	Power2    Scale = "POWER_2"
	Sqrt      Scale = "SQRT"
)

// transform makes the scale linear; nil if it is, or cannot be.
func (s Scale) transform() func(float64) float64 {
	switch s {
	case Log:
		return logarithm
	case Power2:
		return func(v float64) float64 { return v * math.Abs(v) }
	case Sqrt:
		return squareRoot
	}
	return nil
}

// logarithm is continuous through 0, where it has the slope of the line, and odd.
func logarithm(v float64) float64 {
	switch {
	case v > 0:
		return log10(v + 1)
	case v < 0:
		return -log10(-v + 1)
	}
	return 0
}

func squareRoot(v float64) float64 { return math.Copysign(math.Sqrt(math.Abs(v)), v) }

// Pixels returns the function from values to pixels that takes low to from and high to to. Fractions are
// cut, towards zero; what is far outside ends at the bounds of a 32-bit number.
func (s Scale) Pixels(low, high float64, from, to int) func(float64) int {
	if s == LogLinear {
		return logLinearPixels(low, high, from, to)
	}
	if t := s.transform(); t != nil {
		linear := linearPixels(t(low), t(high), from, to)
		return func(v float64) int { return linear(t(v)) }
	}
	return linearPixels(low, high, from, to)
}

func linearPixels(low, high float64, from, to int) func(float64) int {
	perPixel := (high - low) / float64(to-from)
	return func(v float64) int { return whole((v-low)/perPixel) + from }
}

// whole cuts v to a whole number, within 32 bits; NaN is 0.
func whole(v float64) int {
	switch {
	case v != v:
		return 0
	case v >= math.MaxInt32:
		return math.MaxInt32
	case v <= math.MinInt32:
		return math.MinInt32
	}
	return int(v)
}

// The log-linear scale has buckets: nine per power of ten from 1e-9 on, each as wide as the power, and the
// same mirrored for negative values. Bucket 0 ends at 1e-9, bucket 8 at 9e-9, bucket 9 at 2e-8 …
// Between the bounds of a bucket values are spread evenly.

// lowestPower is the power of ten at which the buckets begin.
const lowestPower = -9

// bucketBound returns the bound of a bucket away from zero.
func bucketBound(i int) float64 {
	if i < 0 {
		return -bucketBound(-i - 1)
	}
	return power10(i/9+lowestPower) * float64(i%9+1)
}

// bucketSpan returns the width of a bucket.
func bucketSpan(i int) float64 {
	if i < 0 {
		i = -i - 1
	}
	return power10(i/9 + lowestPower)
}

// bucketOf returns the bucket of a value.
func bucketOf(v float64) int {
	switch {
	case v == 0:
		return 0
	case v < 0:
		return -bucketOf(-v) - 1
	}
	power := max(lowestPower, int(math.Floor(log10(v))))
	before := (power - lowestPower) * 9
	if power <= 6 {
		// In whole numbers of a millionth of the power, so that rounding of v does not move it over a bound.
		const parts = 1_000_000
		n := int(v * power10(6-power))
		return (n-1)/parts + before
	}
	unit := power10(power)
	return int(math.Ceil((v-unit)/unit)) + before
}

func logLinearPixels(low, high float64, from, to int) func(float64) int {
	first, last := bucketOf(low)-1, bucketOf(high)
	if first == last {
		return linearPixels(low, high, from, to)
	}
	perBucket := float64(to-from) / math.Abs(float64(last-first))
	return func(v float64) int {
		i := bucketOf(v)
		offset := float64(max(0, i-first-1)) * perBucket
		return whole(bucketShare(v, i)*perBucket+offset) + from
	}
}

// bucketShare returns which part of bucket i lies below v.
func bucketShare(v float64, i int) float64 {
	if v < 0 {
		return 1 - bucketShare(-v, -i-1)
	}
	span := bucketSpan(i)
	return (v - (bucketBound(i) - span)) / span
}
