package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// Config says what an Engine asks and how much it takes. Every limit has a default.
type Config struct {
	Store tsdb.Selector
	// MaxLines and MaxDatapoints bound what one expression draws: lines, and the values in them at steps for which
	// the store had any. What lies between, as the groups of which :topk shows ten, is bounded by MaxSeries and
	// MaxBytes alone. The defaults, 1024 and 500,000, are Atlas's.
	MaxLines, MaxDatapoints int
	// MaxSeries bounds how many series one data expression reads, by default 4 million: over three hours of
	// minutes these are two or three seconds of one processor.
	MaxSeries int
	// MaxBytes bounds the memory that the columns of one evaluation take; the default is 512 MB, and never more than half of
	// MemoryBytes.
	MaxBytes int64
	// MemoryBytes bounds what all queries together hold, from evaluation until their answers are written. The default is 1 GiB.
	MemoryBytes int64
	// RuleBytes bounds what the evaluation of a rule takes, beside all queries. The default is that of MaxBytes.
	RuleBytes int64
	// Lost reports whether values are known to be lost that were at first ≤ t ≤ last, in milliseconds; nil: none are.
	Lost func(first, last int64) bool
}

const (
	defaultMaxLines      = 1024
	defaultMaxDatapoints = 500_000
	defaultMaxSeries     = 4_000_000
	defaultMaxBytes      = 512 << 20
	defaultMemoryBytes   = 1 << 30
)

// An Engine evaluates expressions against a store. It is safe for concurrent use.
//
// Queries share a Memory and a queue of turns on all processors but one. Rules have a limit and turns of their own, which no
// query can take: they never wait behind one.
type Engine struct {
	store      tsdb.Selector
	limits     eval.Limits // of a query
	drawn      drawnLimits
	ruleLimits eval.Limits
	memory     *Memory
	turns      *turn.Queue // of queries
	ruleTurns  *turn.Queue
	lost       func(first, last int64) bool // or nil
}

// NewEngine returns an engine that reads from cfg.Store.
func NewEngine(cfg Config) *Engine {
	limits := eval.Limits{
		Series: cmp.Or(cfg.MaxSeries, defaultMaxSeries),
		Bytes:  cmp.Or(cfg.MaxBytes, defaultMaxBytes),
	}
	rules := limits
	rules.Bytes = min(limits.Bytes, cmp.Or(cfg.RuleBytes, limits.Bytes))
	memory := NewMemory(cmp.Or(cfg.MemoryBytes, defaultMemoryBytes))
	limits.Bytes = min(limits.Bytes, memory.limit/2)
	return &Engine{
		store: cfg.Store, lost: cfg.Lost, limits: limits, ruleLimits: rules,
		drawn: drawnLimits{
			lines:      cmp.Or(cfg.MaxLines, defaultMaxLines),
			datapoints: cmp.Or(cfg.MaxDatapoints, defaultMaxDatapoints),
		},
		memory: memory, turns: turn.NewQueue(turn.AllButOne()), ruleTurns: turn.NewQueue(1),
	}
}

// A Request asks for the lines of some expressions over one range.
type Request struct {
	Exprs []*expr.Styled
	// Range is what is evaluated; the first of its times is not shown. eval.Steps makes one.
	Range eval.Range
	// Binary tells by axis, up to 4, whether statistics in legends are counted in powers of 1024.
	Binary [5]bool
	// Drawn tells that there is a picture in the answer, which takes memory besides the lines.
	Drawn bool
}

// A Result is the answer to a Request.
type Result struct {
	// Exprs are those of the request; one that sets no legend has got the automatic one.
	Exprs []*expr.Styled
	// Start is the time of the first value of every line, Step the distance of two; milliseconds.
	Start, Step int64
	// Lines are those of the first expression, then of the second, …; within an expression they are
	// ordered by legend, or as :sort says, and :limit has cut them.
	Lines []Line
	// Notices are remarks of words, as "3 of 5 lines matched filter", in the order of the expressions, and at last that values
	// are lost, if they are.
	Notices []string
	// NoticesOf are the same by the position of the expression.
	NoticesOf [][]string
	// Warnings name settings that were ignored, and what was left out or not taken as it was asked for; the latter
	// are among Notices, too.
	Warnings []string
	// Work tells what it took; Plan lists each step of it.
	Work eval.Work
	Plan []eval.NodeReport

	loan *Loan
}

// A Line is one line of a Result.
type Line struct {
	// Expr is the position in Request.Exprs of the expression the line belongs to.
	Expr int
	// Place is the position of the line among those of its expression by legend, before :sort and :limit.
	// It decides on the colour.
	Place int
	// Label names the line by itself, Legend as the expression asks for.
	Label, Legend string
	// Tags include atlas.offset: "0w" for none.
	Tags tag.Tags
	// Values has one value per step from Result.Start on. NaN is "no value".
	Values []float64
	Stats  eval.Stats // of Values
	Gauge  bool

	binary bool // statistics in the legend are counted in powers of 1024
}

// Eval answers r. Its error is a *stack.Error where the expressions are to blame, else that of the store or of ctx, which ends it
// within some milliseconds, ErrBusy or ErrSlow. It works in the turn of ctx, if that has one, and then returns with it. The memory
// of the result counts as given back; whoever sends it to a client, which may take long, calls EvalTogether.
func (e *Engine) Eval(ctx context.Context, r Request) (*Result, error) {
	results, err := e.EvalTogether(ctx, []Request{r})
	if err != nil {
		return nil, err
	}
	results[0].Release()
	return results[0], nil
}

// EvalTogether answers requests that have one range: with one plan, so that what several of them need is
// read and computed once, and within the limits of one. Results are in the order of the requests; the Work
// and Plan of each are those of all. An error is that of Eval and may be due to any of the requests. The caller releases each
// result when it has been sent.
func (e *Engine) EvalTogether(ctx context.Context, requests []Request) ([]*Result, error) {
	var all []*expr.Styled
	for _, r := range requests {
		all = append(all, r.Exprs...)
	}
	ctx, end, err := e.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	plan := e.drawn.plan(all, true)
	outcome, loan, err := e.evaluate(ctx, e.memory.Borrow, requests, func(limits eval.Limits) (*eval.Outcome, error) {
		return plan.Run(ctx, e.store, requests[0].Range, limits)
	})
	if err != nil {
		return nil, err
	}
	results, err := e.present(ctx, requests, outcome, loan)
	loan.Return() // what no result has
	return results, err
}

// present returns the answers to requests, each with its part of the loan.
func (e *Engine) present(ctx context.Context, requests []Request, outcome *eval.Outcome, loan *Loan) (_ []*Result, err error) {
	results := make([]*Result, len(requests))
	first, total := 0, int64(0)
	for i, r := range requests {
		own := *outcome
		own.Lines = outcome.Lines[first : first+len(r.Exprs)]
		own.Notices = outcome.Notices[first : first+len(r.Exprs)]
		own.Warnings = outcome.Warnings[first : first+len(r.Exprs)]
		first += len(r.Exprs)
		if results[i], err = r.result(ctx, &own, e.drawn); err != nil {
			return nil, err
		}
		if total += results[i].bytes(r.Drawn); !loan.grow(total) { // long legends
			return nil, ErrBusy
		}
		e.noticeLost(results[i], r.Range)
	}
	for i, r := range requests {
		results[i].loan = loan.split(results[i].bytes(r.Drawn))
	}
	return results, nil
}

// lostNotice tells that an answer may lack something that was stored.
const lostNotice = "values of this range are lost, since a block file is damaged; /api/v1/status says which"

// noticeLost says so of an answer over a range.
func (e *Engine) noticeLost(result *Result, r eval.Range) {
	if e.lost != nil && e.lost(r.Start, r.End) {
		result.Notices = append(result.Notices, lostNotice)
	}
}

// distinct returns each of the texts once.
func distinct(texts [][]string) (once []string) {
	for _, text := range slices.Concat(texts...) {
		if !slices.Contains(once, text) {
			once = append(once, text)
		}
	}
	return once
}

// result returns the answer to r, of which outcome has the lines.
func (r *Request) result(ctx context.Context, outcome *eval.Outcome, limits drawnLimits) (*Result, error) {
	result := &Result{
		Exprs: withLegends(r.Exprs), Start: r.Range.Start + r.Range.Step, Step: r.Range.Step,
		Notices: slices.Concat(outcome.Notices...), NoticesOf: outcome.Notices, Work: outcome.Work, Plan: outcome.Nodes,
		Warnings: distinct(outcome.Warnings),
	}
	for i, s := range result.Exprs {
		before := len(result.Lines)
		if err := result.present(ctx, i, s, r.Binary[axisOf(s)], outcome.Lines[i]); err != nil {
			return nil, err
		}
		if err := limits.check(result.Lines[before:], outcome.Held); err != nil {
			return nil, err
		}
	}
	return result, nil
}
