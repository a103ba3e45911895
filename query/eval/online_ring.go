package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// A ring holds the last values of a line, as many as it was made for; the places of values that have
// not come yet are NaN.
type ring struct {
	values []float64
	next   int // where the next value goes, and the oldest is
	seen   int // values since the reset, at most len(values)
	there  int // values that are not NaN
}

func newRing(size int) ring {
	return ring{values: newMissing(size)}
}

// push adds a value and returns the one that falls out.
func (r *ring) push(v float64) (removed float64) {
	removed = r.values[r.next]
	r.values[r.next] = v
	if r.next++; r.next == len(r.values) {
		r.next = 0
	}
	if r.seen < len(r.values) {
		r.seen++
	}
	if !isNaN(removed) {
		r.there--
	}
	if !isNaN(v) {
		r.there++
	}
	return removed
}

func (r *ring) reset() {
	fillMissing(r.values)
	r.next, r.seen, r.there = 0, 0, 0
}

func (r *ring) idle() bool { return r.there == 0 }

// A delay answers the value that came as many steps ago as the ring is long.
type delay struct{ last ring }

func (d *delay) Next(v float64) float64 { return d.last.push(v) }
func (d *delay) Reset()                 { d.last.reset() }
func (d *delay) Idle() bool             { return d.last.idle() }

// A rollingCount answers how many of the last values are true; never NaN.
type rollingCount struct {
	last  ring
	count int
}

func (c *rollingCount) Next(v float64) float64 {
	if expr.Truth(c.last.push(v)) {
		c.count--
	}
	if expr.Truth(v) {
		c.count++
	}
	return float64(c.count)
}

func (c *rollingCount) Reset()     { c.last.reset(); c.count = 0 }
func (c *rollingCount) Idle() bool { return c.last.idle() }

// A rollingExtreme answers the least or greatest of the last values. It looks through the ring only
// when the extreme itself falls out.
type rollingExtreme struct {
	last    ring
	pick    func(a, b float64) float64 // least or greatest
	extreme float64
}

func newRollingExtreme(last ring, pick func(a, b float64) float64) *rollingExtreme {
	return &rollingExtreme{last: last, pick: pick, extreme: math.NaN()}
}

func (x *rollingExtreme) Next(v float64) float64 {
	if removed := x.last.push(v); removed == x.extreme {
		x.rescan()
	} else {
		x.extreme = x.pick(x.extreme, v)
	}
	return x.extreme
}

func (x *rollingExtreme) rescan() {
	x.extreme = math.NaN()
	for _, v := range x.last.values {
		x.extreme = x.pick(x.extreme, v)
	}
}

func (x *rollingExtreme) Reset()     { x.last.reset(); x.extreme = math.NaN() }
func (x *rollingExtreme) Idle() bool { return x.last.idle() }

// A summed ring knows the sum of its values, where missing ones count as 0.
type summed struct {
	ring
	sum float64
}

func newSummed(r ring) summed { return summed{ring: r} }

// exponentLeap is the change of the sum's binary exponent from which on it is added up anew: with a
// huge value gone, what is left of the running sum is mostly its rounding error. A sum that an infinity
// turned into NaN on leaving is added up anew too, one step later as in Atlas (recorded: stateful-0221).
const exponentLeap = 15

func (s *summed) push(v float64) {
	before := s.sum
	if removed := s.ring.push(v); !isNaN(removed) {
		s.sum -= removed
	}
	if !isNaN(v) {
		s.sum += v
	}
	leap := exponent(s.sum) - exponent(before)
	if leap >= exponentLeap || leap <= -exponentLeap || isNaN(before) {
		s.rebuild()
	}
}

func (s *summed) rebuild() {
	s.sum = 0
	for _, v := range s.values {
		if !isNaN(v) {
			s.sum += v
		}
	}
}

func (s *summed) reset() { s.ring.reset(); s.sum = 0 }

// exponent returns the binary exponent of v; that of 0 and of subnormal numbers is 0.
func exponent(v float64) int {
	biased := int(math.Float64bits(v) >> 52 & 0x7ff)
	if biased == 0 {
		return 0
	}
	return biased - 1023
}

// A rollingSum answers the sum of the last values, NaN while there is none.
type rollingSum struct{ window summed }

func (s *rollingSum) Next(v float64) float64 {
	s.window.push(v)
	if s.window.there == 0 {
		return math.NaN()
	}
	return s.window.sum
}

func (s *rollingSum) Reset()     { s.window.reset() }
func (s *rollingSum) Idle() bool { return s.window.idle() }

// A rollingMean answers the mean of those of the last values that are there, if they are enough.
type rollingMean struct {
	window    summed
	minValues int
}

func (m *rollingMean) Next(v float64) float64 {
	m.window.push(v)
	if m.window.there < m.minValues {
		return math.NaN()
	}
	return m.window.sum / float64(m.window.there)
}

func (m *rollingMean) Reset()     { m.window.reset() }
func (m *rollingMean) Idle() bool { return m.window.idle() }

// A trend answers the mean of the last values, missing ones counted as 0, once it has seen as many as
// its window holds. Its sum is never added up anew, so that the rounding error of a huge value stays and
// an infinity leaves NaN for good: so it is in Atlas (recorded: stateful-0228).
type trend struct {
	last ring
	sum  float64
}

// newTrend returns the trend over a number of steps; over one or none it changes nothing.
func newTrend(steps int64) (Online, error) {
	if steps <= 1 {
		return identity{}, nil
	}
	if err := checkWindow(steps); err != nil {
		return nil, err
	}
	return &trend{last: newRing(int(steps))}, nil
}

func (t *trend) Next(v float64) float64 {
	if removed := t.last.push(v); !isNaN(removed) {
		t.sum -= removed
	}
	if !isNaN(v) {
		t.sum += v
	}
	if t.last.seen < len(t.last.values) || t.last.there == 0 {
		return math.NaN()
	}
	return t.sum / float64(len(t.last.values))
}

func (t *trend) Reset()     { t.last.reset(); t.sum = 0 }
func (t *trend) Idle() bool { return t.last.idle() }

// An identity answers what it is shown.
type identity struct{}

func (identity) Next(v float64) float64 { return v }
func (identity) Reset()                 {}
func (identity) Idle() bool             { return true }
