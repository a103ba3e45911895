package eval

import (
	"context"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// Limits bound what a run may read and hold. Zero means no limit.
type Limits struct {
	Series int   // that one data expression reads
	Bytes  int64 // memory for columns, of the whole run, that of steps without a value included
}

// Work tells what a run did.
type Work struct {
	Nodes   int // distinct computations, reads included
	Reads   int // Selects
	Series  int // that went into the columns read; one that was read twice counts twice
	Samples int // that went into them
	Columns int // that the store sent
	// Bytes bounds from above the memory that columns took at one time.
	Bytes int64
}

// An Outcome is the result of a run: the lines of each expression of the plan, in Atlas's order.
type Outcome struct {
	Lines   [][]Line
	Notices [][]string // by expression, remarks for people, as "3 of 5 lines matched filter"
	// Warnings are those of Notices that say that something was left out, or not taken as it was asked for.
	Warnings [][]string
	// Held is the number of steps between the first and the last for which the store had any value, both included.
	Held  int
	Work  Work
	Nodes []NodeReport // what was computed, operands before their users
}

// Run evaluates p over a range, reading from store. Its error is a *stack.Error where the expression is to
// blame: a mistake that shows only when it is evaluated, or a limit exceeded. Else it is that of the
// store, or the cause for which ctx was cancelled, which it notices between a few lines. So does it pass on the turn of ctx.
// A *RoomError, which wraps the first kind, says that with more of Limits.Bytes the run may succeed.
func (p *Plan) Run(ctx context.Context, store tsdb.Selector, rng Range, limits Limits) (*Outcome, error) {
	at := pace{ctx, turn.FromContext(ctx)}
	r := &run{
		plan: p, pace: at, rng: rng,
		source: source{pace: at, store: store, rng: rng, maxSeries: limits.Series, budget: budget{limit: limits.Bytes}},
		sets:   make([]lineSet, len(p.nodes)), reports: make([]NodeReport, len(p.nodes)),
	}
	if err := r.prepare(); err != nil {
		return nil, r.source.budget.explain(err)
	}
	if err := r.computeAll(); err != nil {
		return nil, err
	}
	work := r.source.work
	work.Nodes, work.Bytes = len(p.nodes), r.source.budget.used
	outcome := &Outcome{Held: r.source.held.steps(), Work: work, Nodes: r.reports}
	for _, root := range p.roots {
		outcome.Lines = append(outcome.Lines, finish(r.sets[root].lines))
		notices, warnings := p.noticesBelow(root, r.reports)
		outcome.Notices, outcome.Warnings = append(outcome.Notices, notices), append(outcome.Warnings, warnings)
	}
	return outcome, nil
}

// prepare reads what the plan needs and sees to it that there is room for the rest.
func (r *run) prepare() error {
	if err := r.source.checkRange(); err != nil {
		return err
	}
	if err := r.readAll(); err != nil {
		return err
	}
	return r.source.budget.take((&sizes{r.plan.nodes, r.sets, r.rng.Len()}).peak())
}

// noticesBelow returns the remarks of the nodes that root is computed from, in their order, and the warnings among them.
func (p *Plan) noticesBelow(root int, reports []NodeReport) (notices, warnings []string) {
	reached := make([]bool, root+1)
	reached[root] = true
	for id := root; id >= 0; id-- {
		for _, input := range p.nodes[id].inputs {
			reached[input] = reached[input] || reached[id]
		}
	}
	for id, report := range reports[:root+1] {
		if !reached[id] || report.Notice == "" {
			continue
		}
		notices = append(notices, report.Notice)
		if report.Warns {
			warnings = append(warnings, report.Notice)
		}
	}
	return notices, warnings
}

func finish(lines []line) []Line {
	finished := make([]Line, len(lines))
	for i, l := range lines {
		finished[i] = Line{Tags: l.tags, Label: l.label.resolve(l.tags), Values: l.values, Gauge: l.gauge}
	}
	return finished
}

// computeAll computes the nodes that are no reads, operands first.
func (r *run) computeAll() error {
	left := make([]int, len(r.plan.nodes))
	for id := range r.plan.nodes {
		n := &r.plan.nodes[id]
		left[id] = n.users
		if _, isRead := n.expr.(*expr.Data); !isRead {
			if err := r.turn.Yield(r.ctx); err != nil {
				return err
			}
			begin := time.Now()
			set, err := r.compute(n)
			if err != nil {
				return err
			}
			if err := n.checkLines(len(set.lines)); err != nil {
				return err
			}
			r.sets[id] = set
			r.report(id, time.Since(begin))
			r.reports[id].Notice, r.reports[id].Warns = set.notice, set.warns && set.notice != ""
		}
		for _, input := range n.inputs {
			if left[input]--; left[input] == 0 {
				r.sets[input] = lineSet{} // free what nobody reads any more
			}
		}
	}
	return nil
}

// A run is one evaluation of a plan.
type run struct {
	pace
	plan    *Plan
	rng     Range
	source  source
	sets    []lineSet    // by node
	reports []NodeReport // by node
}

// compute is one case per kind of node that is no read.
func (r *run) compute(n *node) (lineSet, error) {
	switch e := n.expr.(type) {
	case *expr.Constant:
		return constant(e, r.rng), nil
	case *expr.Generated:
		return generate(e, r.rng)
	case *expr.StatOf: // means something only inside a filter, which replaces it
		return lineSet{}, nil
	case *expr.Unary:
		return r.unary(e, n)
	case *expr.Binary:
		return r.binary(e, n)
	case *expr.Collapse:
		return r.collapse(e, n)
	case *expr.Regroup:
		return r.regroup(e, n)
	case *expr.Rename:
		return r.rename(e, n)
	case *expr.Stateful:
		return r.stateful(e, n)
	}
	return r.computeMore(n)
}

// computeMore is compute for the words that look at lines as wholes.
func (r *run) computeMore(n *node) (lineSet, error) {
	switch e := n.expr.(type) {
	case *expr.Consolidate:
		return r.consolidate(e, n)
	case *expr.Stat:
		return r.stat(e, n)
	case *expr.Filter:
		return r.filter(e, n)
	case *expr.Rank:
		return r.rank(e, n)
	case *expr.Percentiles:
		return r.percentiles(e, n)
	case *expr.ApproxDistinct:
		return r.approxDistinct(e, n)
	}
	panic("eval: a node of unknown type")
}

// input returns the lines of an operand of n, to read.
func (r *run) input(n *node, i int) []line { return r.sets[n.inputs[i]].lines }

// own returns the first operand of n with values that may be overwritten: its own where nobody else
// reads them, else room for as many, to be filled from the second result.
func (r *run) own(n *node) (out lineSet, in []line) {
	id := n.inputs[0]
	in = r.sets[id].lines
	out.lines = make([]line, len(in))
	copy(out.lines, in)
	if r.plan.nodes[id].users == 1 && !r.sets[id].shared {
		return out, in
	}
	room := make([]float64, len(in)*r.rng.Len())
	for i := range out.lines {
		out.lines[i].values, room = room[:r.rng.Len():r.rng.Len()], room[r.rng.Len():]
	}
	return out, in
}

// pass returns the first operand of n for a node that hands on the values of lines as they are.
func (r *run) pass(n *node) lineSet {
	id := n.inputs[0]
	set := r.sets[id]
	set.shared = set.shared || r.plan.nodes[id].users > 1
	set.notice, set.warns = "", false // it is the operand's own
	return set
}

func (r *run) stateful(e *expr.Stateful, n *node) (lineSet, error) {
	if r.plan.memory != nil {
		return r.resume(e, n)
	}
	word, err := NewOnline(e, r.rng.Start, r.rng.Step)
	if err != nil {
		return lineSet{}, err
	}
	out, in := r.own(n)
	name := statefulNames[e.Op]
	err = r.eachLine(len(in), func(i int) {
		word.Reset()
		runOnline(word, out.lines[i].values, in[i].values)
		out.lines[i].label = in[i].label.within(name)
	})
	return out, err
}

// statefulNames are what labels call the words.
var statefulNames = [...]string{
	expr.Delay: "delay", expr.RollingCount: "rolling-count", expr.RollingMin: "rolling-min",
	expr.RollingMax: "rolling-max", expr.RollingMean: "rolling-mean", expr.RollingSum: "rolling-sum",
	expr.Des: "des", expr.SlidingDes: "sdes", expr.Trend: "trend", expr.Integral: "integral",
	expr.CumulativeMax: "cumulative-max", expr.Derivative: "derivative",
}
