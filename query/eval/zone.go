package eval

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine
)

// offsetText is what Java takes for an offset: +h, +hh, +hhmm, +hh:mm, +hhmmss, +hh:mm:ss.
var offsetText = regexp.MustCompile(`^([+-])(?:(\d)|(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)$`)

// regionText is the form of names like US/Pacific.
var regionText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9~/._+-]+$`)

// ParseZone returns the time zone with a Java ID: a region (US/Pacific), Z, UTC, GMT or UT, these with
// an offset (UTC+3), or an offset alone (+05:30). Case counts. The errors are Java's.
func ParseZone(id string) (*time.Location, error) {
	if id == "Z" {
		return time.UTC, nil
	}
	if strings.HasPrefix(id, "+") || strings.HasPrefix(id, "-") {
		return parseOffset(id, id)
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		offset, ok := strings.CutPrefix(id, prefix)
		if ok && offset == "" {
			return time.UTC, nil
		}
		if ok && offset != "0" && (offset[0] == '+' || offset[0] == '-') {
			return parseOffset(id, offset)
		}
	}
	if !regionText.MatchString(id) {
		return nil, fail("Invalid ID for region-based ZoneId, invalid format: %s", id)
	}
	zone, err := time.LoadLocation(id)
	if err != nil || id == "Local" {
		return nil, fail("Unknown time-zone ID: %s", id)
	}
	return zone, nil
}

const (
	secondsPerHour   = 3600
	maxOffsetSeconds = 18 * secondsPerHour
)

// parseOffset returns the fixed zone with an offset from UTC.
func parseOffset(id, text string) (*time.Location, error) {
	part := offsetText.FindStringSubmatch(text)
	if part == nil {
		return nil, fail("Invalid ID for ZoneOffset, invalid format: %s", text)
	}
	number := func(digits string) int { n, _ := strconv.Atoi(digits); return n }
	hours, minutes, seconds := number(part[2]+part[3]), number(part[4]), number(part[5])
	total := hours*secondsPerHour + minutes*60 + seconds
	if minutes > 59 || seconds > 59 || total > maxOffsetSeconds {
		return nil, fail("Zone offset not in valid range: -18:00 to +18:00: %s", text)
	}
	if part[1] == "-" {
		total = -total
	}
	if total == 0 {
		return time.UTC, nil
	}
	return time.FixedZone(id, total), nil
}

// instantOf returns the time at which a clock in zone shows wall, whose own zone is UTC. What the clock
// shows twice is the first of the two; what it skips counts on from before the gap. So does Java;
// time.Date leaves both open.
func instantOf(wall time.Time, zone *time.Location) time.Time {
	before, after := offsetAt(wall.Add(-24*time.Hour), zone), offsetAt(wall.Add(24*time.Hour), zone)
	first, second := wall.Add(-before), wall.Add(-after)
	if before != after && offsetAt(first, zone) != before && offsetAt(second, zone) == after {
		return second
	}
	return first
}

func offsetAt(t time.Time, zone *time.Location) time.Duration {
	_, seconds := t.In(zone).Zone()
	return time.Duration(seconds) * time.Second
}
