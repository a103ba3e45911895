package ticks

import (
	"errors"
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/query/number"
)

// A Labels says how the values of an axis are written.
type Labels string

// The kinds of labels. LabelsOff places ticks as LabelsDecimal does.
const (
	LabelsOff      Labels = "OFF"
	LabelsDecimal  Labels = "DECIMAL"
	LabelsBinary   Labels = "BINARY"
	LabelsDuration Labels = "DURATION"
)

// Prefix returns the prefix with which a value of the axis is written.
func (l Labels) Prefix(v float64) number.Prefix {
	switch l {
	case LabelsBinary:
		return number.Binary(v)
	case LabelsDuration:
		return number.Duration(v)
	}
	return number.Decimal(v)
}

// A Tick is a mark of a value axis.
type Tick struct {
	Value float64
	// Label is the value, or the difference to Offset where that is not 0. It is there for minor ticks too.
	Label string
	Major bool
	// Offset is the same for all ticks of an axis: the part of the values that is written only once, where the
	// labels would be equal otherwise.
	Offset float64
}

// ErrNoRoom reports that a log-linear axis is too short for a tick. Atlas divides by zero there.
var ErrNoRoom = errors.New("/ by zero")

// Value returns the ticks of an axis from low to high, ascending, with about n major ones at most.
func Value(low, high float64, n int, scale Scale, labels Labels) ([]Tick, error) {
	if math.IsNaN(low) || math.IsInf(low, 0) {
		return nil, fmt.Errorf("requirement failed: lower bound must be finite")
	}
	if math.IsNaN(high) || math.IsInf(high, 0) {
		return nil, fmt.Errorf("requirement failed: upper bound must be finite")
	}
	switch labels {
	case LabelsBinary:
		return binaryTicks(low, high, n), nil
	case LabelsDuration:
		return durationTicks(low, high, n), nil
	}
	switch scale {
	case Log:
		return logTicks(low, high, n), nil
	case LogLinear:
		if n == 0 {
			return nil, ErrNoRoom
		}
		return logLinearTicks(low, high, n), nil
	}
	return decimalTicks(low, high, n), nil
}

// A spacing is a distance of major ticks and one of minor ones.
type spacing struct {
	major, minor float64
	perMajor     int
}

// choose returns the first of several spacings with which at most n major ticks fit.
func choose(candidates []spacing, low, high float64, n int) (spacing, bool) {
	r := high - low
	if r < 1e-12 {
		r = 1
	}
	for _, c := range candidates {
		if r/c.major <= float64(n) {
			return c, true
		}
	}
	return spacing{}, false
}

// place returns the ticks of a spacing, without labels, and the multiple of major that is not above low.
func (s spacing) place(low, high float64) (list []Tick, base float64) {
	base = s.major * math.Floor(low/s.major)
	end := int((high-base)/s.minor) + 1
	for pos := range end + 1 {
		v := base + float64(pos)*s.minor
		if low <= v && v <= high {
			list = append(list, Tick{Value: v, Major: pos%s.perMajor == 0})
		}
	}
	return list, base
}

// label writes the label of each tick.
func label(list []Tick, text func(Tick) string) {
	for i := range list {
		list[i].Label = text(list[i])
	}
}

// repeats reports whether two major ticks have the same label.
func repeats(list []Tick) bool {
	seen := make(map[string]bool)
	for _, t := range list {
		if t.Major && seen[t.Label] {
			return true
		}
		seen[t.Label] = seen[t.Label] || t.Major
	}
	return false
}

// setOffset makes all labels differences to base.
func setOffset(list []Tick, base float64, text func(difference float64) string) {
	for i := range list {
		list[i].Offset = base
		list[i].Label = text(list[i].Value - base)
	}
}

// decimalSpacings are 10, 20, 30, 40 and 50 times the powers of ten.
func decimalSpacings(lowest, highest int) []spacing {
	var list []spacing
	for power := lowest; power <= highest; power++ {
		p := power10(power)
		list = append(list,
			spacing{10 * p, 2 * p, 5}, spacing{20 * p, 5 * p, 4}, spacing{30 * p, 10 * p, 3},
			spacing{40 * p, 10 * p, 4}, spacing{50 * p, 10 * p, 5})
	}
	return list
}

var anyDecimal = decimalSpacings(-25, 25)

// ends returns the ticks of an axis on which nothing else fits.
func ends(low, high float64) []Tick {
	list := []Tick{{Value: low, Major: true}, {Value: high, Major: true}}
	label(list, func(t Tick) string { return number.DecimalText(t.Value) })
	return list
}

func decimalTicks(low, high float64, n int) []Tick {
	s, ok := choose(anyDecimal, low, high, n)
	if !ok {
		return ends(low, high)
	}
	list, base := s.place(low, high)
	prefix := number.DecimalRange(s.major, 3)
	if size := math.Abs(high); size > 10*prefix.Factor {
		prefix = number.DecimalRange(size, 3)
	}
	format := number.Format{Decimals: decimalsOf(s.major/prefix.Factor, 3)}
	label(list, func(t Tick) string { return prefix.Text(t.Value, format) })
	if repeats(list) {
		setOffset(list, base, number.DecimalText)
	}
	return list
}

// decimalsOf returns how many decimals v needs, most at most; the last two of three digits may be zeros.
func decimalsOf(v float64, most int) int {
	x := whole(v * 1000)
	switch {
	case x%10 > 0:
		return most
	case x%100 > 0:
		return most - 1
	}
	return most - 2
}
