package pattern

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// A Budget is the steps that the patterns of one query may take together, over all values that they are held against. It
// travels in the context of the query, since an index and each block file look at values of their own.
type Budget struct {
	steps int64
	left  atomic.Int64
}

// QuerySteps is the budget of a query: about a second of a processor. A plain ".*text.*" takes less than ten steps a value, so
// that it may be held against ten million.
const QuerySteps = 1 << 27

// NewBudget returns a budget of some steps.
func NewBudget(steps int64) *Budget {
	b := &Budget{steps: steps}
	b.left.Store(steps)
	return b
}

type budgetKey struct{}

// WithBudget returns a context of a query with that budget.
func WithBudget(ctx context.Context, b *Budget) context.Context {
	return context.WithValue(ctx, budgetKey{}, b)
}

// HasBudget reports whether a context is of a query with a budget.
func HasBudget(ctx context.Context) bool {
	_, has := ctx.Value(budgetKey{}).(*Budget)
	return has
}

// exceeded is the error of the pattern that took the last step.
func (b *Budget) exceeded(p *Pattern) error {
	return fmt.Errorf("%w: %.200q and the other patterns of the query took more than %d over all values;"+
		" narrow the query, begin the pattern with a literal text, or use fewer \".*\" and alternatives", ErrBudget, p.source, b.steps)
}

// A Matcher matches many values for one query: within its budget, and with an eye on its context. It is for one goroutine.
type Matcher struct {
	ctx    context.Context
	turn   *turn.Turn
	budget *Budget
	steps  int64 // since the last look at the context
}

// NewMatcher returns a matcher for a query. Without a budget in the context it has one of its own, of QuerySteps.
func NewMatcher(ctx context.Context) *Matcher {
	b, _ := ctx.Value(budgetKey{}).(*Budget)
	if b == nil {
		b = NewBudget(QuerySteps)
	}
	return &Matcher{ctx: ctx, turn: turn.FromContext(ctx), budget: b}
}

// stepsPerLook is how many steps are taken between two looks at the context, and offers of the turn: some 10 µs.
const stepsPerLook = 1 << 10

// Match is Pattern.Match. Its error wraps ErrBudget, also when the query has used up its steps, or is the cause for which the
// context ended.
func (m *Matcher) Match(p *Pattern, value string) (bool, error) {
	matched, steps, err := p.match(value)
	if err != nil {
		return false, err
	}
	if m.budget.left.Add(-steps) < 0 {
		return false, m.budget.exceeded(p)
	}
	if m.steps += steps; m.steps >= stepsPerLook {
		m.steps = 0
		if err := m.turn.Yield(m.ctx); err != nil {
			return false, err
		}
	}
	return matched, nil
}
