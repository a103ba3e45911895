package alert

import (
	"context"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A Doubt is a row of steps that said nothing about a rule or an alert, and why. Times are steps, in milliseconds.
type Doubt struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
	// Reason is one of stream's, or one of those below.
	Reason stream.Reason `json:"reason"`
	// Reads is the unknown step that the expression looks back at, where Last itself is known and Reason is why that
	// one is not; else 0.
	Reads int64 `json:"reads,omitempty"`
}

// The reasons for a Doubt besides those of package stream.
const (
	skipped    stream.Reason = "skipped"           // missed for more than stream.MaxCatchUp
	notAnswers stream.Reason = "evaluation failed" // RuleStatus.Error says how
)

// then returns the row that d and a doubt at a later step make: one if they follow each other for the same reason.
func (d *Doubt) then(next *Doubt, size int64) *Doubt {
	if d == nil || d.Reason != next.Reason || next.First > d.Last+size || (d.Reads == 0) != (next.Reads == 0) {
		return next
	}
	return &Doubt{First: d.First, Last: max(d.Last, next.Last), Reason: next.Reason, Reads: next.Reads}
}

// copy returns a Doubt of one's own; nil stays nil.
func (d *Doubt) copy() *Doubt {
	if d == nil {
		return nil
	}
	own := *d
	return &own
}

// firstUnknown returns the first unknown step among first … last; false if all of them are known.
func (m *Manager) firstUnknown(first, last int64) (step int64, why stream.Reason, found bool) {
	if m.cfg.Uptime == nil {
		return 0, "", false
	}
	return m.cfg.Uptime.FirstUnknown(first, last)
}

// doubtOf returns why nothing can be concluded from a step; nil if it is known.
func (m *Manager) doubtOf(step int64) *Doubt {
	if _, why, found := m.firstUnknown(step, step); found {
		return &Doubt{First: step, Last: step, Reason: why}
	}
	return nil
}

// doubtOfWindows returns why it cannot be told that a rule is not true at a known step: its expression reads one that
// is unknown. nil if it reads none, or nobody would care.
func (m *Manager) doubtOfWindows(rule *Rule, step int64) *Doubt {
	if m.cfg.Uptime == nil || !m.ledger.has(rule.Name, Pending) {
		return nil
	}
	for _, span := range eval.SpansRead(rule.Parsed, step, m.cfg.Clock.Step.Milliseconds()) {
		if at, why, found := m.firstUnknown(span.First, span.Last); found {
			return &Doubt{First: step, Last: step, Reason: why, Reads: at}
		}
	}
	return nil
}

// has reports whether a rule has a group in a phase, or beyond it.
func (l *ledger) has(rule string, phase Phase) bool {
	for _, g := range l.groups[rule] {
		if g.state.Phase >= phase {
			return true
		}
	}
	return false
}

// appendWithUptime appends records, and before them what the log does not know of the uptime: a step is not to be
// there without the knowledge that judged it.
func (m *Manager) appendWithUptime(ctx context.Context, records []wal.Record) error {
	if m.cfg.Uptime == nil {
		return m.cfg.Append(ctx, records...)
	}
	up, holds := m.cfg.Uptime.Record()
	err := m.cfg.Append(ctx, append([]wal.Record{up}, records...)...)
	if err == nil {
		m.cfg.Uptime.Logged(holds)
	}
	return err
}

// needless reports whether a change need not be in the log: nothing comes of a step that is unknown and not the newest,
// whenever it is looked at. So the steps that a stop has left are gone through without a write for each.
// A log that fails is tried all the same: nobody else may find out that it works again.
func (m *Manager) needless(c *change, doubt *Doubt) bool {
	return doubt != nil && m.logErr == nil && len(c.groups) == 0 && c.step < m.cfg.Clock.Closed(m.cfg.Now())
}

// noteDoubt keeps for the status and the log what is known of a step, and runs under the lock of both.
func (m *Manager) noteDoubt(tick stream.Tick, doubt *Doubt) {
	size := m.cfg.Clock.Step.Milliseconds()
	if tick.Skipped > 0 {
		m.stats.Unknown += uint64(tick.Skipped)
		m.doubt = m.doubt.then(&Doubt{First: tick.Step - tick.Skipped*size, Last: tick.Step - size, Reason: skipped}, size)
	}
	switch {
	case doubt != nil:
		m.stats.Unknown++
		before := m.doubt
		m.doubt = before.then(doubt, size)
		if m.doubt == doubt { // not the next of a row
			m.cfg.Log.Info("a step is unknown: until one is known nothing fires and nothing is resolved",
				"step", time.UnixMilli(tick.Step).UTC(), "reason", doubt.Reason)
		}
	case m.stats.FirstJudged == 0:
		m.stats.FirstJudged = max(time.Since(m.began), 1)
		m.cfg.Log.Info("the first step is judged", "step", time.UnixMilli(tick.Step).UTC(), "since_start", m.stats.FirstJudged.Round(time.Millisecond))
	}
}

// refresh finds out once in a life what the newest values of the alerts that fire are: the log has only those of their
// firing, and a resolved event is to tell the last one. It looks at the newest step that was judged in the life before.
func (m *Manager) refresh(ctx context.Context) {
	at, done := m.ledger.step, m.refreshed
	m.refreshed = true
	if done || at == 0 || m.doubtOf(at) != nil {
		return
	}
	for _, rule := range m.rules.Rules {
		if !m.ledger.has(rule.Name, Firing) {
			continue
		}
		o := m.evaluateRule(ctx, rule, at)
		if o.err == nil {
			m.mu.Lock()
			m.ledger.note(&o, at, m.cfg.Clock.Step.Milliseconds())
			m.mu.Unlock()
		}
	}
}
