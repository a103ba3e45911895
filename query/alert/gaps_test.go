package alert

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/telamon-tsdb/telamon/query/stream"
)

// TestHeldAlertAtUnknownSteps: a held alert passes unknown steps as it was, and goes on under its rule when that is back,
// at a step that is unknown as well as behind it. What it had come to is known then, and its end comes once.
func TestHeldAlertAtUnknownSteps(t *testing.T) {
	for _, back := range []int64{5, 9} { // the unknown steps are 4 to 7
		b := benchKnowing(t, "TTT       TT..", 1, 3, 8, 14)
		b.begin(oneRule)
		b.steps(1, 3)
		b.begin("") // cut off, and held
		b.steps(4, back-1)
		s := b.manager.Status()
		if len(s.Held) != 1 || s.Rules[0].State != "firing" || s.Rules[0].Groups[0].Value != 3000 {
			t.Errorf("back at %d: held at unknown steps: %+v", back, s)
		}
		if err := b.manager.SetRules(context.Background(), testRules(t, oneRule)); err != nil {
			t.Fatal(err)
		}
		b.engine.lines = lineWhere("TTT    TTTTT..")
		b.steps(back, 14)
		b.deliver()
		events := b.receiver.events()
		if len(events) != 2 || events[1].Step != 13*second || events[1].Reason != Recovered || events[1].Start != second {
			t.Errorf("back at %d: got %+v, want a firing and an end at 13", back, events)
		}
	}
}

// TestRuleComesBackBehindAGap: a rule whose removal was meant has ended, and is new when it is back. The unknown steps
// between say nothing of it.
func TestRuleComesBackBehindAGap(t *testing.T) {
	b := benchKnowing(t, "TTTTTTTTTT", 1, 3, 7, 10)
	b.begin(oneRule)
	b.steps(1, 3)
	b.begin("allow_removal: true\n" + oncallOnly)
	b.steps(4, 5)
	b.begin(oneRule)
	b.steps(6, 8)
	b.deliver()
	events := b.receiver.events()
	if len(events) != 2 || events[1].Reason != RuleRemoved || events[1].Value != 3000 || events[1].ValueStep != 3*second {
		t.Errorf("got %+v, want a firing and a removal with the last value", events)
	}
	b.steps(9, 10)
	b.deliver()
	if events := b.receiver.events(); len(events) != 1 || events[0].Step != 9*second || events[0].Start != 7*second || events[0].Seq != 3 {
		t.Errorf("got %+v, want a second firing of the row from 7", events)
	}
}

// TestOverflowAcrossAStop: an overflow that fires goes on over a stop of some steps, whether these are gone through or
// skipped, and whatever was published meanwhile.
func TestOverflowAcrossAStop(t *testing.T) {
	const many = maxGroups + 1
	for _, skips := range []bool{false, true} {
		known := benchKnowing(t, "", 1, 2, 7, 9)
		b := overflowBench(t, "0", many, many, 0, many, 0, 3, many, many, 2)
		b.sees, b.log.records = true, known.log.records
		rules := strings.Replace(runbookRule, "FOR", "0", 1)
		b.begin(rules)
		b.steps(1, 2)
		wantTold(t, b, "firing all 10001 1")
		b.begin(rules)
		if skips {
			b.manager.onStep(context.Background(), stream.Tick{Step: 7 * second, Skipped: 4})
		} else {
			b.steps(3, 7)
		}
		b.begin(rules)
		b.steps(8, 8)
		wantTold(t, b)
		b.steps(9, 9)
		wantTold(t, b, "resolved all 2 9", "firing 000000 5 9", "firing 000001 5 9")
	}
}

// TestOverflowReadsUnknownSteps: where the expression looks back at an unknown step, few true groups do not end the
// overflow; the alert says why, and keeps the count that is known.
func TestOverflowReadsUnknownSteps(t *testing.T) {
	const many = maxGroups + 1
	known := benchKnowing(t, "", 1, 5, 8, 12)
	b := overflowBench(t, "0", 0, 0, 0, many, many, 0, 0, 3, 3, 3, 2, 2)
	b.sees, b.log.records = true, known.log.records
	b.begin(strings.NewReplacer("FOR", "0", "name,up,:eq", "name,up,:eq,(,n,),:by,3,:rolling-max,1,:gt").Replace(runbookRule))
	b.steps(4, 9)
	wantTold(t, b, "firing all 10001 4")
	g := b.labelled("all")
	if g.State != "firing" || g.Value != many || g.ValueStep != 5*second {
		t.Errorf("got %+v, want the count of step 5, the last that is known", g)
	}
	if d := g.Doubt; d == nil || d.Last != 9*second || d.Reason != stream.Stopped || d.Reads == 0 {
		t.Errorf("got doubt %+v, want that step 9 reads unknown ones", d)
	}
	b.steps(10, 10)
	wantTold(t, b, "resolved all 3 10", "firing 000000 5 10", "firing 000001 5 10", "firing 000002 5 10")
}

const twoRules = oneRule + "- {name: Other, expr: 'name,other,:eq'}\n"

// owe loads two rules in place of one while the log takes nothing.
func (b *bench) owe(t *testing.T) {
	t.Helper()
	b.log.setFail(errors.New("disk full"))
	if err := b.manager.SetRules(context.Background(), testRules(t, twoRules)); err != nil {
		t.Fatal(err)
	}
	b.log.setFail(nil)
}

// wantLogged wants that the log knows so many rules.
func (b *bench) wantLogged(t *testing.T, rules int) {
	t.Helper()
	m := New(Config{Clock: stream.Clock{Step: time.Second}, Evaluate: b.engine.Evaluate, Append: b.log.Append, Send: b.receiver.Send})
	b.log.replay(t, m)
	if got := len(m.ledger.roster); got != rules {
		t.Errorf("the log knows %d rules, want %d", got, rules)
	}
}

// TestRosterIsOwedAtUnknownSteps: what the log did not take of a load comes with the next step, an unknown one too,
// which would need no record of its own.
func TestRosterIsOwedAtUnknownSteps(t *testing.T) {
	b := benchKnowing(t, "TT", 1, 2)
	b.begin(oneRule)
	b.steps(1, 2)
	b.owe(t)
	b.steps(3, 3)
	b.wantLogged(t, 2)
}

// TestRosterIsOwedAtTheEnd: where no step comes any more, it comes with the end.
func TestRosterIsOwedAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTT")
		b.begin(oneRule).Start()
		pass(2500 * time.Millisecond)
		b.owe(t)
		b.manager.Close()
		b.wantLogged(t, 2)
	})
}
