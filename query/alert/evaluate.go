package alert

import (
	"context"
	"errors"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
)

// evaluateTimeout bounds the evaluation of one rule for one step, so that one runaway expression cannot
// hold up the other rules for ever.
const evaluateTimeout = 30 * time.Second

// errSlowRule reports a rule that evaluateTimeout ended.
var errSlowRule = errors.New("the evaluation took longer than 30s and was ended: narrow the query")

// An evaluator finds out what rules come to at a step.
type evaluator struct {
	ask   func(context.Context, expr.Expr, int64) ([]query.StepLine, error) // Config.Evaluate
	sight sight
}

// all runs every rule for one step, in the order of the file. Of a step that is unknown, for which doubt is the reason,
// nothing can be concluded: no rule is run.
func (e *evaluator) all(ctx context.Context, rules *Rules, l *ledger, step int64, doubt *Doubt) []outcome {
	outcomes := make([]outcome, 0, len(rules.Rules))
	for _, rule := range rules.Rules {
		if doubt != nil {
			outcomes = append(outcomes, outcome{rule: rule, doubt: doubt})
			continue
		}
		outcomes = append(outcomes, e.one(ctx, rule, l, step))
	}
	return outcomes
}

// one runs one rule for a step that is known.
func (e *evaluator) one(ctx context.Context, rule *Rule, l *ledger, step int64) outcome {
	bounded, cancel := context.WithTimeoutCause(ctx, evaluateTimeout, errSlowRule)
	defer cancel()
	lines, err := e.ask(bounded, rule.Parsed, step)
	if err != nil && context.Cause(bounded) == errSlowRule {
		err = errSlowRule
	}
	if err != nil {
		return outcome{rule: rule, err: err, doubt: &Doubt{First: step, Last: step, Reason: notAnswers}}
	}
	o := outcome{rule: rule, lines: lines}
	if l.has(rule.Name, Pending) { // else nothing can end
		o.doubt = e.sight.ofWindows(rule.Parsed, step)
	}
	if o.doubt == nil {
		o.without = l.withoutData(rule, lines, func(data expr.Expr) ([]query.StepLine, error) {
			return e.ask(bounded, data, step)
		})
	}
	return o
}
