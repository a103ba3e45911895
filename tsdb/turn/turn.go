package turn

import (
	"context"
	"sync/atomic"
	"time"
)

const (
	// slice is how long a turn lasts before others have theirs: many times what it takes to pass it on.
	slice = 2 * time.Millisecond
	// shortTime is how much a task has had when it begins to count as long: a dashboard's graph takes less.
	shortTime = 30 * time.Millisecond
)

// A task is a question, or whatever else works in turns of one queue.
type task struct {
	number int64        // in the order of the queue
	used   atomic.Int64 // nanoseconds of turns
}

func (t *task) isShort() bool { return t.used.Load() < int64(shortTime) }

// A Turn is the right of one goroutine to compute. A nil Turn may always: its methods do nothing but look at the context.
type Turn struct {
	queue *Queue
	task  *task
	held  bool
	since time.Time // of the slice under way
}

type contextKey struct{}

// NewContext returns a context in which t is at hand.
func NewContext(ctx context.Context, t *Turn) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// FromContext returns the turn of a context, nil if it has none.
func FromContext(ctx context.Context) *Turn {
	t, _ := ctx.Value(contextKey{}).(*Turn)
	return t
}

// Fork returns a turn, not begun, for another goroutine of the same task.
func (t *Turn) Fork() *Turn {
	if t == nil {
		return nil
	}
	return &Turn{queue: t.queue, task: t.task}
}

// Begin waits for the turn; to begin one that is held does nothing. An error is the cause for which ctx ended, and the turn is
// not held then.
func (t *Turn) Begin(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if t == nil || t.held {
		return nil
	}
	return t.wait(ctx, t.queue.enter(t.task))
}

// wait waits for w, which is nil where there is nothing to wait for.
func (t *Turn) wait(ctx context.Context, w *waiter) error {
	if w != nil {
		select {
		case <-w.granted:
		case <-ctx.Done():
			t.queue.abandon(w)
			return context.Cause(ctx)
		}
	}
	t.held, t.since = true, time.Now()
	return nil
}

// End gives the turn back; one that is not held stays so.
func (t *Turn) End() {
	if t == nil || !t.held {
		return
	}
	t.held = false
	t.task.used.Add(int64(time.Since(t.since)))
	t.queue.leave()
}

// Yield lets others have their turn if this one has lasted for long, and waits for the next. It is cheap: what computes calls
// it every few microseconds. Its error is that of Begin.
func (t *Turn) Yield(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if t == nil || !t.held {
		return nil
	}
	now := time.Now()
	lasted := now.Sub(t.since)
	if lasted < slice {
		return nil
	}
	t.task.used.Add(int64(lasted))
	t.since = now
	w := t.queue.exchange(t.task)
	if w == nil {
		return nil
	}
	t.held = false
	return t.wait(ctx, w)
}

// Outside calls f without the turn: while a goroutine waits, others compute. The error is that of f, or that of Begin.
func (t *Turn) Outside(ctx context.Context, f func() error) error {
	if t == nil || !t.held {
		return f()
	}
	t.End()
	if err := f(); err != nil {
		return err
	}
	return t.Begin(ctx)
}
