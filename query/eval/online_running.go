package eval

import "math"

// A running word answers all values so far combined in order: their sum or their greatest. NaN until
// the first value, never after it.
type running struct {
	combine func(a, b float64) float64 // addSkip or greatest
	value   float64
}

func newRunning(combine func(a, b float64) float64) *running {
	return &running{combine: combine, value: math.NaN()}
}

func (r *running) Next(v float64) float64 {
	r.value = r.combine(r.value, v)
	return r.value
}

func (r *running) Reset()     { r.value = math.NaN() }
func (r *running) Idle() bool { return false }

// A derivative answers by how much a value differs from the one before it; it does not divide by the
// step. A missing value makes this and the next output NaN.
type derivative struct{ previous float64 }

func (d *derivative) Next(v float64) float64 {
	change := v - d.previous
	d.previous = v
	return change
}

func (d *derivative) Reset()     { d.previous = math.NaN() }
func (d *derivative) Idle() bool { return isNaN(d.previous) }
