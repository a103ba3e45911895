package query

import (
	"context"
	"errors"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

const (
	// evaluationPatience is how long an evaluation may take, the wait for its turns and for memory included.
	evaluationPatience = time.Minute
	// answerBytes is what writing an answer takes besides its lines: buffers and the tables of a compressor.
	answerBytes = 512 << 10
	// pictureBytes is what a picture takes: two million pixels are drawn at a time, and encoded. As text, or as a list of what is
	// to be drawn, it takes pictureFactor times what the values take.
	pictureBytes  = 16 << 20
	pictureFactor = 4
	// bytesPerShownLine is what a line takes besides values and texts: as a line of a Result, of a graph, and in lists of both.
	bytesPerShownLine = 1000
)

// ErrSlow reports an evaluation that was ended because it took longer than a minute.
var ErrSlow = errors.New("the evaluation took longer than a minute and was ended: narrow the query, or try again when less is asked")

// begin makes ctx one in which a query is evaluated: with a turn, which is held, a budget of steps for patterns unless it has one,
// and an end. The function that is returned must be called.
func (e *Engine) begin(ctx context.Context) (_ context.Context, end func(), err error) {
	own := (*turn.Turn)(nil)
	if turn.FromContext(ctx) == nil {
		own = e.turns.Turn()
		ctx = turn.NewContext(ctx, own)
	}
	if !pattern.HasBudget(ctx) {
		ctx = pattern.WithBudget(ctx, pattern.NewBudget(pattern.QuerySteps))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, evaluationPatience, ErrSlow)
	end = func() {
		own.End()
		cancel()
	}
	if err := turn.FromContext(ctx).Begin(ctx); err != nil {
		end()
		return nil, nil, err
	}
	return ctx, end, nil
}

// borrowing is Memory.Borrow or Memory.await.
type borrowing func(ctx context.Context, bytes int64) (*Loan, error)

// evaluate runs an evaluation with little memory at first, and again with more where that was not enough: nobody knows before
// what it takes, and to reserve for each what the greatest may take would let two or three in. Before each new try the memory
// of the last one is given back, so that those who wait hold none. The loan covers the answer, too.
func (e *Engine) evaluate(ctx context.Context, borrow borrowing, requests []Request, run func(eval.Limits) (*eval.Outcome, error)) (*eval.Outcome, *Loan, error) {
	limits := e.limits
	limits.Bytes = min(e.limits.Bytes, e.memory.small())
	for room := limits.Bytes; ; {
		loan, err := borrow(ctx, room)
		if err != nil {
			return nil, nil, err
		}
		outcome, err := run(limits)
		var over *eval.RoomError
		switch {
		case errors.As(err, &over) && limits.Bytes < e.limits.Bytes:
			limits.Bytes = min(max(4*limits.Bytes, over.Need), e.limits.Bytes)
			room = max(room, limits.Bytes)
		case over != nil:
			err = over.Unwrap()
			fallthrough
		case err != nil:
			loan.Return()
			return nil, nil, err
		default:
			if room = max(room, answersBytes(requests, outcome)); loan.grow(room) {
				return outcome, loan, nil
			}
		}
		loan.Return()
	}
}

// answersBytes returns what the answers to requests will take, but for legends.
func answersBytes(requests []Request, outcome *eval.Outcome) int64 {
	total, first := int64(0), 0
	for _, r := range requests {
		shown, values := int64(0), int64(0)
		for _, lines := range outcome.Lines[first : first+len(r.Exprs)] {
			for i := range lines {
				shown += bytesPerShownLine + int64(len(lines[i].Label))
				values += 8 * int64(len(lines[i].Values))
			}
		}
		first += len(r.Exprs)
		total += bytesOfAnswer(shown, values, r.Drawn)
	}
	return total
}

// bytes returns what a result takes until it is written.
func (r *Result) bytes(drawn bool) int64 {
	shown, values := int64(0), int64(0)
	for i := range r.Lines {
		l := &r.Lines[i]
		shown += bytesPerShownLine + int64(len(l.Label)+len(l.Legend))
		values += 8 * int64(len(l.Values))
	}
	return bytesOfAnswer(shown, values, drawn)
}

// bytesOfAnswer adds up what lines take without values, what their values take, and what writing or drawing both takes.
func bytesOfAnswer(shown, values int64, drawn bool) int64 {
	total := answerBytes + shown + values
	if drawn {
		total += pictureBytes + pictureFactor*values
	}
	return total
}

// Release gives the memory of r back to the other queries. Call it when the last byte of the answer is written, or nothing
// will be; r is not used any more.
func (r *Result) Release() {
	if r != nil {
		r.loan.Return()
		r.loan = nil
	}
}

// Memory returns what the queries of the engine share; answers that need no evaluation take of the same.
func (e *Engine) Memory() *Memory { return e.memory }

// Turns returns the queue in which queries work. Who has a turn of it in a context that it passes to the engine goes on in that.
func (e *Engine) Turns() *turn.Queue { return e.turns }
