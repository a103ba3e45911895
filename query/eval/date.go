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

var (
	relativeDate = regexp.MustCompile(`^([a-z]+)([-+])([^-+]+)$`)
	namedDate    = regexp.MustCompile(`^[a-z]+$`)
	unixDate     = regexp.MustCompile(`^[0-9]+$`)
	unixRelative = regexp.MustCompile(`^([0-9]+)([-+])([^-+]+)$`)
	isoDate      = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?` +
		`([zZ]|[-+]\d\d(?::?\d\d(?::?\d\d)?)?)?(?:\[([^\]]+)\])?$`)
)

// A dateText is a time as people write it: a name or a number, maybe with a duration added or taken away, or an ISO date.
type dateText struct {
	text  string
	zone  *time.Location
	now   time.Time
	names map[string]int64 // what names besides now and epoch stand for
	// unknown collects the names that stand for nothing and were taken for now.
	unknown *[]string
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
	switch name {
	case "epoch":
		return 0
	case "now":
	default:
		*d.unknown = append(*d.unknown, name)
	}
	return d.now.UnixMilli()
}

func moved(from int64, sign, duration string) (int64, error) {
	by, err := expr.ParseDuration(duration)
	if err != nil {
		return 0, stack.Invalid("%s", err.Error())
	}
	ms := by.Milliseconds()
	if sign == "-" {
		ms = -ms
	}
	if !by.FitsMilliseconds() || max(ms, -ms) > farthest || max(from+ms, -from-ms) > farthest {
		return 0, stack.Invalid("time is out of range: %s from %d ms", sign+duration, from)
	}
	return from + ms, nil
}

// farthest bounds times that are reckoned, in milliseconds before and after 1970: 285,000 years, which is far from an
// overflow.
const farthest = 1 << 53

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
