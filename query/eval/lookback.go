package eval

import (
	"github.com/telamon-tsdb/telamon/query/expr"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// unboundedSteps is how far a word whose memory never ends looks back when a single step is asked for: a
// day of minutes. After that many steps a smoothing has forgotten what came before.
const unboundedSteps = 1440

// maxLookback is more than any budget allows, and little enough for the arithmetic of times.
const maxLookback = 1 << 32

// A Lookback says from where on e has to be evaluated so that its value at one step is right.
type Lookback struct {
	// Steps is the number of steps before that one.
	Steps int64
	// PeriodMillis is what the start should be a multiple of: the training period of :sdes, whose
	// answers depend on it; 0 if it does not matter.
	PeriodMillis int64
}

// LookbackOf returns the history that e needs on the grid of stepMillis. Words that look at a line as a
// whole, as :stat and :topk do, have no history of their own: they see what the words below need.
func LookbackOf(e expr.Expr, stepMillis int64) Lookback {
	return (&lookbacks{stepMillis, map[expr.Expr]Lookback{}}).of(e)
}

// lookbacks remembers nodes, so that shared ones are visited once.
type lookbacks struct {
	stepMillis int64
	known      map[expr.Expr]Lookback
}

func (b *lookbacks) of(e expr.Expr) Lookback {
	if known, ok := b.known[e]; ok {
		return known
	}
	own := b.own(e)
	var below Lookback
	for _, input := range e.Inputs() {
		one := b.of(input)
		below.Steps = max(below.Steps, one.Steps)
		below.PeriodMillis = max(below.PeriodMillis, one.PeriodMillis)
	}
	all := Lookback{min(own.Steps+below.Steps, maxLookback), max(own.PeriodMillis, below.PeriodMillis)}
	b.known[e] = all
	return all
}

// own returns what the word itself adds to the history of its inputs.
func (b *lookbacks) own(e expr.Expr) Lookback {
	switch e := e.(type) {
	case *expr.Data:
		if e.Offset.Milliseconds()%b.stepMillis != 0 {
			return Lookback{Steps: 1}
		}
	case *expr.Consolidate:
		return Lookback{Steps: grid.CeilDiv(e.Step.Milliseconds(), b.stepMillis)}
	case *expr.Stateful:
		return b.stateful(e)
	}
	return Lookback{}
}

func (b *lookbacks) stateful(e *expr.Stateful) Lookback {
	window := min(max(int64(e.Window), 0), maxWindow)
	switch e.Op {
	case expr.Delay:
		return Lookback{Steps: window}
	case expr.RollingCount, expr.RollingMin, expr.RollingMax, expr.RollingMean, expr.RollingSum:
		return Lookback{Steps: max(window-1, 0)}
	case expr.Trend:
		return Lookback{Steps: min(max(e.Span.Milliseconds()/b.stepMillis-1, 0), maxWindow)}
	case expr.Derivative:
		return Lookback{Steps: 1}
	case expr.SlidingDes:
		return Lookback{Steps: 2 * window, PeriodMillis: window * b.stepMillis}
	}
	return Lookback{Steps: unboundedSteps} // :des, :integral, :cumulative-max
}

// SingleStep returns the range that ends with the step at time at and has the history that exprs need.
func SingleStep(exprs []expr.Expr, at, stepMillis int64) Range {
	var need Lookback
	for _, e := range exprs {
		one := LookbackOf(e, stepMillis)
		need.Steps = max(need.Steps, one.Steps)
		need.PeriodMillis = max(need.PeriodMillis, one.PeriodMillis)
	}
	start := at - need.Steps*stepMillis
	if need.PeriodMillis > 0 {
		start = grid.FloorDiv(start, need.PeriodMillis) * need.PeriodMillis
	}
	return Range{Start: start, End: at + stepMillis, Step: stepMillis, Primary: stepMillis}
}
