package alert

import (
	"context"
	"log/slog"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
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

// A sight tells which steps are known.
type sight struct {
	uptime     *stream.Uptime // nil: all of them
	stepMillis int64
}

// of returns why nothing can be concluded from a step; nil if it is known.
func (s *sight) of(step int64) *Doubt {
	if s.uptime == nil {
		return nil
	}
	if _, why, found := s.uptime.FirstUnknown(step, step); found {
		return &Doubt{First: step, Last: step, Reason: why}
	}
	return nil
}

// ofWindows returns why it cannot be told that an expression is not true at a known step: it reads one that is unknown.
// nil if it reads none.
func (s *sight) ofWindows(e expr.Expr, step int64) *Doubt {
	if s.uptime == nil {
		return nil
	}
	for _, span := range eval.SpansRead(e, step, s.stepMillis) {
		if at, why, found := s.uptime.FirstUnknown(span.First, span.Last); found {
			return &Doubt{First: step, Last: step, Reason: why, Reads: at}
		}
	}
	return nil
}

// log appends records, and before them what the log does not know of the uptime: a step is not to be there without the
// knowledge that judged it.
func (s *sight) log(ctx context.Context, log func(context.Context, ...wal.Record) error, records []wal.Record) error {
	if s.uptime == nil {
		return log(ctx, records...)
	}
	up, holds := s.uptime.Record()
	err := log(ctx, append([]wal.Record{up}, records...)...)
	if err == nil {
		s.uptime.Logged(holds)
	}
	return err
}

// needless reports whether a change need not be in the log: nothing comes of a step that is unknown and not the newest,
// whenever it is looked at. So the steps that a stop has left are gone through without a write for each.
func (c *change) needless(doubt *Doubt, closed int64) bool {
	return doubt != nil && len(c.groups) == 0 && c.step < closed
}

// doubts are what a Manager knows of its unknown steps.
type doubts struct {
	newest     *Doubt    // the newest row; nil if there was none in this life
	began      time.Time // of this life
	stepMillis int64
	log        *slog.Logger
}

// note keeps what is known of a step, and counts it.
func (d *doubts) note(tick stream.Tick, doubt *Doubt, stats *Stats) {
	if tick.Skipped > 0 {
		stats.Unknown += uint64(tick.Skipped)
		row := &Doubt{First: tick.Step - tick.Skipped*d.stepMillis, Last: tick.Step - d.stepMillis, Reason: skipped}
		d.newest = d.newest.then(row, d.stepMillis)
	}
	at := time.UnixMilli(tick.Step).UTC()
	switch {
	case doubt != nil:
		stats.Unknown++
		d.newest = d.newest.then(doubt, d.stepMillis)
		if d.newest == doubt { // not the next of a row
			d.log.Info("a step is unknown: until one is known nothing fires and nothing is resolved", "step", at, "reason", doubt.Reason)
		}
	case stats.FirstJudged == 0:
		stats.FirstJudged = max(time.Since(d.began), 1)
		d.log.Info("the first step is judged", "step", at, "since_start", stats.FirstJudged.Round(time.Millisecond))
	case d.newest != nil && d.newest.Last >= tick.Step-d.stepMillis:
		d.log.Info("steps are known again", "step", at,
			"unknown_since", time.UnixMilli(d.newest.First).UTC(), "reason", d.newest.Reason)
	}
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

// firing returns the change that puts the groups that fire into the log as they are, with their newest values.
func (l *ledger) firing() *change {
	c := &change{step: l.step}
	for _, g := range l.all() {
		if g.state.Phase == Firing {
			c.groups = append(c.groups, g)
		}
	}
	return c
}

// refresh finds out once in a life what the newest values of the alerts that fire are: after a crash the log has those of
// their firing, and a resolved event is to tell the last one. It looks at the newest step of the life before.
func (m *Manager) refresh(ctx context.Context) {
	at, done := m.ledger.step, m.refreshed
	m.refreshed = true
	if done || at == 0 || m.sight.of(at) != nil {
		return
	}
	for _, rule := range m.current.rules.Rules {
		if !m.ledger.has(rule.Name, Firing) {
			continue
		}
		if o := m.evaluator.one(ctx, rule, m.ledger, at); o.err == nil {
			m.mu.Lock()
			m.ledger.note(&o, at, m.sight.stepMillis)
			m.mu.Unlock()
		}
	}
}
