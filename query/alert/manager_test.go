package alert

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

func TestFiringAndResolved(t *testing.T) {
	b := newBench(t, "TT.TTTT. ")
	b.begin(oneRule)
	b.steps(1, 5)
	b.deliver()
	if got := b.receiver.events(); len(got) != 0 {
		t.Fatalf("two true steps and then two more are not three in a row: got %+v", got)
	}
	b.steps(6, 9)
	b.deliver()
	end := 8 * second
	id := groupID("Down", tag.New("app", "www"))
	firing := Event{
		Version: 1, ID: eventID(id, 4*second, "firing"), Seq: 1, State: "firing", Rule: "Down",
		Labels:      map[string]string{"app": "www", "severity": "page"},
		Annotations: map[string]string{"summary": "www at 6000"},
		Value:       6000, Signal: 1, ValueStep: 6 * second, Step: 6 * second, Start: 4 * second,
	}
	resolved := Event{
		Version: 1, ID: eventID(id, 4*second, "resolved"), Seq: 2, State: "resolved", Rule: "Down",
		Labels:      map[string]string{"app": "www", "severity": "page"},
		Annotations: map[string]string{"summary": "www at 8000"},
		Value:       8000, Signal: 0, ValueStep: 8 * second, Step: 8 * second, Start: 4 * second, End: &end,
		Reason: Recovered,
	}
	if diff := cmp.Diff([]Event{firing, resolved}, b.receiver.events()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestEventJSON(t *testing.T) {
	e := Event{
		Version: 1, ID: "1f", Seq: 3, State: "firing", Rule: "<R>", Labels: map[string]string{"nf.app": "a&b"},
		Annotations: map[string]string{}, Value: 1.5, Signal: noNumber, ValueStep: 60000, Step: 60000, Start: 60000,
	}
	want := `{"version":1,"id":"1f","seq":3,"state":"firing","rule":"<R>","labels":{"nf.app":"a&b"},"annotations":{},` +
		`"value":1.5,"signal":null,"value_step":60000,"step":60000,"start":60000,"end":null}`
	if got := string(e.encode()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRuleLabelsWin(t *testing.T) {
	b := newBench(t, "T")
	b.begin(strings.Replace(oneRule, "severity: page", "app: ours", 1))
	b.steps(1, 1)
	if got := b.group().Labels["app"]; got != "ours" {
		t.Errorf("label app is %q, want the rule's", got)
	}
}

func TestRestartGoesOnCounting(t *testing.T) {
	b := newBench(t, "TTTTTTT.")
	b.begin(oneRule)
	b.steps(1, 2) // pending
	b.begin(oneRule)
	if g := b.group(); g.State != "pending" || g.Since != 1*second {
		t.Fatalf("after a restart the group is %+v, want pending since 1 s", g)
	}
	b.steps(3, 3)
	if got := b.group().State; got != "firing" {
		t.Fatalf("two true steps before the crash and one after it: %s, want firing", got)
	}
	b.begin(oneRule) // nothing was delivered
	b.steps(4, 6)
	b.deliver()
	first := b.receiver.events()
	if len(first) != 1 || first[0].State != "firing" || first[0].Step != 3*second {
		t.Fatalf("got %+v, want the firing of step 3", first)
	}
	b.begin(oneRule)
	b.steps(7, 8)
	b.deliver()
	if got := b.receiver.events(); len(got) != 1 || got[0].State != "resolved" || got[0].Seq != 2 || got[0].Start != first[0].Start {
		t.Fatalf("got %+v, want only the resolved of the same episode", got)
	}
	if d := b.group().Delivery; d.State != "delivered" || d.Attempts != 1 || d.Receiver != "oncall" {
		t.Errorf("got delivery %+v", d)
	}
	b.begin(oneRule)
	if d := b.group().Delivery; d.State != "delivered" || d.Receiver != "oncall" {
		t.Errorf("after a restart got delivery %+v", d)
	}
}

func TestNextEpisodeCountsOn(t *testing.T) {
	b := newBench(t, "TTT.TTT.")
	b.begin(oneRule)
	b.steps(1, 8)
	b.deliver()
	ids := map[string]bool{}
	for i, e := range b.receiver.events() {
		ids[e.ID] = true
		if e.Seq != uint64(i+1) {
			t.Errorf("event %d has number %d", i, e.Seq)
		}
	}
	if len(ids) != 4 {
		t.Errorf("got %d different IDs, want 4", len(ids))
	}
}

func TestEvaluationErrors(t *testing.T) {
	lines := lineWhere("TTTTTT")
	b := newBench(t, "")
	b.engine.lines = func(p expr.Expr, step int64) ([]query.StepLine, error) {
		if step == 2*second || step == 6*second {
			return nil, errors.New("the query takes too much memory")
		}
		return lines(p, step)
	}
	b.begin(oneRule)
	b.steps(1, 2)
	if s := b.manager.Status().Rules[0]; s.Error != "the query takes too much memory" || s.State != "pending" || s.Evaluated != 2*second {
		t.Errorf("got %+v, want the error in the status and the group still pending", s)
	}
	b.steps(3, 6)
	if g := b.group(); g.State != "firing" || g.Since != 4*second {
		t.Errorf("got %+v, want firing since its third true step, through the error in step 6", g)
	}
}

func TestSkippedStepsDoNotCount(t *testing.T) {
	b := newBench(t, "TTTTTTTTT")
	b.begin(oneRule)
	b.steps(1, 1)
	b.manager.onStep(context.Background(), stream.Tick{Step: 4 * second, Skipped: 2})
	if g := b.group(); g.State != "pending" || g.Since != 1*second {
		t.Errorf("got %+v, want a row that goes on behind the gap", g)
	}
	b.steps(5, 5)
	if g := b.group(); g.State != "firing" || g.Since != 5*second {
		t.Errorf("got %+v, want firing at the third step that was seen", g)
	}
	b.manager.onStep(context.Background(), stream.Tick{Step: 9 * second, Skipped: 3})
	if g := b.group(); g.State != "firing" || g.Since != 5*second {
		t.Errorf("got %+v, want firing through a gap", g)
	}
	if s := b.manager.Status(); s.Skipped != 5 || s.Unknown != 5 || *s.Doubt != (Doubt{First: 6 * second, Last: 8 * second, Reason: skipped}) {
		t.Errorf("the status tells of %d skipped and %d unknown steps, want 5 of both; %+v", s.Skipped, s.Unknown, s.Doubt)
	}
}

func TestReload(t *testing.T) {
	change := func(old, new string) string {
		if !strings.Contains(oneRule, old) {
			t.Fatalf("%q is not in the rule", old)
		}
		return strings.Replace(oneRule, old, new, 1)
	}
	for _, c := range []struct {
		name, rules string
		keeps       bool
		reason      Resolution
	}{
		{"the same", oneRule, true, ""},
		{"another text", change("{{ .Value }}", "{{ .Signal }}"), true, ""},
		{"a longer for", change("for: 3s", "for: 9s"), true, ""},
		{"another receiver for later", change("notify: [oncall]", "notify: []"), true, ""},
		{"another expression", change("name,up", "name,down"), false, RuleChanged},
		{"another label", change("severity: page", "severity: mail"), false, RuleChanged},
		{"another name", "allow_removal: true" + change("name: Down", "name: Gone"), false, RuleRemoved},
		{"no rules", "allow_removal: true\nreceivers: [{name: oncall, webhook: {url: 'http://x/'}}]", false, RuleRemoved},
	} {
		b := newBench(t, "TTTTTTTTT")
		b.begin(oneRule)
		b.steps(1, 3)
		b.deliver()
		b.receiver.events()
		if err := b.manager.SetRules(context.Background(), testRules(t, c.rules)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		b.deliver()
		events := b.receiver.events()
		if c.keeps {
			if g := b.group(); g.State != "firing" || len(events) != 0 {
				t.Errorf("%s: the group is %s and %d events went out, want it to go on firing in silence", c.name, g.State, len(events))
			}
			continue
		}
		if len(events) != 1 || events[0].State != "resolved" || events[0].Rule != "Down" || events[0].Labels["severity"] != "page" ||
			events[0].Annotations["summary"] != "www at 3000" || *events[0].End != 3*second || events[0].Seq != 2 ||
			events[0].Value != 3000 || events[0].ValueStep != 3*second || events[0].Reason != c.reason {
			t.Errorf("%s: got %+v, want the resolved of the old rule", c.name, events)
		}
		b.begin(c.rules) // and a restart finds it so
		b.deliver()
		if again := b.receiver.events(); len(again) != 0 {
			t.Errorf("%s: after a restart got %+v again", c.name, again)
		}
	}
}

func TestRuleRemovedWhileDown(t *testing.T) {
	b := newBench(t, "TTT")
	b.begin(oneRule)
	b.steps(1, 3)
	b.begin("allow_removal: true\nreceivers: [{name: oncall, webhook: {url: 'http://x/'}}]")
	b.deliver()
	if got := b.receiver.events(); len(got) != 2 || got[0].State != "firing" || got[1].State != "resolved" {
		t.Errorf("got %+v, want firing and resolved", got)
	}
}

func TestRuleThatComesBackCountsOn(t *testing.T) {
	b := newBench(t, "TTTTTTTT")
	b.begin(oneRule)
	b.steps(1, 3)
	none := testRules(t, "allow_removal: true\nreceivers: [{name: oncall, webhook: {url: 'http://x/'}}]")
	if err := b.manager.SetRules(context.Background(), none); err != nil {
		t.Fatal(err)
	}
	b.begin(oneRule)
	b.steps(4, 6)
	b.deliver()
	var seqs []uint64
	for _, e := range b.receiver.events() {
		seqs = append(seqs, e.Seq)
	}
	if diff := cmp.Diff([]uint64{1, 2, 3}, seqs); diff != "" {
		t.Errorf("sequence numbers (-want +got):\n%s", diff)
	}
}

func TestReloadThatCannotBeLogged(t *testing.T) {
	b := newBench(t, "TTTT")
	b.begin(oneRule)
	b.steps(1, 3)
	b.log.setFail(errors.New("disk full"))
	err := b.manager.SetRules(context.Background(), &Rules{AllowRemoval: true})
	if err == nil || !strings.Contains(err.Error(), "the new rules are not in force: disk full") {
		t.Errorf("got error %v", err)
	}
	if g := b.group(); g.State != "firing" {
		t.Errorf("the old rule is not in force any more: %+v", g)
	}
}

func TestReceiverThatIsGone(t *testing.T) {
	b := newBench(t, "TTT")
	b.begin(oneRule)
	b.steps(1, 3)
	rules := strings.Replace(strings.Replace(oneRule, "name: oncall", "name: other", 1), "[oncall]", "[other]", 1)
	if err := b.manager.SetRules(context.Background(), testRules(t, rules)); err != nil {
		t.Fatal(err)
	}
	b.deliver()
	if d := b.group().Delivery; d.State != "failing" || d.Error != errNoReceiver.Error() {
		t.Errorf("got delivery %+v", d)
	}
	b.begin(rules)
	if waiting, _ := b.manager.box.counts(); waiting != 1 {
		t.Errorf("%d notifications wait for the receiver, want 1", waiting)
	}
	b.begin(oneRule)
	b.deliver()
	if got := b.receiver.events(); len(got) != 1 || got[0].State != "firing" {
		t.Errorf("the receiver is back and got %+v", got)
	}
}

// TestStartWithoutRules: what fires is resolved if that is allowed, and its receiver hears of it once there are rules again.
func TestStartWithoutRules(t *testing.T) {
	b := newBench(t, "TTT")
	b.begin(oneRule)
	b.steps(1, 3)
	b.begin("allow_removal: true")
	b.deliver()
	if s := b.manager.Stats(); s.Firing != 0 || s.Waiting != 2 {
		t.Errorf("without rules %d fire and %d notifications wait, want 0 and 2", s.Firing, s.Waiting)
	}
	b.begin(oneRule)
	b.deliver()
	if got := b.receiver.events(); len(got) != 2 || got[0].State != "firing" || got[1].State != "resolved" {
		t.Errorf("got %+v, want firing and resolved", got)
	}
}

// TestCheckpointOnAFullDisk: a step that waits for the log keeps neither reloads nor checkpoints waiting.
func TestCheckpointOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "TTT")
		b.begin(oneRule)
		full := errors.New("disk full")
		b.log.setFail(full)
		ctx, cancel := context.WithCancel(t.Context())
		var stepping sync.WaitGroup
		stepping.Go(func() { b.manager.onStep(ctx, stream.Tick{Step: second}) })
		synctest.Wait()
		if err := b.manager.Checkpoint(ctx); !errors.Is(err, full) {
			t.Errorf("checkpoint: %v", err)
		}
		b.log.setFail(nil)
		if err := b.manager.SetRules(ctx, &Rules{}); err != nil {
			t.Error(err)
		}
		stepping.Wait()
		cancel()
		if s := b.manager.Stats(); s.Steps != 1 || s.Pending != 0 || s.Evaluations != 0 {
			t.Errorf("the step was to be taken with the new rules: %+v", s)
		}
	})
}

func TestForgottenGroups(t *testing.T) {
	b := newBench(t, "TTT.")
	b.begin(oneRule)
	b.steps(1, 4)
	b.deliver()
	day := rememberMillis / second
	b.steps(4+day, 4+day)
	b.group()
	b.steps(5+day, 5+day)
	if s := b.manager.Status(); len(s.Rules[0].Groups) != 0 {
		t.Errorf("after a day got %+v", s.Rules[0].Groups)
	}
	if n := len(b.manager.box.lanes); n != 0 {
		t.Errorf("%d lanes are left", n)
	}
	b.begin(oneRule)
	if floor := b.manager.ledger.floor; floor != 2 {
		t.Errorf("the floor of sequence numbers is %d after a restart, want 2", floor)
	}
}

func TestStats(t *testing.T) {
	b := newBench(t, "TTT.TT.T")
	b.receiver.setRefuse(errDown)
	b.begin(oneRule)
	b.steps(1, 3)
	b.deliver()
	b.receiver.setRefuse(nil)
	b.deliver()
	b.steps(4, 8)
	got := b.manager.Stats()
	got.EvaluationTime, got.FirstJudged = 0, 0
	want := Stats{
		Steps: 8, Evaluations: 8, Fired: 1, Resolved: 1, Attempts: 2, AttemptErrors: 1, Waiting: 1, Rules: 1, Pending: 1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	b.begin(oneRule)
	if got := b.manager.Stats(); got.Fired != 0 || got.Steps != 0 || got.Pending != 1 {
		t.Errorf("a replay counts nothing but what is there: %+v", got)
	}
}

// TestDeliveryThatCannotBeLogged checks that it is delivered for this life, and once more in the next.
func TestDeliveryThatCannotBeLogged(t *testing.T) {
	b := newBench(t, "TTTT")
	b.begin(oneRule)
	b.steps(1, 3)
	b.log.setFail(errors.New("disk full"))
	b.deliver()
	b.deliver()
	first := b.receiver.events()
	b.log.setFail(nil)
	b.begin(oneRule)
	b.deliver()
	again := b.receiver.events()
	if len(first) != 1 || len(again) != 1 || first[0].ID != again[0].ID {
		t.Errorf("got %+v and after the restart %+v, want the same event once in each life", first, again)
	}
}

// TestStartSweeps checks that deliveries of alerts of which the log knows nothing else leave no lane.
func TestStartSweeps(t *testing.T) {
	b := newBench(t, "TTT")
	b.begin(oneRule)
	b.steps(1, 3)
	b.log.records = append(b.log.records,
		settledRecord(Settled{ID: "x", Alert: "gone", Receiver: "oncall", Attempts: 1}))
	b.begin(oneRule)
	b.manager.box.sweep(b.manager.ledger.ids())
	if n := len(b.manager.box.lanes); n != 1 {
		t.Errorf("%d lanes, want that of the firing alert", n)
	}
}

func TestSameTagsAreOneGroup(t *testing.T) {
	b := newBench(t, "")
	b.engine.lines = func(expr.Expr, int64) ([]query.StepLine, error) {
		www := tag.New("app", "www")
		return []query.StepLine{{Tags: www, Value: 1}, {Tags: www, Value: 2, Signal: 1}, {Tags: www, Value: 3, Signal: 1}}, nil
	}
	b.begin(oneRule)
	b.steps(1, 1)
	if g := b.group(); g.Value != 2 || g.State != "pending" {
		t.Errorf("got %+v, want the first true line", g)
	}
}

// TestSnapshot checks that a snapshot replays to the same manager as the history.
func TestSnapshot(t *testing.T) {
	b := newBench(t, "TTT.TTTT")
	b.receiver.setRefuse(errDown)
	b.begin(oneRule)
	b.steps(1, 3)
	b.deliver()
	b.receiver.setRefuse(nil)
	b.steps(4, 7)
	want := b.begin(oneRule)
	if err := want.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, history := range []bool{true, false} {
		if !history {
			b.log.records = want.Snapshot()
		}
		got := b.begin(oneRule)
		if diff := cmp.Diff(recordTexts(want.Snapshot()), recordTexts(got.Snapshot())); diff != "" {
			t.Errorf("with history %v (-want +got):\n%s", history, diff)
		}
	}
	b.deliver()
	if got := b.receiver.events(); len(got) != 3 {
		t.Errorf("got %+v, want firing, resolved, firing", got)
	}
}

func recordTexts(records []wal.Record) []string {
	var texts []string
	for _, r := range records {
		texts = append(texts, fmt.Sprintf("%d.%d %s", r.Type, r.Version, r.Body))
	}
	return texts
}

func TestStatusJSON(t *testing.T) {
	b := newBench(t, "TTT")
	b.begin(oneRule)
	b.steps(1, 3)
	s := b.manager.Status()
	s.Now, s.Closed = 5000, 5000
	got, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want := `{
 "now": 5000,
 "step": 3000,
 "closed": 5000,
 "skipped": 0,
 "unknown_steps": 0,
 "unknown": null,
 "waiting": 1,
 "given_up": 0,
 "error": "",
 "held": [],
 "rules": [
  {
   "name": "Down",
   "expr": "name,up,:eq",
   "for": "3s",
   "labels": {
    "severity": "page"
   },
   "annotations": {
    "summary": "{{ .Labels.app }} at {{ .Value }}"
   },
   "notify": [
    "oncall"
   ],
   "state": "firing",
   "evaluated": 3000,
   "error": "",
   "held": false,
   "groups": [
    {
     "id": "` + groupID("Down", tag.New("app", "www")) + `",
     "overflow": false,
     "labels": {
      "app": "www",
      "severity": "page"
     },
     "state": "firing",
     "since": 3000,
     "value": 3000,
     "signal": 1,
     "value_step": 3000,
     "reason": "",
     "unknown": null,
     "annotations": {
      "summary": "www at 3000"
     },
     "graph": {
      "q": "name,up,:eq,:sum",
      "at": 3000
     },
     "delivery": {
      "receiver": "oncall",
      "state": "waiting",
      "at": 0,
      "attempts": 0,
      "error": ""
     }
    }
   ]
  }
 ]
}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}
