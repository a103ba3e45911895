package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// A pacedWriter is the lowest writer of an answer. While its handler works in a turn it gathers what is written, encoded and
// compressed, and sends it without the turn: a client that reads slowly keeps nobody waiting.
type pacedWriter struct {
	http.ResponseWriter
	ctx  context.Context
	turn *turn.Turn // nil: the handler works without
	buf  []byte
	err  error
}

// pacedBytes is how much is gathered: a millisecond of encoding.
const pacedBytes = 128 << 10

// pace puts a pacedWriter below all others.
func pace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paced := &pacedWriter{ResponseWriter: w}
		next.ServeHTTP(paced, r)
		paced.send()
	})
}

// pacedOf returns the pacedWriter below w, nil if there is none, as in a test.
func pacedOf(w http.ResponseWriter) *pacedWriter {
	for {
		if paced, ok := w.(*pacedWriter); ok {
			return paced
		}
		above, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = above.Unwrap()
	}
}

// Write implements io.Writer.
func (w *pacedWriter) Write(b []byte) (int, error) {
	if w.turn == nil {
		w.send()
		if w.err == nil {
			_, w.err = w.ResponseWriter.Write(b)
		}
		return len(b), w.err
	}
	if len(w.buf)+len(b) > pacedBytes {
		w.send()
	}
	if len(b) < pacedBytes && w.err == nil {
		w.buf = append(w.buf, b...)
		return len(b), nil
	}
	w.outside(func() error {
		_, err := w.ResponseWriter.Write(b)
		return err
	})
	return len(b), w.err
}

// send sends what is gathered.
func (w *pacedWriter) send() {
	if len(w.buf) == 0 {
		return
	}
	w.outside(func() error {
		_, err := w.ResponseWriter.Write(w.buf)
		return err
	})
	w.buf = w.buf[:0]
}

// outside calls f without the turn, unless the client has gone.
func (w *pacedWriter) outside(f func() error) {
	if w.err != nil {
		return
	}
	if w.turn == nil {
		w.err = f()
		return
	}
	w.err = w.turn.Outside(w.ctx, f)
}

// Flush implements http.Flusher.
func (w *pacedWriter) Flush() { _ = w.FlushError() }

// FlushError sends everything to the client.
func (w *pacedWriter) FlushError() error {
	w.send()
	w.outside(http.NewResponseController(w.ResponseWriter).Flush)
	return w.err
}

// Unwrap lets http.ResponseController reach what is below.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wait calls f, which waits for something other than the client, without the turn. A nil pacedWriter has none.
func (w *pacedWriter) wait(f func()) error {
	if w == nil || w.turn == nil {
		f()
		return nil
	}
	return w.turn.Outside(w.ctx, func() error { f(); return nil })
}

// inTurn makes the handlers behind it work in a turn of the queries, from the parameters to the last byte, with one budget of
// steps for their patterns.
func (a *API) inTurn(c *gin.Context) {
	t := a.Engine.Turns().Turn()
	ctx := turn.NewContext(c.Request.Context(), t)
	ctx = pattern.WithBudget(ctx, pattern.NewBudget(pattern.QuerySteps))
	if err := t.Begin(ctx); err != nil {
		fail(c.Writer, err)
		c.Abort()
		return
	}
	defer t.End()
	if paced := pacedOf(c.Writer); paced != nil {
		paced.ctx, paced.turn = ctx, t
		defer func() { paced.turn = nil }()
	}
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// borrowing returns a handler that lets those behind it hold some memory of the queries until they have answered: for routes
// that know what they take at most.
func (a *API) borrowing(bytes int64) gin.HandlerFunc {
	return func(c *gin.Context) {
		loan, err := a.borrow(c.Request.Context(), bytes)
		if err != nil {
			fail(c.Writer, err)
			c.Abort()
			return
		}
		defer loan.Return()
		c.Next()
	}
}

// borrow borrows so many bytes, or a quarter of all if that is less: where there is little memory, what fills it is refused by
// other limits.
func (a *API) borrow(ctx context.Context, bytes int64) (*query.Loan, error) {
	memory := a.Engine.Memory()
	return memory.Borrow(ctx, min(bytes, memory.Limit()/4))
}
