package eval

import (
	"fmt"
	"time"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// A TimeRange is the text of a start and an end, as in the parameters s, e and tz of requests.
type TimeRange struct {
	Start, End string
	Zone       *time.Location // for times that name none
	Now        time.Time
}

// Resolve returns the start and end in milliseconds. One of them may be relative to the other:
// "e-3h" as Start, "s+5m" as End. The errors are Atlas's. A word that names no time is now, as in Atlas:
// "yesterday", and "s" or "e" where they would be relative to themselves. Notices tells of them.
func (t TimeRange) Resolve() (start, end int64, err error) {
	return t.resolve(new([]string))
}

// ResolveStrict is Resolve for what removes or changes something, and for what a person has just typed: a
// word that names no time is an error.
func (t TimeRange) ResolveStrict() (start, end int64, err error) {
	var unknown []string
	start, end, err = t.resolve(&unknown)
	if len(unknown) > 0 {
		text := t.Start
		if referenceOf(text) != unknown[0] {
			text = t.End
		}
		return 0, 0, stack.Invalid("invalid date %s: %q names no time here; a time is now, now-3h, epoch, e-3h as a start, "+
			"s+3h as an end, 2006-01-02T15:04, or a number since 1970", text, unknown[0])
	}
	return start, end, err
}

// Notices returns a remark for people on each word that names no time and that Resolve took for now; none
// where Resolve fails.
func (t TimeRange) Notices() []string {
	var unknown, notices []string
	if _, _, err := t.resolve(&unknown); err != nil {
		return nil
	}
	for _, word := range unknown {
		notices = append(notices, unknownTime(word))
	}
	return notices
}

func unknownTime(word string) string { return fmt.Sprintf("%q names no time; now was taken", word) }

func (t TimeRange) resolve(unknown *[]string) (start, end int64, err error) {
	startText := dateText{t.Start, t.Zone, t.Now, nil, unknown}
	endText := dateText{t.End, t.Zone, t.Now, nil, unknown}
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

// isRelative reports whether text is relative to a name other than now and epoch.
func isRelative(text string) bool {
	part := relativeDate.FindStringSubmatch(text)
	return part != nil && part[1] != "now" && part[1] != "epoch"
}
