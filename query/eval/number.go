package eval

import "math"

// The primitives of combining values. NaN means "no value". With 0.0 and -0.0, least and greatest return
// the second operand.

func isNaN(v float64) bool { return v != v }

// addSkip returns a + b; a missing one counts as 0, two missing ones as missing.
func addSkip(a, b float64) float64 {
	switch {
	case isNaN(a):
		return b
	case isNaN(b):
		return a
	}
	return a + b
}

// least returns the smaller of a and b, or the one that is there.
func least(a, b float64) float64 {
	if isNaN(b) || a < b {
		return a
	}
	return b
}

// greatest returns the larger of a and b, or the one that is there.
func greatest(a, b float64) float64 {
	if isNaN(b) || a > b {
		return a
	}
	return b
}

// toSignal is the inverse of expr.Truth.
func toSignal(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// newMissing returns n values that are all missing.
func newMissing(n int) []float64 {
	values := make([]float64, n)
	fillMissing(values)
	return values
}

func fillMissing(values []float64) {
	nan := math.NaN()
	for i := range values {
		values[i] = nan
	}
}

// allMissing reports whether there is no value at all.
func allMissing(values []float64) bool {
	for _, v := range values {
		if !isNaN(v) {
			return false
		}
	}
	return true
}
