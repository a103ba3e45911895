package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert/notify"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Inside a synctest bubble time begins at midnight UTC of 2000-01-01; these tests count from there.
const bubbleEpoch = int64(946684800)

// live makes a bench whose schedule begins one second after the bubble does.
func live(t *testing.T, schedule string) *bench {
	b := newBench(t, "")
	lines := lineWhere(schedule)
	b.engine.lines = func(p expr.Expr, step int64) ([]query.StepLine, error) { return lines(p, step-bubbleEpoch*second) }
	return b
}

// pass lets d go by and everything come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// relative turns steps into seconds since the bubble began.
func relative(steps []int64) []int64 {
	list := make([]int64, 0, len(steps))
	for _, s := range steps {
		list = append(list, s/second-bubbleEpoch)
	}
	return list
}

func TestLiveFromStepToReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTT.")
		b.begin(oneRule).Start()
		defer b.manager.Close()
		pass(2 * time.Second)
		if got := relative(b.engine.evaluated()); !slices.Equal(got, []int64{0, 1, 2}) {
			t.Errorf("evaluated steps %v, want each one once", got)
		}
		pass(2 * time.Second)
		events := b.receiver.events()
		if len(events) != 2 || events[0].State != "firing" || events[1].State != "resolved" {
			t.Errorf("got %+v, want firing and resolved", events)
		}
	})
}

func TestLiveRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTTTTTTTT")
		b.begin(oneRule).Start()
		pass(2 * time.Second)
		b.manager.Close()
		b.engine.evaluated()
		pass(3 * time.Second)
		b.begin(oneRule).Start()
		defer b.manager.Close()
		pass(0)
		if got := relative(b.engine.evaluated()); !slices.Equal(got, []int64{3, 4, 5}) {
			t.Errorf("after a pause evaluated %v, want the missed steps in order", got)
		}
		if events := b.receiver.events(); len(events) != 1 || events[0].Step/second-bubbleEpoch != 3 {
			t.Errorf("got %+v, want the firing of step 3", events)
		}
	})
}

func TestLiveFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTT.")
		b.begin(oneRule).Start()
		defer b.manager.Close()
		pass(2 * time.Second)
		b.log.setFail(errors.New("disk full"))
		b.engine.evaluated()
		pass(5 * time.Second)
		if got := slices.Compact(relative(b.engine.evaluated())); !slices.Equal(got, []int64{3}) {
			t.Errorf("evaluated %v while nothing could be logged, want only the step that waits", got)
		}
		if events := b.receiver.events(); len(events) != 0 {
			t.Errorf("told of what is not in the log: %+v", events)
		}
		if s := b.manager.Status(); s.Error != "states are not in the log: disk full" || s.Step/second-bubbleEpoch != 2 || s.Closed/second-bubbleEpoch != 7 {
			t.Errorf("got status %+v", s)
		}
		b.log.setFail(nil)
		pass(time.Second)
		if got := relative(b.engine.evaluated()); !slices.Equal(got, []int64{3, 4, 5, 6, 7, 8}) {
			t.Errorf("then evaluated %v, want the one that waited and the missed ones", got)
		}
		if events := b.receiver.events(); len(events) != 2 {
			t.Errorf("got %+v, want firing and resolved", events)
		}
	})
}

func TestLiveCloseWithAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "T")
		b.begin(oneRule).Start()
		b.log.setFail(errors.New("disk full"))
		pass(2 * time.Second)
		b.manager.Close()
	})
}

func TestLiveRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTT.")
		b.receiver.setRefuse(errDown)
		b.begin(oneRule).Start()
		defer b.manager.Close()
		pass(4 * time.Second)
		if d := b.group().Delivery; d.State != "failing" || d.Error != errDown.Error() || d.Attempts < 2 {
			t.Errorf("got delivery %+v, want failing", d)
		}
		pass(10 * time.Minute)
		b.receiver.mu.Lock()
		attempts := b.receiver.attempts
		b.receiver.mu.Unlock()
		// 0.5, 1, 2, … 32 s make a minute, then one attempt a minute; each wait is cut by up to a half.
		if attempts < 15 || attempts > 32 {
			t.Errorf("%d attempts in 10 minutes", attempts)
		}
		b.receiver.setRefuse(nil)
		pass(time.Minute)
		if events := b.receiver.events(); len(events) != 2 || events[0].State != "firing" || events[1].State != "resolved" {
			t.Errorf("got %+v, want firing before resolved", events)
		}
		if d := b.group().Delivery; d.State != "delivered" || d.Error != "" {
			t.Errorf("got delivery %+v, want delivered", d)
		}
	})
}

func TestLiveSlowRule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "")
		b.begin(oneRule)
		b.manager.evaluator.ask = func(ctx context.Context, _ expr.Expr, _ int64) ([]query.StepLine, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		b.manager.Start()
		defer b.manager.Close()
		pass(evaluateTimeout)
		if got := b.manager.Status().Rules[0].Error; got != errSlowRule.Error() {
			t.Errorf("got error %q in the status", got)
		}
	})
}

func TestLiveReloadHurries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTTTTTTTTTTT")
		b.receiver.setRefuse(errDown)
		b.begin(oneRule).Start()
		defer b.manager.Close()
		pass(8 * time.Second) // the next attempt is seconds away
		b.receiver.setRefuse(nil)
		if err := b.manager.SetRules(context.Background(), testRules(t, oneRule)); err != nil {
			t.Fatal(err)
		}
		pass(0)
		if got := b.receiver.events(); len(got) != 1 {
			t.Errorf("a reload did not make the courier try again at once: got %+v", got)
		}
	})
}

func TestLiveClockGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var offset time.Duration
		b := live(t, "")
		b.now = func() time.Time { mu.Lock(); defer mu.Unlock(); return time.Now().Add(offset) }
		b.begin(oneRule).Start()
		defer b.manager.Close()
		pass(5 * time.Second)
		b.engine.evaluated()
		mu.Lock()
		offset = -4 * time.Second
		mu.Unlock()
		pass(2 * time.Second)
		if got := b.engine.evaluated(); len(got) != 0 {
			t.Errorf("evaluated %v again", relative(got))
		}
		if s := b.manager.Status(); !strings.Contains(s.Error, "the clock went back by 2s") {
			t.Errorf("got status error %q", s.Error)
		}
		pass(3 * time.Second)
		if got := relative(b.engine.evaluated()); !slices.Equal(got, []int64{6}) {
			t.Errorf("then evaluated %v, want 6", got)
		}
	})
}

// TestLiveManyAlerts checks the bound of attempts under way, and that a slow receiver does not hold up another.
func TestLiveManyAlerts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "")
		b.engine.lines = func(expr.Expr, int64) ([]query.StepLine, error) {
			var samples []query.StepLine
			for i := range 10 {
				samples = append(samples, query.StepLine{Tags: tag.New("n", fmt.Sprint(i)), Signal: 1})
			}
			return samples, nil
		}
		var mu sync.Mutex
		under, most, took := 0, 0, map[string]int{}
		b.begin(`
receivers: [{name: slow, webhook: {url: "http://slow/"}}, {name: quick, webhook: {url: "http://quick/"}}]
rules: [{name: Many, expr: '1', notify: [slow, quick]}]`)
		b.manager.cfg.Send = func(ctx context.Context, to Receiver, _ []byte) error {
			mu.Lock()
			took[to.Name]++
			mu.Unlock()
			if to.Name == "quick" {
				return nil
			}
			mu.Lock()
			under++
			most = max(most, under)
			mu.Unlock()
			<-ctx.Done() // until the attempt times out
			mu.Lock()
			under--
			mu.Unlock()
			return ctx.Err()
		}
		b.manager.Start()
		pass(time.Second)
		mu.Lock()
		if took["quick"] != 10 || took["slow"] != maxPerReceiver || most != maxPerReceiver {
			t.Errorf("after a second: attempts %v, at most %d under way at the slow one; want 10 and %d", took, most, maxPerReceiver)
		}
		mu.Unlock()
		pass(attemptTimeout)
		mu.Lock()
		if took["slow"] != 2*maxPerReceiver || most != maxPerReceiver {
			t.Errorf("after the first timeouts: attempts %v, at most %d under way", took, most)
		}
		mu.Unlock()
		b.manager.Close()
	})
}

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		failures int
		random   float64
		want     time.Duration
	}{
		{1, 0, 500 * time.Millisecond}, {1, 0.5, 375 * time.Millisecond}, {2, 0, time.Second}, {7, 0, 32 * time.Second},
		{8, 0, time.Minute}, {21, 0.999999, 30 * time.Second}, {1 << 30, 0, time.Minute},
	} {
		if got := backoff(c.failures, c.random); (got - c.want).Abs() > time.Millisecond {
			t.Errorf("backoff(%d, %v) = %v, want %v", c.failures, c.random, got, c.want)
		}
	}
}

// TestWebhookReceiver runs everything for real, on the machine's clock and over HTTP, against a receiver
// that fails, redirects and hangs before it answers.
func TestWebhookReceiver(t *testing.T) {
	var mu sync.Mutex
	var took []Event
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		requests++
		switch requests {
		case 1:
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		case 2:
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return
		}
		var e Event
		if err := json.Unmarshal(body, &e); err != nil {
			t.Errorf("body %s: %v", body, err)
		}
		took = append(took, e)
	}))
	defer server.Close()
	hook := notify.NewWebhook()
	defer hook.Close()

	begin := time.Now()
	log := &memoryLog{}
	m := New(Config{
		Clock: stream.Clock{Step: 100 * time.Millisecond}, Append: log.Append,
		Send: func(ctx context.Context, to Receiver, body []byte) error { return hook.Post(ctx, to.Webhook.URL, body) },
		Evaluate: func(_ context.Context, _ expr.Expr, step int64) ([]query.StepLine, error) {
			signal := 0.0
			if step < begin.Add(500*time.Millisecond).UnixMilli() {
				signal = 1
			}
			return []query.StepLine{{Tags: tag.New("app", "www"), Value: signal, Signal: signal}}, nil
		},
	})
	rules := strings.Replace(strings.Replace(oneRule, "http://x/", server.URL+"/hook", 1), "for: 3s", "for: 300ms", 1)
	if err := m.SetRules(context.Background(), testRules(t, rules)); err != nil {
		t.Fatal(err)
	}
	m.Start()
	defer m.Close()
	deadline := time.After(10 * time.Second)
	for {
		mu.Lock()
		n := len(took)
		mu.Unlock()
		if n == 2 {
			break
		}
		select {
		case <-deadline:
			t.Fatalf("only %d events after 10 s; status %+v", n, m.Status())
		case <-time.After(20 * time.Millisecond):
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if took[0].State != "firing" || took[1].State != "resolved" || took[0].Seq != 1 || took[1].Seq != 2 || requests != 4 {
		t.Errorf("in %d requests got %+v", requests, took)
	}
}
