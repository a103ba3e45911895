package ticks

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// A TimeTick is a mark of a time axis.
type TimeTick struct {
	Time  int64 // milliseconds since 1970
	Major bool
	// Label is empty for minor ticks. It is the time of day, the date at midnight, or the change of the clock
	// that happened since the tick before.
	Label string
	// ClockChanged marks a Label that is a change: +1H.
	ClockChanged bool
}

// A TimeAxis is a time axis with a value every Step up to the exclusive End, the first at Start. The value at T
// describes the time from T-Step to T, so the axis begins a step before Start. Milliseconds.
type TimeAxis struct{ Start, End, Step int64 }

// Pixels returns the function from times to pixels for an axis from pixel x1 to x2.
func (a TimeAxis) Pixels(x1, x2 int) func(int64) int {
	perStep := float64(x2-x1) / float64((a.End-a.Start)/a.Step)
	return func(t int64) int {
		return whole(float64(t-(a.Start-a.Step))/float64(a.Step)*perStep) + x1
	}
}

const (
	msSecond = int64(1000)
	msMinute = 60 * msSecond
	msHour   = 60 * msMinute
	msDay    = 24 * msHour
)

// timeSpacings are the distances of major and minor ticks up to some weeks.
var timeSpacings = [...]struct{ major, minor int64 }{
	{5 * msSecond, msSecond}, {10 * msSecond, 2 * msSecond}, {15 * msSecond, 5 * msSecond},
	{20 * msSecond, 5 * msSecond}, {30 * msSecond, 10 * msSecond},
	{msMinute, 10 * msSecond}, {2 * msMinute, 30 * msSecond}, {3 * msMinute, msMinute}, {5 * msMinute, msMinute},
	{10 * msMinute, 2 * msMinute}, {15 * msMinute, 5 * msMinute}, {20 * msMinute, 5 * msMinute}, {30 * msMinute, 10 * msMinute},
	{msHour, 10 * msMinute}, {2 * msHour, 30 * msMinute}, {3 * msHour, msHour}, {4 * msHour, msHour},
	{6 * msHour, 2 * msHour}, {8 * msHour, 2 * msHour}, {12 * msHour, 3 * msHour},
	{msDay, 4 * msHour}, {2 * msDay, 8 * msHour}, {7 * msDay, msDay}, {14 * msDay, 2 * msDay}, {28 * msDay, 7 * msDay},
}

// Ticks returns the ticks of the axis in a zone, ascending, with about n major ones at most. All have the
// offset of the zone at the start of the axis; the first one behind a change of the clock says so.
func (a TimeAxis) Ticks(zone *time.Location, n int) []TimeTick {
	from, to := a.Start-a.Step, a.End
	shift := offsetAt(zone, from)
	for _, s := range timeSpacings {
		if (to-from)/s.major <= int64(n) {
			return a.regular(zone, shift, s.major, s.minor)
		}
	}
	return calendarTicks(zone, from, to, n)
}

func (a TimeAxis) regular(zone *time.Location, shift, major, minor int64) []TimeTick {
	from, to := a.Start-a.Step+shift, a.End+shift
	changeAt, change := nextChange(zone, a.Start)
	var list []TimeTick
	for local := grid.FloorDiv(from, major) * major; local <= to; local += minor {
		if local < from {
			continue
		}
		tick := TimeTick{Time: local - shift, Major: local%major == 0}
		if tick.Major {
			tick.Label = clockLabel(tick.Time, zone)
			if change != "" && tick.Time >= changeAt {
				tick.Label, tick.ClockChanged = change, true
				change = ""
			}
		}
		list = append(list, tick)
	}
	return list
}

// clockLabel writes a local time by its smallest part that is not zero.
func clockLabel(ms int64, zone *time.Location) string {
	t := time.UnixMilli(ms).In(zone)
	switch {
	case t.Second() != 0:
		return t.Format(":05")
	case t.Minute() != 0 || t.Hour() != 0:
		return t.Format("15:04")
	}
	return t.Format("Jan02")
}

// calendarTicks returns ticks at midnights: of each day, or of a day of each month or of each year.
func calendarTicks(zone *time.Location, from, to int64, n int) []TimeTick {
	days := int((to - from) / msDay)
	first := time.UnixMilli(from).In(zone)
	step := func(i int) (years, months, dayCount int) { return 0, 0, i }
	layout := "Jan02"
	switch {
	case days <= n:
	case days/30 <= n:
		layout, step = "Jan", func(i int) (int, int, int) { return 0, i, 0 }
	case days/90 <= n:
		layout, step = "Jan", func(i int) (int, int, int) { return 0, 3 * i, 0 }
	case days/365 <= n:
		layout, step = "2006", func(i int) (int, int, int) { return i, 0, 0 }
	default:
		years := max(1, days/(365*max(n, 1)))
		layout, step = "2006", func(i int) (int, int, int) { return years * i, 0, 0 }
	}
	var list []TimeTick
	for i := 0; ; i++ {
		day := addDate(first, step, i, zone)
		if day.UnixMilli() > to {
			return list
		}
		list = append(list, TimeTick{Time: day.UnixMilli(), Major: true, Label: day.Format(layout)})
	}
}

// addDate returns the midnight some steps behind the day of first; a day that the month has not becomes its last.
func addDate(first time.Time, step func(int) (years, months, days int), i int, zone *time.Location) time.Time {
	years, months, days := step(i)
	year, month, dayOfMonth := first.Date()
	month0 := int(month) - 1 + months
	year, month0 = year+years+month0/12, month0%12
	last := time.Date(year, time.Month(month0+2), 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(year, time.Month(month0+1), min(dayOfMonth, last)+days, 0, 0, 0, 0, zone)
}

// offsetAt returns what a zone's clock is ahead of UTC.
func offsetAt(zone *time.Location, ms int64) int64 {
	_, seconds := time.UnixMilli(ms).In(zone).Zone()
	return int64(seconds) * msSecond
}

// nextChange returns when a zone's clock is next set after a time, and by how much: +1H. No change is "".
func nextChange(zone *time.Location, ms int64) (at int64, change string) {
	const lookAhead = 20 // changes of a zone's name are in between
	before := offsetAt(zone, ms)
	t := time.UnixMilli(ms).In(zone)
	for range lookAhead {
		_, end := t.ZoneBounds()
		if end.IsZero() {
			return math.MaxInt64, ""
		}
		if after := offsetAt(zone, end.UnixMilli()); after != before {
			return end.UnixMilli(), changeText(after - before)
		}
		t = end
	}
	return math.MaxInt64, ""
}

// changeText writes a change of the clock: +1H, -30M, +1H30M.
func changeText(ms int64) string {
	sign := "+"
	if ms < 0 {
		sign, ms = "-", -ms
	}
	text := strings.Builder{}
	for _, unit := range []struct {
		ms     int64
		letter string
	}{{msHour, "H"}, {msMinute, "M"}, {msSecond, "S"}} {
		if count := ms / unit.ms; count > 0 {
			fmt.Fprintf(&text, "%s%d%s", sign, count, unit.letter)
			ms, sign = ms%unit.ms, ""
		}
	}
	return text.String()
}
