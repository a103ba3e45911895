package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Duration is a span of time as the language knows it: exact to the nanosecond and as long as a
// count of seconds can say, which is further than time.Duration goes. It may be negative.
type Duration struct {
	seconds int64
	nanos   int32 // 0 … 999,999,999, added to seconds
}

// DurationOf returns d as a Duration of the language.
func DurationOf(d time.Duration) Duration {
	seconds, nanos := int64(d/time.Second), int32(d%time.Second)
	if nanos < 0 {
		seconds, nanos = seconds-1, nanos+1e9
	}
	return Duration{seconds, nanos}
}

// IsZero reports whether d is no time at all.
func (d Duration) IsZero() bool { return d == Duration{} }

// Milliseconds returns d in whole milliseconds, rounded down. The words refuse durations for which
// that overflows.
func (d Duration) Milliseconds() int64 { return d.seconds*1000 + int64(d.nanos/1e6) }

// Std returns d as a time.Duration, or false where it is longer than that can say, 292 years.
func (d Duration) Std() (time.Duration, bool) {
	const most = int64(math.MaxInt64/time.Second) - 1
	if d.seconds > most || d.seconds < -most {
		return 0, false
	}
	return time.Duration(d.seconds)*time.Second + time.Duration(d.nanos), true
}

const (
	secondsPerMinute = 60
	secondsPerHour   = 3600
	secondsPerDay    = 24 * secondsPerHour
	secondsPerWeek   = 7 * secondsPerDay
)

// String returns the short form that offsets and legends use: the largest of week, day, hour, minute
// and second that divides d, as in 1w, 36h, 90s; 0w for none; the ISO form if there are parts of a second.
func (d Duration) String() string {
	if ms := d.Milliseconds(); ms%1000 != 0 || d.nanos/1e6 != 0 {
		return d.ISO()
	}
	for _, unit := range []struct {
		seconds int64
		letter  byte
	}{{secondsPerWeek, 'w'}, {secondsPerDay, 'd'}, {secondsPerHour, 'h'}, {secondsPerMinute, 'm'}} {
		if d.seconds%unit.seconds == 0 {
			return string(append(strconv.AppendInt(nil, d.seconds/unit.seconds, 10), unit.letter))
		}
	}
	return strconv.FormatInt(d.seconds, 10) + "s"
}

// ISO returns d as Java prints it, in hours, minutes and seconds: PT5M, PT1M30S, PT480H, PT-1.5S, PT0S.
func (d Duration) ISO() string {
	if d.IsZero() {
		return "PT0S"
	}
	whole, nanos := d.seconds, int64(d.nanos)
	if whole < 0 && nanos > 0 { // Java counts -1.5 s as -1 and -0.5
		whole++
	}
	hours, minutes, seconds := whole/secondsPerHour, whole%secondsPerHour/secondsPerMinute, whole%secondsPerMinute
	b := []byte("PT")
	if hours != 0 {
		b = append(strconv.AppendInt(b, hours, 10), 'H')
	}
	if minutes != 0 {
		b = append(strconv.AppendInt(b, minutes, 10), 'M')
	}
	if seconds == 0 && nanos == 0 {
		return string(b)
	}
	if d.seconds < 0 && nanos > 0 {
		nanos = 1e9 - nanos
		if seconds == 0 {
			b = append(b, '-')
		}
	}
	b = strconv.AppendInt(b, seconds, 10)
	if nanos != 0 {
		fraction := strings.TrimRight(fmt.Sprintf("%09d", nanos), "0")
		b = append(append(b, '.'), fraction...)
	}
	return string(append(b, 'S'))
}
