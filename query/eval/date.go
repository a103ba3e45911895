package eval

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A TimeRange is the text of a start and an end, as in the parameters s, e and tz of requests.
type TimeRange struct {
	Start, End string
	Zone       *time.Location // for times that name none
	Now        time.Time
}

// Resolve returns the start and end in milliseconds. One of them may be relative to the other:
// "e-3h" as Start, "s+5m" as End. The errors are Atlas's.
func (t TimeRange) Resolve() (start, end int64, err error) {
	startText := dateText{t.Start, t.Zone, t.Now, nil}
	endText := dateText{t.End, t.Zone, t.Now, nil}
	if isRelative(t.Start) || t.Start == "e" {
		if isRelative(t.End) {
			return 0, 0, stack.Require("start and end are both relative")
		}
		end, err = endText.millis()
		if err != nil {
			return 0, 0, err
		}
		startText.names = map[string]int64{"e": end}
		start, err = startText.millis()
	} else {
		start, err = startText.millis()
		if err != nil {
			return 0, 0, err
		}
		endText.names = map[string]int64{"s": start}
		end, err = endText.millis()
	}
	if err == nil && start > end {
		err = stack.Require("end time is before start time")
	}
	return start, end, err
}

var (
	relativeDate = regexp.MustCompile(`^([a-z]+)([-+])([^-+]+)$`)
	namedDate    = regexp.MustCompile(`^[a-z]+$`)
	unixDate     = regexp.MustCompile(`^[0-9]+$`)
	unixRelative = regexp.MustCompile(`^([0-9]+)([-+])([^-+]+)$`)
	isoDate      = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?` +
		`([zZ]|[-+]\d\d(?::?\d\d(?::?\d\d)?)?)?(?:\[([^\]]+)\])?$`)
)

// isRelative reports whether text is relative to a name other than now and epoch.
func isRelative(text string) bool {
	part := relativeDate.FindStringSubmatch(text)
	return part != nil && part[1] != "now" && part[1] != "epoch"
}

// A dateText is a time as people write it: http-api.md 5.1.
type dateText struct {
	text  string
	zone  *time.Location
	now   time.Time
	names map[string]int64 // what names besides now and epoch stand for
}

// millis returns the time that d names. Any unknown name is now.
func (d dateText) millis() (int64, error) {
	if part := relativeDate.FindStringSubmatch(d.text); part != nil {
		return moved(d.named(part[1]), part[2], part[3])
	}
	if namedDate.MatchString(d.text) {
		return d.named(d.text), nil
	}
	if unixDate.MatchString(d.text) {
		return d.unix(d.text)
	}
	if part := unixRelative.FindStringSubmatch(d.text); part != nil {
		from, err := d.unix(part[1])
		if err != nil {
			return 0, err
		}
		return moved(from, part[2], part[3])
	}
	return d.iso()
}

func (d dateText) named(name string) int64 {
	if t, ok := d.names[name]; ok {
		return t
	}
	if name == "epoch" {
		return 0
	}
	return d.now.UnixMilli()
}

func moved(from int64, sign, duration string) (int64, error) {
	by, err := expr.ParseDuration(duration)
	if err != nil {
		return 0, stack.Invalid("%s", err.Error())
	}
	if sign == "-" {
		return from - by.Milliseconds(), nil
	}
	return from + by.Milliseconds(), nil
}

// The largest numbers that are seconds, milliseconds (the year 2400) and microseconds since the epoch.
const (
	maxUnixSeconds = 1<<31 - 1
	maxUnixMillis  = 13_569_465_600_000
	maxUnixMicros  = maxUnixMillis * 1000
)

// unix reads a number since the epoch, whose unit shows in its size.
func (d dateText) unix(digits string) (int64, error) {
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err != nil:
		return 0, d.invalid()
	case n <= maxUnixSeconds:
		return n * 1000, nil
	case n <= maxUnixMillis:
		return n, nil
	case n <= maxUnixMicros:
		return n / 1000, nil
	}
	return n / 1e6, nil
}

func (d dateText) iso() (int64, error) {
	part := isoDate.FindStringSubmatch(d.text)
	if part == nil {
		return 0, d.invalid()
	}
	clock, seconds := part[2], part[3]
	if clock == "" {
		clock = "00:00"
	}
	if seconds == "" {
		seconds = ":00"
	}
	wall, err := time.Parse("2006-01-02T15:04:05", part[1]+"T"+clock+seconds)
	if err != nil {
		return 0, d.invalid()
	}
	zone := d.zone
	if part[4] != "" {
		if zone, err = expr.LoadZone(strings.ToUpper(part[4])); err != nil {
			return 0, d.invalid()
		}
	} else if part[5] != "" {
		if zone, err = expr.LoadZone(part[5]); err != nil {
			return 0, d.invalid()
		}
	}
	return instantOf(wall, zone).UnixMilli(), nil
}

func (d dateText) invalid() error { return stack.Invalid("invalid date %s", d.text) }

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
