package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Our words follow those of Atlas in a message, for people who see it for the first time: what was measured in which
// unit, and what would have been taken.

// near is how far from now a time may be for its unit to be guessed: ten years.
const near = 10 * 365 * 24 * 3600 * 1000

// timeUnits are what clients take for milliseconds, with how many milliseconds one has.
var timeUnits = []struct {
	name   string
	millis float64
}{{"seconds", 1e3}, {"microseconds", 1e-3}, {"nanoseconds", 1e-6}}

// timeHint says what is wrong with a timestamp, in milliseconds, that is too old or from the future: more than most away
// from now, which is called limit.
func timeHint(now, timestamp, most int64, limit string) string {
	switch {
	case timestamp == 0:
		return "timestamps are milliseconds since 1970; 0 is no time"
	case timestamp < 0:
		return fmt.Sprintf("timestamps are milliseconds since 1970; %d is before", timestamp)
	}
	for _, unit := range timeUnits {
		if meant := float64(timestamp) * unit.millis; math.Abs(meant-float64(now)) < near {
			return fmt.Sprintf("timestamps are milliseconds; %d looks like %s", timestamp, unit.name)
		}
	}
	if timestamp > now {
		return fmt.Sprintf("it is %s ahead of the server's clock, and at most %s (%s) is taken", span(timestamp-now), limit, span(most))
	}
	return fmt.Sprintf("it is %s old, and at most %s (%s) is taken", span(now-timestamp), limit, span(most))
}

// span returns a distance of milliseconds as people say it, in its two largest units.
func span(ms int64) string {
	const second, minute, hour, day = 1000, 60_000, 3_600_000, 86_400_000
	switch {
	case ms >= 2*365*day:
		return fmt.Sprintf("%d years", ms/(365*day))
	case ms >= 2*day:
		return fmt.Sprintf("%d days", ms/day)
	case ms >= 10*minute:
		return (time.Duration(ms) * time.Millisecond).Truncate(time.Minute).String()
	case ms >= 10*second:
		return (time.Duration(ms) * time.Millisecond).Truncate(time.Second).String()
	}
	return (time.Duration(ms) * time.Millisecond).String()
}

// hint says what the rule that v breaks asks for; "" where the words of Atlas say it.
func (v violation) hint(l *Limits, tags []Tag) string {
	switch v.rule {
	case KeyLengthRule:
		return fmt.Sprintf("keys have %d to %d characters", l.MinKey, l.MaxKey)
	case NameValueLengthRule:
		if string(tags[v.tag].Key) == nameKey {
			return fmt.Sprintf("names have %d to %d characters", l.MinName, l.MaxName)
		}
		return fmt.Sprintf("values have %d to %d characters", l.MinValue, l.MaxValue)
	case ValidCharactersRule:
		text := tags[v.tag].Key
		if v.inValue {
			text = tags[v.tag].Value
		}
		return fmt.Sprintf("letters a-z and A-Z, digits, and . - _ ~ ^ are allowed, and %s is not", firstRefused(text))
	case MaxUserTagsRule:
		return fmt.Sprintf("a metric has at most %d tags, not counting those that begin with %s or %s", l.MaxUserTags, nfPrefix, atlasPrefix)
	case ReservedKeyRule:
		prefix, known := nfPrefix, nfKeys
		if hasPrefix(tags[v.tag].Key, atlasPrefix) {
			prefix, known = atlasPrefix, atlasKeys
		}
		keys := make([]string, 0, len(known))
		for key := range known {
			keys = append(keys, prefix+key)
		}
		slices.Sort(keys)
		return "the keys there are with it: " + strings.Join(keys, ", ")
	}
	return ""
}

// firstRefused names the first character that is not allowed: itself, or its code point where it cannot be seen.
func firstRefused(text []byte) string {
	for i, c := range text {
		if isAllowed[c] {
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size <= 1 {
			return fmt.Sprintf("the byte 0x%02X", c)
		}
		if r == ' ' {
			return "a blank"
		}
		return strings.TrimSuffix(fmt.Sprintf("%#U", r), " ")
	}
	return "what it has" // it was refused, so this is not reached
}
