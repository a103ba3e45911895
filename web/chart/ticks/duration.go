package ticks

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/number"
)

// Seconds of a unit; a year has no leap day.
const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
	year   = 365 * day
)

// anyDuration are the spacings of an axis of seconds: parts of seconds, then parts of the next larger
// unit, each from many to few, then years. The first that fits is taken, though they are not sorted:
// so does Atlas.
var anyDuration = func() []spacing {
	list := decimalSpacings(-25, -2)
	for _, unit := range []struct {
		seconds float64
		parts   []float64
	}{
		{minute, []float64{1, 2, 3, 4, 5, 6, 10, 15, 30, 60}},
		{hour, []float64{4, 5, 6, 10, 15, 30, 3600}},
		{day, []float64{1, 2, 3, 4, 6, 12, 86400}},
		{week, []float64{1, 2, 4, 6, 12, 24, 604800}},
		{year, []float64{1, 2, 3, 4, 6, 31536000}},
	} {
		for i := len(unit.parts) - 1; i >= 0; i-- {
			major := unit.seconds / unit.parts[i]
			list = append(list, spacing{major, major / 4, 4})
		}
	}
	for _, m := range multiples {
		list = append(list, spacing{year * m, year * m / 4, 4})
	}
	return append(list, decimalSpacings(10, 25)...)
}()

func durationTicks(low, high float64, n int) []Tick {
	s, ok := choose(anyDuration, low, high, n)
	if !ok {
		return ends(low, high)
	}
	list, base := s.place(low, high)
	prefix := number.DurationRange(s.major)
	if size := math.Abs(high); size > prefix.Factor {
		prefix = number.DurationRange(size)
	}
	format := durationFormat(high)
	write := func() { label(list, func(t Tick) string { return prefix.Text(t.Value, format) }) }
	write()
	if !repeats(list) {
		return list
	}
	if high < 2*year && high > 1e-3 {
		prefix = number.SmallerUnit(prefix)
		if write(); !repeats(list) {
			return list
		}
	}
	prefix = number.DurationRange(s.major)
	if r := high - low; r > prefix.Factor {
		prefix = number.DurationRange(r)
	}
	format = durationFormat(s.major)
	setOffset(list, base, func(v float64) string { return prefix.Text(v, format) })
	return list
}

// durationFormat returns how seconds are written of which most is the largest.
func durationFormat(most float64) number.Format {
	switch {
	case most >= 1000*year:
		return number.Format{Decimals: 1, Scientific: true}
	case most >= minute:
		return number.Format{}
	case most < 1:
		most /= number.DurationRange(most).Factor
	}
	x := int(math.Round(most * 1000))
	switch {
	case x%10 > 0:
		return number.Format{Decimals: 3}
	case x%100 > 0:
		return number.Format{Decimals: 2}
	}
	return number.OneDecimal
}
