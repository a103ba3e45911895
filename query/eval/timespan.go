package eval

import (
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// timeSpan resolves the bounds of :time-span. They may name gs and ge, the range that is evaluated, and
// s and e, each other. The names that stand for nothing are unknown and taken for now.
func timeSpan(e *expr.Generated, rng Range, unknown *[]string) (from, to int64, err error) {
	zone := time.UTC
	if e.Zone != "" {
		if zone, err = expr.LoadZone(e.Zone); err != nil {
			return 0, 0, stack.Errorf(stack.DateTime, "%s", err.Error())
		}
	}
	names := map[string]int64{"gs": rng.Start, "ge": rng.End}
	start := dateText{e.From, zone, rng.Now, names, unknown}
	end := dateText{e.To, zone, rng.Now, names, unknown}
	startOf, endOf := referenceOf(e.From), referenceOf(e.To)
	switch {
	case startOf == "s":
		return 0, 0, stack.Invalid("start time is relative to itself")
	case endOf == "e":
		return 0, 0, stack.Invalid("end time is relative to itself")
	case startOf == "e" && endOf == "s":
		return 0, 0, stack.Invalid("start and end time are relative to each other")
	}
	first, second, name := &start, &end, "s"
	if startOf == "e" {
		first, second, name = &end, &start, "e"
	}
	known, err := first.millis()
	if err != nil {
		return 0, 0, err
	}
	names[name] = known
	other, err := second.millis()
	if err != nil {
		return 0, 0, err
	}
	from, to = known, other
	if startOf == "e" {
		from, to = other, known
	}
	if from > to {
		return 0, 0, stack.Require("start must be <= end")
	}
	return from, to, nil
}

// referenceOf returns the name that a date is relative to or consists of, or "".
func referenceOf(text string) string {
	if part := relativeDate.FindStringSubmatch(text); part != nil {
		return part[1]
	}
	if namedDate.MatchString(text) {
		return text
	}
	return ""
}
