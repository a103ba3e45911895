package query

import (
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
)

// drawnLimits bound what one expression of a graph shows, after :limit; both are positive.
type drawnLimits struct{ lines, datapoints int }

// plan returns the plan for exprs, which ends early where too many lines would be drawn; cuts tells whether the setting
// :limit counts.
func (d drawnLimits) plan(exprs []*expr.Styled, cuts bool) *eval.Plan {
	bare := make([]expr.Expr, len(exprs))
	for i, s := range exprs {
		bare[i] = s.Expr
	}
	plan := eval.NewPlan(bare)
	for i, s := range exprs {
		if _, limited := s.Settings.Get("limit"); !limited || !cuts {
			plan.BoundLines(i, d.lines)
		}
	}
	return plan
}

// check refuses too many lines of one expression, or too many values in them. Of a line no more values count than
// there were steps with any value in the store: a comparison has a value at each step of a range, however little of
// it was ever stored.
func (d drawnLimits) check(lines []Line, held int) error {
	if len(lines) > d.lines {
		return eval.TooMany("lines", len(lines), d.lines)
	}
	values := 0
	for i := range lines {
		values += min(lines[i].Stats.Count, held)
	}
	if values > d.datapoints {
		return eval.TooMany("datapoints", values, d.datapoints)
	}
	return nil
}
