package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// The series that the rules below look at, from second 1 on.
const engineSeries = `
step 1s
start 1970-01-01T00:00:01Z
series name=errors nf.app=www node=a   5 20 20 20  3 NaN 20 20 20 20
series name=errors nf.app=www node=b   1  1  1  1  1 NaN  1  1  1 NaN
series name=errors nf.app=db node=c    9  9 12  9 12  12 12 12 12 12
series name=load nf.app=www            1  1  1  1  1   1  1  0  0  0
`

func TestRulesOverTheEngine(t *testing.T) {
	for _, c := range []struct {
		name, expr, wait string
		want             []string
	}{
		{"one state per group", "name,errors,:eq,:sum,(,nf.app,),:by,10,:gt", "3s", []string{
			"4 www firing 21/1", "5 www resolved 4/0", "7 db firing 12/1", "9 www firing 21/1"}},
		{"at once", "name,errors,:eq,:max,(,nf.app,),:by,15,:gt", "0", []string{
			"2 www firing 20/1", "5 www resolved 3/0", "7 www firing 20/1"}},
		{"no outermost comparison: the signal", "name,errors,:eq,:max,(,nf.app,),:by,15,:gt,name,load,:eq,:sum,:and", "0", []string{
			"2 www firing 1/1", "5 www resolved 0/0", "7 www firing 1/1", "8 www resolved 0/0"}},
		{"a line that is a number", "name,load,:eq,:sum", "0", []string{
			"1 <nil> firing 1/1", "8 <nil> resolved 0/0"}},
		{"words that look back", "name,errors,:eq,:sum,15,:gt,3,:rolling-count,2,:ge", "0", []string{
			"3 <nil> firing 2/1"}},
	} {
		got := runEngine(t, engineSeries, c.expr, c.wait, 10, nil)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestPowerLoss runs a rule over a real log that loses power between and during steps, and wants the same
// transitions as without.
func TestPowerLoss(t *testing.T) {
	expression := "name,errors,:eq,:sum,(,nf.app,),:by,10,:gt"
	want := runEngine(t, engineSeries, expression, "3s", 10, nil)
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 0))
		if diff := cmp.Diff(want, runEngine(t, engineSeries, expression, "3s", 10, random)); diff != "" {
			t.Errorf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

// runEngine evaluates one rule over the steps 1 … last and returns its events as "step app state value/signal",
// each once. With random the power fails now and then, before a step or after its decision.
func runEngine(t *testing.T, series, expression, wait string, last int64, random *rand.Rand) []string {
	t.Helper()
	store, err := tsdbtest.ParseStore(strings.NewReader(series))
	if err != nil {
		t.Fatal(err)
	}
	rules := testRules(t, fmt.Sprintf(`
receivers: [{name: r, webhook: {url: "http://r/"}}]
rules: [{name: R, expr: %q, for: %s, notify: [r]}]`, expression, wait))
	evaluate := FromEngine(query.NewEngine(query.Config{Store: store}), time.Second)

	var got []string
	seen := map[string]bool{}
	send := func(_ context.Context, _ Receiver, body []byte) error {
		var e Event
		if err := json.Unmarshal(body, &e); err != nil {
			t.Errorf("body %s: %v", body, err)
		}
		if !seen[e.ID] {
			app := any(nil)
			if name, ok := e.Labels["nf.app"]; ok {
				app = name
			}
			got = append(got, fmt.Sprintf("%d %v %s %v/%v", e.Step/second, app, e.State, e.Value, e.Signal))
		}
		seen[e.ID] = true
		return nil
	}
	disk := vfstest.NewMemory()
	log, m := openEngine(t, disk, rules, evaluate, send)
	fails := func() bool { return random != nil && random.IntN(4) == 0 }
	for m.ledger.step < last*second {
		if fails() {
			disk = disk.PowerLoss(random)
			log.Close()
			log, m = openEngine(t, disk, rules, evaluate, send)
			continue
		}
		m.onStep(context.Background(), stream.Tick{Step: m.ledger.step + second})
		if !fails() {
			(&bench{t: t, manager: m, receiver: &fakeReceiver{}}).deliver()
		}
	}
	(&bench{t: t, manager: m, receiver: &fakeReceiver{}}).deliver()
	log.Close()
	slices.SortStableFunc(got, func(a, b string) int { // between alerts there is no order
		var stepA, stepB int
		_, _ = fmt.Sscan(a, &stepA)
		_, _ = fmt.Sscan(b, &stepB)
		return stepA - stepB
	})
	return got
}

// openEngine opens the log on disk and makes a manager of it.
func openEngine(
	t *testing.T, disk vfs.FS, rules *Rules,
	evaluate func(context.Context, expr.Expr, int64) ([]query.StepLine, error),
	send func(context.Context, Receiver, []byte) error,
) (*wal.Log, *Manager) {
	log, err := wal.Open(wal.Config{FS: disk, Dir: "wal"})
	if err != nil {
		t.Fatal(err)
	}
	m := New(Config{Clock: stream.Clock{Step: time.Second}, Evaluate: evaluate, Append: log.Append, Send: send})
	if err := log.Replay(func(_ wal.Position, r wal.Record) error { return m.Replay(r) }); err != nil {
		t.Fatal(err)
	}
	if err := m.SetRules(context.Background(), rules); err != nil {
		t.Fatal(err)
	}
	return log, m
}
