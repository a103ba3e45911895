package query

import (
	"cmp"
	"context"
	"slices"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
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
	// MaxBytes bounds the memory that the columns of one evaluation take; the default is 512 MB.
	MaxBytes int64
}

const (
	defaultMaxLines      = 1024
	defaultMaxDatapoints = 500_000
	defaultMaxSeries     = 4_000_000
	defaultMaxBytes      = 512 << 20
)

// An Engine evaluates expressions against a store. It is safe for concurrent use.
type Engine struct {
	store  tsdb.Selector
	limits eval.Limits
	drawn  drawnLimits
	gate   gate
}

// NewEngine returns an engine that reads from cfg.Store.
func NewEngine(cfg Config) *Engine {
	return &Engine{
		store: cfg.Store,
		limits: eval.Limits{
			Series: cmp.Or(cfg.MaxSeries, defaultMaxSeries),
			Bytes:  cmp.Or(cfg.MaxBytes, defaultMaxBytes),
		},
		drawn: drawnLimits{
			lines:      cmp.Or(cfg.MaxLines, defaultMaxLines),
			datapoints: cmp.Or(cfg.MaxDatapoints, defaultMaxDatapoints),
		},
		gate: newGate(runningEvaluations, waitingEvaluations),
	}
}

// A Request asks for the lines of some expressions over one range.
type Request struct {
	Exprs []*expr.Styled
	// Range is what is evaluated; the first of its times is not shown. eval.Steps makes one.
	Range eval.Range
	// Binary tells by axis, up to 4, whether statistics in legends are counted in powers of 1024.
	Binary [5]bool
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
	// Notices are remarks of words, as "3 of 5 lines matched filter", in the order of the expressions.
	Notices []string
	// NoticesOf are the same by the position of the expression.
	NoticesOf [][]string
	// Warnings name settings that were ignored, and what was left out or not taken as it was asked for; the latter
	// are among Notices, too.
	Warnings []string
	// Work tells what it took; Plan lists each step of it.
	Work eval.Work
	Plan []eval.NodeReport
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

// Eval answers r. Its error is a *stack.Error where the expressions are to blame, else that of the store
// or of ctx, which ends it within some milliseconds, or ErrBusy.
func (e *Engine) Eval(ctx context.Context, r Request) (*Result, error) {
	results, err := e.EvalTogether(ctx, []Request{r})
	if err != nil {
		return nil, err
	}
	return results[0], nil
}

// EvalTogether answers requests that have one range: with one plan, so that what several of them need is
// read and computed once, and within the limits of one. Results are in the order of the requests; the Work
// and Plan of each are those of all. An error is that of Eval and may be due to any of the requests.
func (e *Engine) EvalTogether(ctx context.Context, requests []Request) ([]*Result, error) {
	var all []*expr.Styled
	for _, r := range requests {
		all = append(all, r.Exprs...)
	}
	if err := e.gate.enter(ctx); err != nil {
		return nil, err
	}
	defer e.gate.leave()
	outcome, err := e.drawn.plan(all, true).Run(ctx, e.store, requests[0].Range, e.limits)
	if err != nil {
		return nil, err
	}
	results := make([]*Result, len(requests))
	first := 0
	for i, r := range requests {
		own := *outcome
		own.Lines = outcome.Lines[first : first+len(r.Exprs)]
		own.Notices = outcome.Notices[first : first+len(r.Exprs)]
		own.Warnings = outcome.Warnings[first : first+len(r.Exprs)]
		first += len(r.Exprs)
		if results[i], err = r.result(&own, e.drawn); err != nil {
			return nil, err
		}
	}
	return results, nil
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
func (r *Request) result(outcome *eval.Outcome, limits drawnLimits) (*Result, error) {
	result := &Result{
		Exprs: withLegends(r.Exprs), Start: r.Range.Start + r.Range.Step, Step: r.Range.Step,
		Notices: slices.Concat(outcome.Notices...), NoticesOf: outcome.Notices, Work: outcome.Work, Plan: outcome.Nodes,
		Warnings: distinct(outcome.Warnings),
	}
	for i, s := range result.Exprs {
		before := len(result.Lines)
		if err := result.present(i, s, r.Binary[axisOf(s)], outcome.Lines[i]); err != nil {
			return nil, err
		}
		if err := limits.check(result.Lines[before:], outcome.Held); err != nil {
			return nil, err
		}
	}
	return result, nil
}
