package alert

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

const runbookRule = `
receivers: [{name: oncall, webhook: {url: "http://x/"}}]
rules:
- name: Down
  expr: "name,up,:eq"
  for: FOR
  labels: {severity: page}
  annotations: {summary: "{{ .Labels.n }} at {{ .Value }}", runbook: "http://runbook/"}
  notify: [oncall]
`

// overflowBench is a bench whose rule has at step s as many true groups as counts[s-1] says, n=000000 and up, and
// as many that are not true.
func overflowBench(t *testing.T, wait string, counts ...int) *bench {
	b := newBench(t, "")
	b.engine.lines = func(_ expr.Expr, step int64) ([]query.StepLine, error) {
		count := counts[step/second-1]
		if count < 0 {
			return nil, errDown
		}
		lines := make([]query.StepLine, 2*count)
		for i := range lines {
			lines[i] = query.StepLine{Tags: tag.New("n", fmt.Sprintf("%06d", i)), Value: 5}
			if i < count {
				lines[i].Signal = 1
			}
		}
		return lines, nil
	}
	b.begin(strings.Replace(runbookRule, "FOR", wait, 1))
	return b
}

// told returns what receivers hear as "state group value step", sorted: between alerts there is no order.
func (b *bench) told() []string {
	b.deliver()
	var texts []string
	for _, e := range b.receiver.events() {
		name := e.Labels["n"]
		if name == "" {
			name = e.Labels["group"]
		}
		text := fmt.Sprintf("%s %s %v %d", e.State, name, e.Value, e.Step/second)
		if e.State == "resolved" && name != "all" { // what value that has is tested elsewhere
			text = fmt.Sprintf("%s %s %d", e.State, name, e.Step/second)
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}

func wantTold(t *testing.T, b *bench, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := b.told(); strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("receivers heard %q, want %q", got[:min(len(got), 10)], want)
	}
}

// TestOverflowAtUnknownSteps: a stop in the middle of too many true groups neither ends nor repeats their alert, nor does
// it count for it, and an overflow that cannot be told to be over lets no groups begin.
func TestOverflowAtUnknownSteps(t *testing.T) {
	const many, few = maxGroups + 1, 3
	known := benchKnowing(t, "", 1, 2, 6, 9)
	b := overflowBench(t, "1s", many, many, 0, 0, 0, many, many, few, few)
	b.sees, b.log.records = true, known.log.records
	b.begin(strings.Replace(runbookRule, "FOR", "3s", 1))
	b.steps(1, 5)
	wantTold(t, b)
	b.begin(strings.Replace(runbookRule, "FOR", "3s", 1)) // and a restart
	b.steps(6, 7)
	wantTold(t, b, "firing all 10001 6")
	b.steps(8, 8)
	wantTold(t, b, "resolved all 3 8")
	d := &decider{ledger: newLedger(), size: time.Second}
	own := newOverflow("Down")
	own.state = State{Phase: Firing, Start: second, Since: second, Seq: 1}
	one := query.StepLine{Tags: tag.New("n", "1"), Signal: 1}
	groups := map[string]*group{overflowKey: own}
	lines := map[string]query.StepLine{"1": one}
	doubtful := outcome{rule: &Rule{Name: "Down"}, doubt: &Doubt{First: 9 * second, Last: 9 * second, Reads: 5 * second}}
	if left := d.overflow(&doubtful, groups, lines); len(left) != 0 || len(d.change.groups) != 0 {
		t.Errorf("few groups are true as far as is known: %v are read, %v change; want nothing", left, d.change.groups)
	}
}

func TestTooManyTrueGroupsFireOnce(t *testing.T) {
	b := overflowBench(t, "0", maxGroups+1, maxGroups+50, -1, maxGroups-1, maxGroups+2, calmGroups+1, 2, 2)
	b.steps(1, 1)
	b.deliver()
	events := b.receiver.events()
	if len(events) != 1 {
		t.Fatalf("got %d events, want one", len(events))
	}
	e := events[0]
	if e.State != "firing" || e.Rule != "Down" || e.Value != maxGroups+1 || e.Signal != 1 || e.Labels["group"] != "all" || e.Labels["severity"] != "page" {
		t.Errorf("got %+v", e)
	}
	if a := e.Annotations; a["runbook"] != "http://runbook/" || a["count"] != "10001" ||
		a["examples"] != "n=000000; n=000001; n=000002; n=000003; n=000004" ||
		!strings.HasPrefix(a["summary"], "10001 groups of Down are true, too many for an alert of each (at most 10000), such as n=000000;") {
		t.Errorf("got annotations %q", a)
	}
	if s := b.manager.Status().Rules[0]; s.Error != "" || s.State != "firing" {
		t.Errorf("the rule is %s with error %q", s.State, s.Error)
	}
	if stats := b.manager.Stats(); stats.EvaluationErrors != 0 || stats.Firing != 1 {
		t.Errorf("got stats %+v", stats)
	}
	b.steps(2, 2)
	if g := b.group(); g.Value != maxGroups+50 || !g.Overflow {
		t.Errorf("the status has %+v, want the newest count", g)
	}
	b.steps(3, 6)
	wantTold(t, b)
	b.steps(7, 8)
	wantTold(t, b, "resolved all 2 7", "firing 000000 5 7", "firing 000001 5 7")
	if id := groupID("Down", overflowTags()); id == e.ID || b.labelled("all").ID == id {
		t.Errorf("the overflow has the ID of a group")
	}
}

// labelled returns the group of the only rule whose label group is name.
func (b *bench) labelled(name string) GroupStatus {
	for _, g := range b.manager.Status().Rules[0].Groups {
		if g.Labels["group"] == name {
			return g
		}
	}
	return GroupStatus{}
}

// TestOverflowKeepsWhatFires: groups that fired before go on, and resolve when they end.
func TestOverflowKeepsWhatFires(t *testing.T) {
	b := overflowBench(t, "0", 2, maxGroups+1, 1, 0)
	b.steps(1, 1)
	wantTold(t, b, "firing 000000 5 1", "firing 000001 5 1")
	b.steps(2, 2)
	wantTold(t, b, fmt.Sprintf("firing all %d 2", maxGroups+1))
	b.steps(3, 3)
	wantTold(t, b, "resolved 000001 3", "resolved all 1 3")
	b.steps(4, 4)
	if got := len(b.told()); got != 1 {
		t.Errorf("got %d events, want the last resolved", got)
	}
}

// TestOverflowTakesOverARow: what was pending does not wait anew because there is more of it.
func TestOverflowTakesOverARow(t *testing.T) {
	b := overflowBench(t, "3s", 5, maxGroups+1, maxGroups+1, 0)
	b.steps(1, 2)
	wantTold(t, b)
	if stats := b.manager.Stats(); stats.Pending != 1 {
		t.Errorf("%d are pending, want the overflow alone", stats.Pending)
	}
	b.begin(strings.Replace(runbookRule, "FOR", "3s", 1)) // a restart changes nothing
	b.steps(3, 3)
	wantTold(t, b, fmt.Sprintf("firing all %d 3", maxGroups+1))
	b.steps(4, 4)
	wantTold(t, b, "resolved all 0 4")
	late := overflowBench(t, "3s", maxGroups+1, maxGroups+1, 0)
	late.steps(1, 3)
	wantTold(t, late)
}

// TestOverflowAtTheBound: exactly as many are alerts of their own, and lines with the same tags count once.
func TestOverflowAtTheBound(t *testing.T) {
	b := overflowBench(t, "0", maxGroups)
	b.steps(1, 1)
	if stats := b.manager.Stats(); stats.Firing != maxGroups {
		t.Errorf("%d fire, want %d", stats.Firing, maxGroups)
	}
	same := overflowBench(t, "0", maxGroups)
	lines := same.engine.lines
	same.engine.lines = func(e expr.Expr, step int64) ([]query.StepLine, error) {
		all, err := lines(e, step)
		return append(all, all...), err
	}
	same.steps(1, 1)
	if stats := same.manager.Stats(); stats.Firing != maxGroups {
		t.Errorf("with doubled lines %d fire, want %d", stats.Firing, maxGroups)
	}
}

// TestOverflowStaysSmall: an incident of any size costs the log and the memory what one alert costs.
func TestOverflowStaysSmall(t *testing.T) {
	const groups = 200_000
	b := overflowBench(t, "0", 5, groups, groups, groups)
	b.steps(1, 4)
	bytes := 0
	for _, r := range b.log.records {
		bytes += len(r.Body)
	}
	if n := len(b.manager.ledger.all()); n != 6 || bytes > 20_000 {
		t.Errorf("the ledger has %d groups and the log %d bytes", n, bytes)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.begin(strings.Replace(runbookRule, "FOR", "0", 1))
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("a restart takes %d bytes", grown)
	}
	if err := b.manager.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.log.records = b.manager.Snapshot()
	b.begin(strings.Replace(runbookRule, "FOR", "0", 1))
	if g := b.labelled("all"); !g.Overflow || g.State != "firing" || g.Value != groups {
		t.Errorf("after a checkpoint the overflow is %+v", g)
	}
	if err := b.manager.SetRules(context.Background(), &Rules{AllowRemoval: true}); err != nil {
		t.Fatal(err)
	}
	if stats := b.manager.Stats(); stats.Firing != 0 {
		t.Errorf("without its rule %d fire", stats.Firing)
	}
}

// TestOverflowBesideAGroupCalledAll: a line with the tags of the overflow is another alert.
func TestOverflowBesideAGroupCalledAll(t *testing.T) {
	b := overflowBench(t, "0", 1, maxGroups+1, 0)
	lines := b.engine.lines
	b.engine.lines = func(e expr.Expr, step int64) ([]query.StepLine, error) {
		all, err := lines(e, step)
		return append(all, query.StepLine{Tags: overflowTags(), Value: 3, Signal: 1}), err
	}
	b.steps(1, 3)
	wantTold(t, b, "firing all 3 1", "firing 000000 5 1", fmt.Sprintf("firing all %d 2", maxGroups+2), "resolved all 1 3", "resolved 000000 3")
}
