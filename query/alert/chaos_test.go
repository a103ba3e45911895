package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A foldingReceiver answers late, not at all, or with an error, and keeps what it had not seen.
type foldingReceiver struct {
	mu     sync.Mutex
	random *rand.Rand
	seen   map[string]bool
	seqs   map[string][]uint64 // receiver and group -> sequence numbers in order of arrival
	under  map[string]int      // requests under way, by event and receiver
	errs   []string
}

func (r *foldingReceiver) send(ctx context.Context, to Receiver, body []byte) error {
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	r.mu.Lock()
	delay, arrives, answers := time.Duration(r.random.IntN(1500))*time.Millisecond, r.random.IntN(4) > 0, r.random.IntN(4) > 0
	lane := to.Name + e.Labels["n"]
	if r.under[lane]++; r.under[lane] > 1 {
		r.errs = append(r.errs, "two notifications of one alert under way at "+to.Name)
	}
	if arrives && !r.seen[to.Name+e.ID] {
		r.seen[to.Name+e.ID] = true
		r.seqs[lane] = append(r.seqs[lane], e.Seq)
	}
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.under[lane]--
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(delay):
	}
	if !arrives || !answers {
		return errDown
	}
	return nil
}

// TestLiveChaos lets alerts come and go while receivers misbehave and the program is restarted, and wants
// every transition at every receiver, in order.
func TestLiveChaos(t *testing.T) {
	const groups, steps = 20, 60
	synctest.Test(t, func(t *testing.T) {
		receiver := &foldingReceiver{
			random: rand.New(rand.NewPCG(1, 2)), seen: map[string]bool{}, seqs: map[string][]uint64{}, under: map[string]int{},
		}
		b := newBench(t, "")
		b.engine.lines = func(_ expr.Expr, step int64) ([]query.StepLine, error) {
			var lines []query.StepLine
			for i := range int64(groups) {
				if n := step/second - bubbleEpoch; n > 0 && n <= steps && n/(i+1)%2 == 1 { // on and off every i+1 steps
					lines = append(lines, query.StepLine{Tags: tag.New("n", fmt.Sprint(i)), Signal: 1})
				}
			}
			return lines, nil
		}
		rules := `
receivers: [{name: a, webhook: {url: "http://a/"}}, {name: b, webhook: {url: "http://b/"}}]
rules: [{name: R, expr: "1", notify: [a, b]}]`
		for range 4 {
			b.begin(rules)
			b.manager.cfg.Send = receiver.send
			b.manager.Start()
			pass(20 * time.Second)
			b.manager.Close()
			pass(time.Second)
		}
		b.begin(rules)
		b.manager.cfg.Send = receiver.send
		b.manager.Start()
		pass(time.Hour)
		if s := b.manager.Stats(); s.Waiting != 0 || s.Firing != 0 {
			t.Errorf("an hour later: %+v", s)
		}
		b.manager.Close()
		for _, err := range receiver.errs {
			t.Error(err)
		}
		for _, to := range []string{"a", "b"} {
			for i := range groups {
				got := receiver.seqs[fmt.Sprint(to, i)]
				if want := 2 * ((steps/(i+1) + 1) / 2); len(got) != want {
					t.Errorf("receiver %s, group %d: %d transitions, want %d", to, i, len(got), want)
				}
				for j, seq := range got {
					if seq != uint64(j+1) {
						t.Fatalf("receiver %s, group %d: order of arrival %v", to, i, got)
					}
				}
			}
		}
	})
}
