package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// timeModes are the modes of :time: our names for fields of the calendar and counts since 1970, and the
// names of Java's ChronoField. INSTANT_SECONDS has a name and no meaning.
var timeModes = map[string]bool{
	"secondOfMinute": true, "secondOfDay": true, "minuteOfHour": true, "minuteOfDay": true, "hourOfDay": true,
	"dayOfWeek": true, "dayOfMonth": true, "dayOfYear": true, "monthOfYear": true, "yearOfCentury": true, "yearOfEra": true,
	"seconds": true, "minutes": true, "hours": true, "days": true, "weeks": true,

	"NANO_OF_SECOND": true, "NANO_OF_DAY": true, "MICRO_OF_SECOND": true, "MICRO_OF_DAY": true,
	"MILLI_OF_SECOND": true, "MILLI_OF_DAY": true, "SECOND_OF_MINUTE": true, "SECOND_OF_DAY": true,
	"MINUTE_OF_HOUR": true, "MINUTE_OF_DAY": true, "HOUR_OF_AMPM": true, "CLOCK_HOUR_OF_AMPM": true,
	"HOUR_OF_DAY": true, "CLOCK_HOUR_OF_DAY": true, "AMPM_OF_DAY": true, "DAY_OF_WEEK": true,
	"ALIGNED_DAY_OF_WEEK_IN_MONTH": true, "ALIGNED_DAY_OF_WEEK_IN_YEAR": true, "DAY_OF_MONTH": true,
	"DAY_OF_YEAR": true, "EPOCH_DAY": true, "ALIGNED_WEEK_OF_MONTH": true, "ALIGNED_WEEK_OF_YEAR": true,
	"MONTH_OF_YEAR": true, "PROLEPTIC_MONTH": true, "YEAR_OF_ERA": true, "YEAR": true, "ERA": true,
	"INSTANT_SECONDS": false, "OFFSET_SECONDS": true,
}

func checkTimeMode(mode string) error {
	usable, known := timeModes[mode]
	switch {
	case !known:
		return stack.Invalid("No enum constant java.time.temporal.ChronoField.%s", mode)
	case !usable:
		return stack.Errorf(stack.Match, "%s (of class java.lang.String)", mode)
	}
	return nil
}

// LoadZone returns the time zone with a name as Java knows them: a region such as US/Pacific, Z, an
// offset such as +01:00, or one behind UTC, GMT or UT.
func LoadZone(name string) (*time.Location, error) {
	offset := name
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && (rest == "" || rest[0] == '+' || rest[0] == '-') {
			offset = rest
			break
		}
	}
	if offset == "" || offset == "Z" {
		if name == "" {
			return nil, fmt.Errorf("invalid time zone: the name is empty")
		}
		return time.UTC, nil
	}
	if offset[0] == '+' || offset[0] == '-' {
		seconds, ok := zoneOffset(offset)
		if !ok {
			return nil, fmt.Errorf("Invalid ID for offset-based ZoneId: %s", name)
		}
		return time.FixedZone(name, seconds), nil
	}
	if name == "Local" {
		return nil, fmt.Errorf("Unknown time-zone ID: %s", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("Unknown time-zone ID: %s", name)
	}
	return zone, nil
}

// zoneOffset reads ±h, ±hh, ±hhmm, ±hh:mm, ±hhmmss and ±hh:mm:ss, up to 18 hours, in seconds.
func zoneOffset(s string) (seconds int, ok bool) {
	sign, digits := 1, strings.ReplaceAll(s[1:], ":", "")
	if s[0] == '-' {
		sign = -1
	}
	if len(digits) == 1 {
		digits = "0" + digits
	}
	if len(digits)%2 != 0 || len(digits) > 6 || digits == "" {
		return 0, false
	}
	for i, limit := range []int{18, 59, 59} {
		part := 0
		if 2*i < len(digits) {
			n, err := strconv.ParseUint(digits[2*i:2*i+2], 10, 8)
			if err != nil || int(n) > limit {
				return 0, false
			}
			part = int(n)
		}
		seconds = seconds*60 + part
	}
	return sign * seconds, seconds <= 18*secondsPerHour
}
