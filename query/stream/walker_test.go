package stream

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A trace notes the steps it is called with.
type trace struct {
	mu    sync.Mutex
	ticks []Tick
}

func (tr *trace) onStep(_ context.Context, tick Tick) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.ticks = append(tr.ticks, tick)
}

// take returns the steps noted since the last take, as whole seconds.
func (tr *trace) take() []int64 {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var steps []int64
	for _, tick := range tr.ticks {
		steps = append(steps, tick.Step/1000)
	}
	tr.ticks = nil
	return steps
}

// A walk runs a walker inside a synctest bubble, with a wall clock that tests can set.
type walk struct {
	trace
	log    bytes.Buffer
	offset atomic.Int64 // wall time ahead of time.Now, in nanoseconds
	walker *Walker
}

// startWalk starts at second 0 of the wall clock that the test sees, which is base.
func startWalk(t *testing.T, clock Clock, last int64, base time.Time) *walk {
	t.Helper()
	w := &walk{}
	w.set(time.Until(base))
	w.walker = Walk(Config{
		Clock: clock, Last: last, OnStep: w.onStep, Now: w.now,
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	})
	t.Cleanup(w.walker.Close)
	return w
}

func (w *walk) now() time.Time { return time.Now().Add(time.Duration(w.offset.Load())) }

// set moves the wall clock by d.
func (w *walk) set(d time.Duration) { w.offset.Add(int64(d)) }

// pass lets d of running time pass and the walker come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func wantSteps(t *testing.T, what string, got []int64, want ...int64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got steps %v, want %v", what, got, want)
	}
}

func TestWalkerFollowsTheGrid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWalk(t, Clock{Step: 5 * time.Second, Delay: 5 * time.Second}, 0, time.Unix(1000, 0))
		pass(0)
		wantSteps(t, "at once the newest closed", w.take(), 995)
		pass(4999 * time.Millisecond)
		wantSteps(t, "a moment before the next closes", w.take())
		pass(time.Millisecond)
		wantSteps(t, "when it closes", w.take(), 1000)
		pass(15 * time.Second)
		wantSteps(t, "then", w.take(), 1005, 1010, 1015)
	})
}

func TestWalkerCatchesUpAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWalk(t, Clock{Step: 5 * time.Second}, 980_000, time.Unix(1000, 0))
		pass(0)
		wantSteps(t, "missed steps in order", w.take(), 985, 990, 995, 1000)
	})
}

func TestWalkerSaysWhatItSkips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWalk(t, Clock{Step: 20 * time.Minute}, 1_200_000, time.Unix(12_000, 0))
		pass(0)
		wantSteps(t, "the last hour only", w.take(), 9_600, 10_800, 12_000)
		if log := w.log.String(); !strings.Contains(log, "steps=6") {
			t.Errorf("the log does not tell the 6 skipped steps: %q", log)
		}
	})
}

func TestWalkerNoticesASetClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := startWalk(t, Clock{Step: 5 * time.Second}, 0, time.Unix(1000, 0))
		pass(0)
		w.take()

		w.set(-12 * time.Second) // 988: the clock goes back
		pass(16 * time.Second)
		wantSteps(t, "nothing is evaluated twice", w.take())
		pass(time.Second) // 1005
		wantSteps(t, "and then goes on", w.take(), 1005)
		for _, want := range []string{"the clock went back", "the clock has caught up"} {
			if log := w.log.String(); strings.Count(log, want) != 1 {
				t.Errorf("want %q once in the log: %q", want, log)
			}
		}

		w.set(20 * time.Second) // 1025: the machine slept
		pass(time.Second)
		wantSteps(t, "a pause is caught up", w.take(), 1010, 1015, 1020, 1025)
	})
}

func TestCloseCancelsTheStepUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got error
		w := Walk(Config{Clock: Clock{Step: time.Second}, OnStep: func(ctx context.Context, _ Tick) {
			<-ctx.Done()
			got = ctx.Err()
		}})
		synctest.Wait()
		w.Close()
		if got != context.Canceled {
			t.Errorf("Close returned before the step under way had: its context ended with %v", got)
		}
	})
}
