package turn

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestOrder lets a short task pass two long ones, and of these the older one the younger.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		q := NewQueue(1)
		holder := q.Turn()
		if err := holder.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		older, younger, short := q.Turn(), q.Turn(), q.Turn()
		older.task.used.Store(int64(time.Minute))
		younger.task.used.Store(int64(time.Second))
		var order []string
		begin := func(name string, turn *Turn) {
			go func() {
				if err := turn.Begin(ctx); err != nil {
					t.Error(err)
				}
				order = append(order, name)
				turn.End()
			}()
			synctest.Wait()
		}
		begin("younger", younger)
		begin("older", older)
		begin("short", short)
		holder.End()
		synctest.Wait()
		if want := []string{"short", "older", "younger"}; !slices.Equal(order, want) {
			t.Errorf("turns came in the order %v, want %v", order, want)
		}
	})
}

// TestLongOnesComeToo has short tasks that never end.
func TestLongOnesComeToo(t *testing.T) {
	q := NewQueue(1)
	q.free = 0
	long := &task{number: 1}
	long.used.Store(int64(time.Hour))
	q.waiting = append(q.waiting, &waiter{long, make(chan struct{})})
	for turns := 0; ; turns++ {
		q.waiting = append(q.waiting, &waiter{&task{number: 2}, make(chan struct{})})
		if i := q.next(); q.waiting[i].task == long {
			return
		}
		q.pass()
		if turns > shortInRow {
			t.Fatalf("a long task has had no turn in %d", turns)
		}
	}
}

// TestYield passes a turn on only when it has lasted, and comes back to it.
func TestYield(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		q := NewQueue(1)
		first, second := q.Turn(), q.Turn()
		if err := first.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		begun := make(chan error, 1)
		go func() { begun <- second.Begin(ctx) }()
		synctest.Wait()
		if err := first.Yield(ctx); err != nil || len(begun) > 0 {
			t.Errorf("a fresh turn was passed on (%v)", err)
		}
		time.Sleep(2 * slice)
		yielded := make(chan error, 1)
		go func() { yielded <- first.Yield(ctx) }()
		if err := <-begun; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(yielded) > 0 {
			t.Error("two hold the turn")
		}
		second.End()
		if err := <-yielded; err != nil {
			t.Error(err)
		}
	})
}

// TestGone ends the context of one that waits, also at the moment when its turn comes.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("the client has gone")
		q := NewQueue(1)
		holder, waiting := q.Turn(), q.Turn()
		if err := holder.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		begun := make(chan error, 1)
		go func() { begun <- waiting.Begin(ctx) }()
		synctest.Wait()
		cancel(gone)
		if err := <-begun; !errors.Is(err, gone) {
			t.Errorf("got %v, want the cause", err)
		}
		w := q.enter(waiting.task)
		holder.End() // its turn comes
		q.abandon(w)
		if err := holder.Begin(t.Context()); err != nil {
			t.Errorf("the processor is lost: %v", err)
		}
	})
}

// TestNil checks that nobody needs a turn.
func TestNil(t *testing.T) {
	var none *Turn
	if err := errors.Join(none.Begin(t.Context()), none.Yield(t.Context()), none.Fork().Begin(t.Context())); err != nil {
		t.Error(err)
	}
	none.End()
}
