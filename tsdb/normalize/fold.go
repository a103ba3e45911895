package normalize

import "math"

// SlotOf returns the time of the slot that a gauge or sum sample at t belongs to: t rounded up to a
// multiple of step; a time on the grid is its own slot.
func SlotOf(t, step int64) int64 {
	into := t % step
	if into > 0 {
		return t + step - into
	}
	return t - into
}

// Fold returns the value of a slot after one more sample v: the maximum for a Gauge, the sum for a Sum.
// It serves a slot of any age. NaN, as v or as old (an empty slot), leaves the other; where the result is
// NaN there is nothing to write. A sample sent twice counts twice in a sum, for the values of several
// reporters may be equal; opposite infinities sum to NaN, so the slot keeps the first.
func Fold(kind Kind, old, v float64) float64 {
	switch {
	case math.IsNaN(old):
		return v
	case math.IsNaN(v):
		return old
	case kind == Gauge:
		return max(old, v)
	case kind == Sum:
		return old + v
	}
	panic("normalize: Fold of a " + kind.String())
}
