package query

import (
	"context"
	"iter"
	"slices"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// EvalChunks answers r piece by piece, so that an answer of any length takes the memory of one chunk: each
// Result covers the next chunkSteps steps of the range, the last one what is left. All of r.Range is
// shown, its first time too. Words with a memory go on from chunk to chunk; words that look at whole
// lines (:stat, :topk) see one chunk. A line without any input in a chunk is not in it, as Atlas has it: an
// :integral stops with its line, and begins again where it was. The settings :sort and :limit do not count, since they would choose
// other lines in each chunk. After an error, of which Eval tells the kinds, nothing more is yielded. Whoever gets
// a Result releases it.
func (e *Engine) EvalChunks(ctx context.Context, r Request, chunkSteps int) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		session := e.drawn.plan(r.Exprs, false).Session()
		shown := withLegends(r.Exprs)
		for rng := range chunksOf(r.Range, chunkSteps) {
			result, err := e.evalChunk(ctx, session, Request{Exprs: shown, Range: rng, Binary: r.Binary}, rng.Start == r.Range.Start)
			if !yield(result, err) || err != nil {
				return
			}
		}
	}
}

// chunksOf yields the pieces of a range.
func chunksOf(rng eval.Range, steps int) iter.Seq[eval.Range] {
	return func(yield func(eval.Range) bool) {
		for start := rng.Start; start < rng.End; {
			chunk := rng
			chunk.Start, chunk.End = start, min(start+int64(steps)*rng.Step, rng.End)
			if !yield(chunk) {
				return
			}
			start = chunk.End
		}
	}
}

// evalChunk answers r, whose expressions have their legends, in the session. Only the first chunk of an answer is refused for want
// of memory: the others wait for it as long as an evaluation may take, while earlier ones are on their way.
func (e *Engine) evalChunk(ctx context.Context, session *eval.Session, r Request, first bool) (*Result, error) {
	ctx, end, err := e.begin(pattern.WithBudget(ctx, pattern.NewBudget(pattern.QuerySteps)))
	if err != nil {
		return nil, err
	}
	defer end()
	borrow := e.memory.await
	if first {
		borrow = e.memory.Borrow
	}
	outcome, loan, err := e.evaluate(ctx, borrow, []Request{r}, func(limits eval.Limits) (*eval.Outcome, error) {
		return session.Run(ctx, e.store, r.Range, limits)
	})
	if err != nil {
		return nil, err
	}
	result := &Result{
		Exprs: r.Exprs, Start: r.Range.Start, Step: r.Range.Step,
		Notices: slices.Concat(outcome.Notices...), Warnings: distinct(outcome.Warnings), Work: outcome.Work, loan: loan,
	}
	for i, s := range r.Exprs {
		lines, err := named(ctx, i, s, r.Binary[axisOf(s)], outcome.Lines[i], 0)
		if err != nil {
			loan.Return()
			return nil, err
		}
		if err := e.drawn.check(lines, outcome.Held); err != nil {
			loan.Return()
			return nil, err
		}
		result.Lines = append(result.Lines, lines...)
	}
	loan.keep(result.bytes(false))
	e.noticeLost(result, r.Range)
	return result, nil
}
