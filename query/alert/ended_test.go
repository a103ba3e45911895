package alert

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// TestWhatAnEndTells: however the line of an alert ends, the event has the last value there was.
func TestWhatAnEndTells(t *testing.T) {
	for _, c := range []struct {
		name, schedule string
		reason         Resolution
		value          float64 // the value is the step in milliseconds, see lineWhere
	}{
		{"no line", "TTT ", NoData, 3000},
		{"no value in it", "TTTN", NoData, 3000},
		{"below", "TTT.", Recovered, 4000},
	} {
		b := newBench(t, "")
		lines := lineWhere(c.schedule)
		b.engine.lines = func(tree expr.Expr, step int64) ([]query.StepLine, error) {
			list, err := lines(tree, step)
			for i := range list {
				if math.IsNaN(list[i].Signal) { // as comparisons have it: not true of nothing
					list[i].Value, list[i].Signal = math.NaN(), 0
				}
			}
			return list, err
		}
		b.begin(strings.Replace(oneRule, "for: 3s", "for: 2s", 1))
		b.steps(1, 4)
		b.deliver()
		events := b.receiver.events()
		if len(events) != 2 || events[1].State != "resolved" {
			t.Errorf("%s: got %+v, want firing and resolved", c.name, events)
			continue
		}
		want := "www at " + Number(c.value).String()
		if e := events[1]; e.Reason != c.reason || e.Value != Number(c.value) || float64(e.ValueStep) != c.value ||
			e.Step != 4*second || e.Annotations["summary"] != want {
			t.Errorf("%s: got %+v, want %s with the value of step %v", c.name, e, c.reason, c.value)
		}
		if g := b.group(); g.State != "inactive" || g.Reason != c.reason || g.Value != Number(c.value) || float64(g.ValueStep) != c.value {
			t.Errorf("%s: the status has %+v", c.name, g)
		}
		b.begin(oneRule)
		if g := b.group(); g.Reason != c.reason || g.Value != Number(c.value) || float64(g.ValueStep) != c.value {
			t.Errorf("%s: after a restart the status has %+v", c.name, g)
		}
	}
}

// TestEndAfterAFailure: a step that could not be evaluated does not take the last value away.
func TestEndAfterAFailure(t *testing.T) {
	b := newBench(t, "")
	lines := lineWhere("TTTT")
	b.engine.lines = func(tree expr.Expr, step int64) ([]query.StepLine, error) {
		if step == 5*second {
			return nil, errors.New("too much")
		}
		return lines(tree, step)
	}
	b.begin(oneRule)
	b.steps(1, 5)
	if g := b.group(); g.State != "firing" || g.Value != 4000 || g.ValueStep != 4*second || g.Doubt == nil || g.Doubt.Reason != notAnswers {
		t.Errorf("at the failure: %+v", g)
	}
	b.steps(6, 6)
	b.deliver()
	events := b.receiver.events()
	if len(events) != 2 || events[1].Reason != NoData || events[1].Value != 4000 || events[1].ValueStep != 4*second {
		t.Errorf("got %+v", events)
	}
}

// TestEndInTheNextLife: the value that the alert had come to is looked up again, for the log has that of the firing.
func TestEndInTheNextLife(t *testing.T) {
	b := newBench(t, "TTTTTT  ")
	b.begin(oneRule)
	b.steps(1, 6)
	b.begin(oneRule)
	b.engine.evaluated()
	b.steps(7, 7)
	b.deliver()
	events := b.receiver.events()
	if len(events) != 2 || events[1].Reason != NoData || events[1].Value != 6000 || events[1].ValueStep != 6*second ||
		events[1].Annotations["summary"] != "www at 6000" {
		t.Errorf("got %+v", events)
	}
	if got := b.engine.evaluated(); len(got) != 2 || got[0] != 6*second {
		t.Errorf("evaluated %v, want the last step of the life before, once", got)
	}
}

// TestEndOfAnOldRecord: a log that an older program wrote has no step with the value; letters in it are left alone.
func TestEndOfAnOldRecord(t *testing.T) {
	tags := tag.New("app", "www")
	id := groupID("Down", tags)
	rules := testRules(t, oneRule)
	body := `{"version":1,"id":"e","seq":1,"state":"firing","rule":"Down","labels":{},"annotations":{},"value":7,"signal":1,"step":3000,"start":1000,"end":null}`
	old := func(value string) wal.Record {
		return wal.Record{Type: wal.AlertState, Version: 1, Body: []byte(`{"step":3000,"groups":[{"rule":"Down","identity":"` +
			rules.Rules[0].identity() + `","tags":` + string(mustJSON(tags.AppendCanonical(nil))) + `,"state":{"phase":2,"start":1000,"since":3000,"seq":1},` +
			`"labels":{"app":"www"},"annotations":{"summary":"www at 7"},"told":["oncall"],"value":` + value + `,"signal":1}],` +
			`"notifications":[{"id":"e","alert":"` + id + `","receiver":"oncall","step":3000,"body":` + body + `}]}`)}
	}
	for value, want := range map[string]int64{"7": 3000, "null": 0} {
		b := newBench(t, "")
		b.log.records = []wal.Record{old(value)}
		b.begin(oneRule)
		b.manager.onStep(context.Background(), stream.Tick{Step: 4 * second})
		b.deliver()
		events := b.receiver.events()
		if len(events) != 2 || events[0].Value != 7 || events[1].Reason != NoData || events[1].ValueStep != want ||
			events[1].Annotations["summary"] != "www at 7" {
			t.Errorf("value %s: got %+v", value, events)
		}
	}
}

// TestEndsOverTheEngine: words that make a number of nothing do not hide that there is nothing.
func TestEndsOverTheEngine(t *testing.T) {
	const series = `
step 1s
start 1970-01-01T00:00:01Z
series name=silent  k=a  20 20 20 NaN NaN NaN NaN NaN NaN
series name=well    k=a  20 20 20 5   5   5   5   5   5
series name=other   k=a  1  1  1  1   1   1   1   1   1
`
	for _, c := range []struct {
		expr   string
		reason Resolution
		value  Number
	}{
		{"name,silent,:eq,:sum,10,:gt", NoData, 20},
		{"name,silent,:eq,:sum,(,k,),:by,10,:gt", NoData, 20},
		{"name,silent,:eq,:sum,(,k,),:by,10,:gt,2,:rolling-count,2,:ge", NoData, 2},
		{"name,silent,:eq,:sum,10,:gt,3,:rolling-count,1,:ge", NoData, 1},
		{"name,silent,:eq,:sum,10,:gt,:dup,:and", NoData, 1},
		{"name,silent,:eq,:sum,(,k,),:by,:dup,:and", NoData, 1},
		{"name,silent,:eq,:sum,(,k,),:by,3,2,:rolling-mean,10,:gt", NoData, 20},
		{"name,silent,:eq,:sum,(,k,),:by,:max,10,:gt,2,:rolling-count,1,:ge", NoData, 1},
		{"name,silent,:eq,:sum,name,other,:eq,:sum,:div,10,:gt", NoData, 20},
		{"name,well,:eq,:sum,(,k,),:by,10,:gt", Recovered, 5},
		{"name,well,:eq,:sum,(,k,),:by,10,:gt,2,:rolling-count,2,:ge", Recovered, 1},
		{"name,well,:eq,:sum,10,:gt,:dup,:and", Recovered, 0},
		{"name,well,:eq,:sum,name,other,:eq,:sum,:div,10,:gt", Recovered, 5},
	} {
		store, err := tsdbtest.ParseStore(strings.NewReader(series))
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t, "")
		b.beginOver(FromEngine(query.NewEngine(query.Config{Store: store}), time.Second),
			strings.Replace(strings.Replace(oneRule, "for: 3s", "for: 0", 1), "name,up,:eq", c.expr, 1))
		b.steps(1, 9)
		b.deliver()
		events := b.receiver.events()
		if len(events) != 2 || events[1].Reason != c.reason || events[1].Value != c.value || strings.Contains(events[1].Annotations["summary"], "NaN") {
			t.Errorf("%s: want %s with %v, got %+v", c.expr, c.reason, c.value, events)
		}
	}
}
