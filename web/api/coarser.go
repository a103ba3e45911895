package api

import (
	"errors"
	"strconv"

	"github.com/telamon-tsdb/telamon/query/eval"
)

// stepMargin is by how much a suggested step is coarser than it seems it must be: a range has a value more than its length
// has steps, so half as many steps are a little more than half as many values.
const stepMargin = 1.05

// describe returns the body for err, which ended the request r, or nil if that could not be read. Where a larger step would do
// it says which.
func (r *graphRequest) describe(err error) errorBody {
	body := describe(err)
	var over *eval.LimitError
	if r == nil || !errors.As(err, &over) || over.What != "datapoints" && over.What != "bytes" {
		return body
	}
	times := float64(over.Used) / float64(over.Limit) * stepMargin
	if over.What == "bytes" {
		times = max(times, 2) // counting ended at the first that was too many
	}
	if step := (eval.Steps{Primary: r.rng.Primary}).Coarser(r.rng, times); step > 0 {
		body.SuggestedStep = stepText(step)
	}
	return body
}

// stepText writes milliseconds as the parameter step takes them, in the largest unit that has no fraction.
func stepText(millis int64) string {
	for _, unit := range []struct {
		millis int64
		name   string
	}{{24 * 3600_000, "d"}, {3600_000, "h"}, {60_000, "m"}, {1000, "s"}} {
		if millis%unit.millis == 0 {
			return strconv.FormatInt(millis/unit.millis, 10) + unit.name
		}
	}
	return strconv.FormatInt(millis, 10) + "ms"
}
