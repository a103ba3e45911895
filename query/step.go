package query

import (
	"context"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A StepLine is the value of one line at one step.
type StepLine struct {
	Tags tag.Tags
	// Label names the line by itself, as "(nf.app=www)".
	Label string
	// Signal is the value of the line: 0 and NaN are "not true".
	Signal float64
	// Value is the left side of the outermost comparison, and Signal where there is none.
	Value float64
}

// EvalStep returns the lines of each expression at one closed step of the store. Nothing is kept between
// two calls: words that remember are shown as many steps before as they need, at most a day of minutes
// where they never forget (:des, :integral, :cumulative-max), so that the answer for a step is the same
// whenever it is asked. Words that look at whole lines, as :stat, see that history.
// Times are milliseconds; at is a multiple of step. The errors are those of Eval, but that nothing is drawn and so
// lines have no limit of their own.
func (e *Engine) EvalStep(ctx context.Context, exprs []expr.Expr, at, step int64) ([][]StepLine, error) {
	rng := eval.SingleStep(exprs, at, step)
	rng.Now = time.UnixMilli(at)
	outcome, err := eval.NewSignalPlan(exprs).Run(ctx, e.store, rng, e.limits)
	if err != nil {
		return nil, err
	}
	all := make([][]StepLine, len(exprs))
	for i := range exprs {
		signals, values := outcome.Lines[2*i], outcome.Lines[2*i+1]
		all[i] = make([]StepLine, len(signals))
		for j, l := range signals {
			all[i][j] = StepLine{l.Tags, l.Label, l.Values[rng.Len()-1], values[j].Values[rng.Len()-1]}
		}
	}
	return all, nil
}
