package expr

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// ParseDuration reads an amount and a unit (90s, 5m, 1h, 2days, 1w; a month is 30 days, a year 365) or an
// ISO duration in days, hours, minutes and seconds (PT5M, P1DT2H, PT-1.5S). The error is a *stack.Error.
func ParseDuration(s string) (Duration, error) {
	if strings.HasPrefix(s, "P") {
		return parseISO(s)
	}
	digits := 0
	for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
		digits++
	}
	unit := s[digits:]
	if digits == 0 || unit == "" || !isUnitText(unit) {
		return Duration{}, stack.Invalid("invalid period %s", s)
	}
	amount, err := strconv.ParseInt(s[:digits], 10, 64)
	if err != nil {
		return Duration{}, stack.Errorf(stack.NumberFormat, "For input string: %q", s[:digits])
	}
	switch unit {
	case "ns":
		return Duration{amount / 1e9, int32(amount % 1e9)}, nil
	case "us", "μs":
		if amount > math.MaxInt64/1000 {
			return Duration{}, stack.Invalid("duration out of range: %s", s)
		}
		return Duration{amount / 1e6, int32(amount % 1e6 * 1e3)}, nil
	case "ms":
		return Duration{amount / 1e3, int32(amount % 1e3 * 1e6)}, nil
	}
	seconds, ok := unitSeconds[unit]
	if !ok {
		return Duration{}, stack.Invalid("unknown unit %s", unit)
	}
	total, ok := multiply(amount, seconds)
	if !ok {
		return Duration{}, stack.Invalid("duration out of range: %s", s)
	}
	return Duration{total, 0}, nil
}

func isUnitText(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && r != 'μ' {
			return false
		}
	}
	return true
}

var unitSeconds = map[string]int64{
	"s": 1, "second": 1, "seconds": 1,
	"m": secondsPerMinute, "min": secondsPerMinute, "minute": secondsPerMinute, "minutes": secondsPerMinute,
	"h": secondsPerHour, "hour": secondsPerHour, "hours": secondsPerHour,
	"d": secondsPerDay, "day": secondsPerDay, "days": secondsPerDay,
	"w": secondsPerWeek, "wk": secondsPerWeek, "week": secondsPerWeek, "weeks": secondsPerWeek,
	"month": 30 * secondsPerDay, "months": 30 * secondsPerDay,
	"y": 365 * secondsPerDay, "year": 365 * secondsPerDay, "years": 365 * secondsPerDay,
}

func isoError() error { return stack.Errorf(stack.DateTime, "Text cannot be parsed to a Duration") }

// parseISO reads PnDTnHnMn.nS, each part optional and signed on its own; letters in either case.
func parseISO(s string) (Duration, error) {
	date, clock, hasClock := strings.Cut(strings.ToUpper(s[1:]), "T")
	if date == "" && !hasClock || hasClock && clock == "" {
		return Duration{}, isoError()
	}
	var total int64
	add := func(rest *string, letter string, seconds int64) bool {
		part, after, found := strings.Cut(*rest, letter)
		if !found {
			return true
		}
		*rest = after
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return false
		}
		product, ok := multiply(n, seconds)
		if !ok {
			return false
		}
		total, ok = sum(total, product)
		return ok
	}
	if !add(&date, "D", secondsPerDay) || date != "" || !add(&clock, "H", secondsPerHour) || !add(&clock, "M", secondsPerMinute) {
		return Duration{}, isoError()
	}
	if clock == "" {
		return Duration{total, 0}, nil
	}
	whole, nanos, ok := parseSeconds(clock)
	if !ok {
		return Duration{}, isoError()
	}
	if total, ok = sum(total, whole); !ok {
		return Duration{}, isoError()
	}
	if nanos < 0 {
		if total, ok = sum(total, -1); !ok {
			return Duration{}, isoError()
		}
		nanos += 1e9
	}
	return Duration{total, nanos}, nil
}

// parseSeconds reads seconds with up to nine digits of a fraction, which has their sign, and an S.
func parseSeconds(s string) (whole int64, nanos int32, ok bool) {
	s, ok = strings.CutSuffix(s, "S")
	if !ok {
		return 0, 0, false
	}
	text, fraction := s, ""
	if at := strings.IndexAny(s, ".,"); at >= 0 {
		text, fraction = s[:at], s[at+1:]
	}
	whole, err := strconv.ParseInt(text, 10, 64)
	if err != nil || len(fraction) > 9 {
		return 0, 0, false
	}
	for _, c := range []byte((fraction + "000000000")[:9]) {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		nanos = nanos*10 + int32(c-'0')
	}
	if strings.HasPrefix(text, "-") {
		nanos = -nanos
	}
	return whole, nanos, true
}

func multiply(a, b int64) (product int64, ok bool) {
	negative := a < 0
	if negative {
		a = -a
	}
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(low), true
	}
	return int64(low), true
}

func sum(a, b int64) (total int64, ok bool) {
	total = a + b
	return total, (total > a) == (b > 0)
}

// FitsMilliseconds reports whether d can be counted in milliseconds.
func (d Duration) FitsMilliseconds() bool {
	return d.seconds < math.MaxInt64/1000 && d.seconds > math.MinInt64/1000
}
