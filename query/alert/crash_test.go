package alert

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

const modelRules = `
receivers: [{name: a, webhook: {url: "http://a/"}}, {name: b, webhook: {url: "http://b/"}}]
rules:
- {name: Slow, expr: "name,slow,:eq", for: 2s, notify: [a, b]}
- {name: Fast, expr: "name,fast,:eq", notify: [a]}
`

// The expressions of the rules, as they are written back.
const (
	slowExpr = "name,slow,:eq,:sum"
	fastExpr = "name,fast,:eq,:sum"
)

var modelGroups = []string{"x", "y"}

// A signalTable tells what each group of each rule reads at each step; it is the same whenever asked.
type signalTable map[string][]Reading

func drawSignals(t *rapid.T, steps int) signalTable {
	table := signalTable{}
	for _, e := range []string{slowExpr, fastExpr} {
		for _, g := range modelGroups {
			table[e+g] = rapid.SliceOfN(rapid.SampledFrom([]Reading{True, True, NotTrue}), steps, steps).Draw(t, e+g)
		}
	}
	return table
}

func (s signalTable) lines(p expr.Expr, step int64) ([]query.StepLine, error) {
	var samples []query.StepLine
	for _, g := range modelGroups {
		if s[p.String()+g][step/second-1] == True {
			samples = append(samples, query.StepLine{Tags: tag.New("g", g), Value: 1, Signal: 1})
		}
	}
	return samples, nil
}

// wanted returns the events that one receiver hears of one alert if nothing ever goes wrong, as "seq state step".
func (s signalTable) wanted(e, g string, hold int64, ticks []stream.Tick, known []bool) []string {
	var texts []string
	var state State
	for _, tick := range ticks {
		if tick.Skipped > 0 {
			state = state.unseen(tick.Step-second, tick.Skipped*second, second)
		}
		var transition Transition
		reading := s[e+g][tick.Step/second-1]
		if !known[tick.Step/second-1] {
			reading = Unknown
		}
		state, transition = state.Next(reading, tick.Step, hold, second)
		if transition != None {
			texts = append(texts, fmt.Sprintf("%d %s %d", state.Seq, []string{"", "firing", "resolved"}[transition], tick.Step))
		}
	}
	return texts
}

type crash struct{}

// A crashModel is a manager that is killed at random moments, and receivers that fold by ID.
type crashModel struct {
	*bench
	rt      *rapid.T
	signals signalTable
	ticks   []stream.Tick
	done    int // of ticks
	seen    map[string]bool
	folded  map[string][]string // receiver and alert -> "seq state step"
}

// life runs f until it returns or is killed; then the next life begins from the log.
func (m *crashModel) life(f func()) {
	defer func() {
		m.log.crash = nil
		switch r := recover(); r {
		case nil:
		case crash{}:
			// A panic leaves the locks of the dead as they were: the log outlives them.
			m.log = &memoryLog{records: m.log.records}
			m.begin(modelRules)
			m.checkStep()
		default:
			panic(r)
		}
	}()
	f()
}

// checkStep finds out which steps the log has.
func (m *crashModel) checkStep() {
	step := m.manager.ledger.step
	m.done = slices.IndexFunc(m.ticks, func(t stream.Tick) bool { return t.Step > step })
	if m.done < 0 {
		m.done = len(m.ticks)
	}
}

// mayCrash kills the process at the next append, or not.
func (m *crashModel) mayCrash() {
	if rapid.IntRange(0, 3).Draw(m.rt, "crash") == 0 {
		m.log.crash = func() { panic(crash{}) }
		m.log.lose = rapid.Bool().Draw(m.rt, "lose")
	}
}

func (m *crashModel) step() {
	if m.done == len(m.ticks) {
		return
	}
	m.manager.onStep(context.Background(), m.ticks[m.done])
	m.done++
}

// attempt makes one attempt at a random moment; its answer may be lost.
func (m *crashModel) attempt() {
	l, n, _ := m.manager.box.take(time.Now().Add(time.Hour))
	if l == nil {
		return
	}
	m.receiver.refuse = nil
	outcome := rapid.IntRange(0, 2).Draw(m.rt, "outcome")
	if outcome == 0 {
		m.receiver.refuse = errDown
	}
	defer m.fold(n.Receiver)
	if outcome == 1 { // it arrives, but the answer does not
		_ = m.receiver.Send(context.Background(), Receiver{}, n.Body)
		m.receiver.refuse = errDown
	}
	m.manager.courier.attempt(context.Background(), l, n)
}

// fold is what a receiver does: it drops what it has seen.
func (m *crashModel) fold(receiver string) {
	for _, e := range m.receiver.events() {
		if key := receiver + e.ID; !m.seen[key] {
			m.seen[key] = true
			lane := receiver + e.Rule + e.Labels["g"]
			m.folded[lane] = append(m.folded[lane], fmt.Sprintf("%d %s %d", e.Seq, e.State, e.Step))
		}
	}
}

// checkpoint writes a snapshot and drops what is before it, unless killed in between.
func (m *crashModel) checkpoint() {
	before := len(m.log.records)
	if err := m.manager.Checkpoint(context.Background()); err != nil {
		m.rt.Fatalf("checkpoint: %v", err)
	}
	m.log.records = m.log.records[before:]
}

// TestCrashModel kills the manager at random moments and holds what its receivers saw against what an
// undisturbed one would have told them: each transition once and in order.
func TestCrashModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const steps = 20
		m := &crashModel{bench: newBench(t, ""), rt: t, signals: drawSignals(t, steps), seen: map[string]bool{}, folded: map[string][]string{}}
		m.engine.lines = m.signals.lines
		for s := int64(1); s <= steps; s++ {
			skip := int64(0)
			if s < steps && rapid.IntRange(0, 9).Draw(t, "skip") == 0 {
				skip = 1
			}
			m.ticks = append(m.ticks, stream.Tick{Step: (s + skip) * second, Skipped: skip})
			s += skip
		}
		known := rapid.SliceOfN(rapid.SampledFrom([]bool{true, true, false}), steps, steps).Draw(t, "known")
		var up []int64
		for i, one := range known {
			switch {
			case one && (i == 0 || !known[i-1]):
				up = append(up, int64(i), int64(i+1))
			case one:
				up[len(up)-1]++
			}
		}
		m.sees = true
		m.log.records = append(m.log.records, upRecord(up...))
		m.begin(modelRules)
		actions := []func(){m.step, m.step, m.attempt, m.attempt, m.attempt, m.checkpoint}
		for range rapid.IntRange(0, 80).Draw(t, "actions") {
			action := actions[rapid.IntRange(0, len(actions)-1).Draw(t, "action")]
			m.life(func() {
				m.mayCrash()
				action()
			})
		}
		m.life(func() { // and now all goes well
			for m.done < len(m.ticks) {
				m.step()
			}
			m.receiver.refuse = nil
			for {
				l, n, _ := m.manager.box.take(time.Now().Add(time.Hour))
				if l == nil {
					break
				}
				m.manager.courier.attempt(context.Background(), l, n)
				m.fold(n.Receiver)
			}
		})
		for _, lane := range []struct {
			receiver, rule, expr string
			hold                 int64
		}{{"a", "Slow", slowExpr, second}, {"b", "Slow", slowExpr, second}, {"a", "Fast", fastExpr, 0}} {
			for _, g := range modelGroups {
				want := m.signals.wanted(lane.expr, g, lane.hold, m.ticks, known)
				if got := m.folded[lane.receiver+lane.rule+g]; !slices.Equal(got, want) {
					t.Fatalf("receiver %s, rule %s, group %s:\n got %v\nwant %v", lane.receiver, lane.rule, g, got, want)
				}
			}
		}
	})
}
