package alert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

const oncallOnly = "receivers: [{name: oncall, webhook: {url: 'http://x/'}}]\n"

// rulesNamed returns a file with a rule of each name; each of them has its own expression.
func rulesNamed(names ...string) string {
	var b strings.Builder
	b.WriteString(oncallOnly + "rules:\n")
	for _, name := range names {
		fmt.Fprintf(&b, "- {name: %s, expr: 'name,%s,:eq', notify: [oncall]}\n", name, name)
	}
	return b.String()
}

// firingBench is a bench whose log holds four rules, of which A and B fire at step 1.
func firingBench(t *testing.T) *bench {
	b := newBench(t, "")
	b.engine.lines = func(tree expr.Expr, _ int64) ([]query.StepLine, error) {
		line := query.StepLine{Tags: tag.New("app", "www"), Value: 7}
		if text := tree.String(); strings.Contains(text, "name,A,") || strings.Contains(text, "name,B,") {
			line.Signal = 1
		}
		return []query.StepLine{line}, nil
	}
	b.begin(rulesNamed("A", "B", "C", "D"))
	b.steps(1, 1)
	b.deliver()
	if events := b.receiver.events(); len(events) != 2 {
		t.Fatalf("got %+v, want two firing", events)
	}
	return b
}

// sweeping are rules files that lack more than half of A, B, C and D.
var sweeping = map[string]string{
	"empty":              "",
	"only comments":      "# rules\n# rules:\n",
	"cut behind rules":   oncallOnly + "rules:",
	"null":               oncallOnly + "rules: null\n",
	"an empty list":      oncallOnly + "rules: []\n",
	"an empty document":  "---\n",
	"all have new names": rulesNamed("A1", "B1", "C1", "D1"),
	"three are gone":     rulesNamed("D", "E", "F", "G", "H", "I"),
	"not the firing one": rulesNamed("A"),
	"removal not meant":  rulesNamed() + "\nallow_removal: false",
}

func TestReloadThatRemovesMostRulesIsRefused(t *testing.T) {
	for name, file := range sweeping {
		b := firingBench(t)
		records := len(b.log.records)
		err := b.manager.SetRules(context.Background(), testRules(t, file))
		var removal *RemovalError
		if !errors.As(err, &removal) || removal.Before != 4 || removal.Firing != 2 || !strings.Contains(err.Error(), "allow_removal: true") {
			t.Errorf("%s: got error %v", name, err)
		}
		b.steps(2, 3)
		b.deliver()
		if events := b.receiver.events(); len(events) != 0 {
			t.Errorf("%s: got %+v, want silence", name, events)
		}
		s := b.manager.Status()
		if len(s.Rules) != 4 || s.Rules[0].State != "firing" || s.Rules[0].Held || !strings.Contains(s.Error, "the newest rules are not in force") {
			t.Errorf("%s: got status %+v, want the old rules and the error", name, s)
		}
		if stats := b.manager.Stats(); !stats.Refused || stats.Firing != 2 || len(b.log.records) != records+2 {
			t.Errorf("%s: got stats %+v and %d new records", name, stats, len(b.log.records)-records)
		}
		if err := b.manager.SetRules(context.Background(), testRules(t, rulesNamed("A", "B", "C", "D"))); err != nil {
			t.Fatal(err)
		}
		if s := b.manager.Status(); s.Error != "" || b.manager.Stats().Refused {
			t.Errorf("%s: after a good load the error is %q", name, s.Error)
		}
		if err := b.manager.SetRules(context.Background(), testRules(t, "allow_removal: true\n"+strings.Replace(file, "\nallow_removal: false", "", 1))); err != nil {
			t.Errorf("%s, allowed: %v", name, err)
		}
	}
}

// TestReloadThatRemovesHalf: half of the rules may go, any number of them while nothing fires, and a changed rule
// is not gone.
func TestReloadThatRemovesHalf(t *testing.T) {
	for name, c := range map[string]struct {
		file     string
		resolved int
	}{
		"half":    {rulesNamed("A", "C"), 1},
		"changed": {strings.ReplaceAll(rulesNamed("A", "B", "C", "D"), ":eq'", ":eq,:max'"), 2},
	} {
		b := firingBench(t)
		if err := b.manager.SetRules(context.Background(), testRules(t, c.file)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		b.deliver()
		if events := b.receiver.events(); len(events) != c.resolved {
			t.Errorf("%s: got %+v, want %d resolved", name, events, c.resolved)
		}
	}
	quiet := newBench(t, "...")
	quiet.begin(rulesNamed("A", "B"))
	quiet.steps(1, 1)
	if err := quiet.manager.SetRules(context.Background(), &Rules{}); err != nil {
		t.Errorf("while nothing fires: %v", err)
	}
}

// TestStartThatLacksMostRulesHolds: a start with such a file resolves nothing, over several restarts and a
// checkpoint, until the rules are back or their removal is allowed.
func TestStartThatLacksMostRulesHolds(t *testing.T) {
	for name, file := range sweeping {
		if name == "not the firing one" || name == "three are gone" {
			continue // they have one of the two, or others: below
		}
		b := firingBench(t)
		for life := range 3 {
			b.begin(file)
			b.steps(int64(2+life), int64(2+life))
			if err := b.manager.Checkpoint(context.Background()); err != nil {
				t.Fatal(err)
			}
			b.log.records = b.manager.Snapshot()
			s := b.manager.Status()
			if diff := cmp.Diff([]string{"A", "B"}, s.Held); diff != "" {
				t.Errorf("%s, life %d: held (-want +got):\n%s", name, life, diff)
			}
			last := s.Rules[len(s.Rules)-1]
			if last.Name != "B" || !last.Held || last.State != "firing" || len(last.Groups) != 1 || last.Groups[0].Value != 7 {
				t.Errorf("%s, life %d: got %+v, want B held", name, life, last)
			}
			if stats := b.manager.Stats(); stats.Held != 2 || stats.Firing != 2 {
				t.Errorf("%s: got stats %+v", name, stats)
			}
		}
		records := slices.Clone(b.log.records)
		b.begin(rulesNamed("A", "B", "C", "D"))
		b.steps(6, 7)
		b.deliver()
		if events, s := b.receiver.events(), b.manager.Status(); len(events) != 0 || len(s.Held) != 0 || s.Rules[0].State != "firing" {
			t.Errorf("%s: the rules are back, and got %+v with status %+v", name, events, s)
		}
		b.log = &memoryLog{records: records}
		b.begin("allow_removal: true\n" + strings.Replace(file, "\nallow_removal: false", "", 1))
		if stats := b.manager.Stats(); stats.Resolved != 2 || stats.Held != 0 {
			t.Errorf("%s: allowed, and got %+v", name, stats)
		}
	}
}

// TestHeldAlertOutlivesOtherLoads: what is held stays so while other rules come and go.
func TestHeldAlertOutlivesOtherLoads(t *testing.T) {
	b := firingBench(t)
	b.begin(rulesNamed("A"))
	for _, file := range []string{rulesNamed("A", "E"), rulesNamed("A", "E", "F", "G"), rulesNamed("A", "E", "F")} {
		if err := b.manager.SetRules(context.Background(), testRules(t, file)); err != nil {
			t.Fatal(err)
		}
		b.begin(file)
		if diff := cmp.Diff([]string{"B"}, b.manager.Status().Held); diff != "" {
			t.Errorf("held (-want +got):\n%s", diff)
		}
	}
	changed := strings.Replace(rulesNamed("A", "B", "E", "F"), "name,B,:eq", "name,other,:eq", 1)
	if err := b.manager.SetRules(context.Background(), testRules(t, changed)); err != nil {
		t.Fatal(err)
	}
	b.deliver()
	if events := b.receiver.events(); len(events) != 1 || events[0].Rule != "B" || events[0].State != "resolved" {
		t.Errorf("the rule is back with another expression, and got %+v", events)
	}
}

// TestStartOnALogWithoutRoster: a log of an older program tells only which rules had alerts.
func TestStartOnALogWithoutRoster(t *testing.T) {
	b := firingBench(t)
	b.log.records = slices.DeleteFunc(b.log.records, func(r wal.Record) bool { return strings.Contains(string(r.Body), `"roster"`) })
	b.begin("")
	b.deliver()
	if events, held := b.receiver.events(), b.manager.Status().Held; len(events) != 0 || len(held) != 2 {
		t.Errorf("got %+v and %v held", events, held)
	}
}

// TestRosterThatCannotBeLogged: new rules are in force although the disk is full, and their roster comes later.
func TestRosterThatCannotBeLogged(t *testing.T) {
	b := firingBench(t)
	b.log.setFail(errors.New("disk full"))
	file := rulesNamed("A", "B", "C", "D", "E")
	if err := b.manager.SetRules(context.Background(), testRules(t, file)); err != nil {
		t.Fatal(err)
	}
	b.log.setFail(nil)
	b.steps(2, 2)
	if got := len(b.manager.ledger.roster); got != 5 {
		t.Errorf("the log knows %d rules, want 5", got)
	}
	b.begin(file)
	if got := len(b.manager.ledger.roster); got != 5 {
		t.Errorf("after a restart the log knows %d rules, want 5", got)
	}
}

func TestLongRoster(t *testing.T) {
	long := roster{}
	for i := range 30_000 {
		long[fmt.Sprintf("%s-%d", strings.Repeat("n", 150), i)] = "0123456789abcdef"
	}
	c := &change{step: 5, rosters: long.parts()}
	records := c.encode()
	if len(records) < 3 {
		t.Errorf("got %d records, want several", len(records))
	}
	l := newLedger()
	l.roster = roster{"old": "x"}
	for _, r := range records {
		if len(r.Body) > 2*chunkBytes {
			t.Errorf("a record of %d bytes", len(r.Body))
		}
		c, err := decodeChange(r)
		if err != nil {
			t.Fatal(err)
		}
		l.apply(c)
	}
	if diff := cmp.Diff(long, l.roster); diff != "" || l.step != 5 {
		t.Errorf("it comes back as %d rules", len(l.roster))
	}
}
