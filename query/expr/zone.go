package expr

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// zoneForm is an offset as Java writes it: ±h, ±hh, ±hhmm, ±hh:mm, ±hhmmss or ±hh:mm:ss.
var zoneForm = regexp.MustCompile(`^[+-](?:([0-9])|([0-9]{2})(?:([0-9]{2})([0-9]{2})?|:([0-9]{2})(?::([0-9]{2}))?)?)$`)

// LoadZone returns the time zone with a name as Java knows them: a region such as US/Pacific, Z, an
// offset such as +01:00, or UTC, GMT or UT, alone or with an offset behind.
func LoadZone(name string) (*time.Location, error) {
	offset := name
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && (rest == "" || rest[0] == '+' || rest[0] == '-') {
			offset = rest
			break
		}
	}
	switch {
	case name == "Z" || name != "" && offset == "":
		return time.UTC, nil
	case strings.HasPrefix(offset, "+") || strings.HasPrefix(offset, "-"):
		return offsetZone(name, offset)
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, stack.Errorf(stack.DateTime, "Unknown time-zone ID: %s", name)
	}
	return zone, nil
}

// offsetZone returns the zone that is always as far from UTC.
func offsetZone(name, offset string) (*time.Location, error) {
	part := zoneForm.FindStringSubmatch(offset)
	if part == nil {
		return nil, stack.Errorf(stack.DateTime, "Invalid ID for ZoneOffset, invalid format: %s", offset)
	}
	number := func(digits string) int { n, _ := strconv.Atoi(digits); return n } // at most two digits, or none
	hours, minutes, seconds := number(part[1]+part[2]), number(part[3]+part[5]), number(part[4]+part[6])
	total := hours*secondsPerHour + minutes*secondsPerMinute + seconds
	if minutes > 59 || seconds > 59 || total > 18*secondsPerHour {
		return nil, stack.Errorf(stack.DateTime, "Zone offset not in valid range: -18:00 to +18:00")
	}
	if offset[0] == '-' {
		total = -total
	}
	return time.FixedZone(name, total), nil
}
