package alert

import (
	"context"
	"time"

	"github.com/telamon-tsdb/telamon/query/stream"
)

// appendRetry is the wait after a failed append.
const appendRetry = time.Second

// onStep takes one closed step until it is in the log: a full disk holds alerting up and does not split it
// from what a restart finds. Between two tries reloads and checkpoints have their turn.
func (m *Manager) onStep(ctx context.Context, tick stream.Tick) {
	err := m.tryStep(ctx, tick)
	if err == nil || ctx.Err() != nil {
		return
	}
	m.cfg.Log.Error("alert states are not in the log: evaluation waits", "step", tick.Step, "err", err)
	for err != nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(appendRetry):
		}
		err = m.tryStep(ctx, tick)
	}
	if ctx.Err() == nil {
		m.cfg.Log.Info("the log takes alert states again: evaluation goes on", "step", tick.Step)
	}
}

// tryStep evaluates every rule for one closed step, logs what that changed, and only then lets it be known.
// On an error, which is the log's, nothing has changed.
func (m *Manager) tryStep(ctx context.Context, tick stream.Tick) error {
	m.stepMu.Lock()
	defer m.stepMu.Unlock()
	begin := time.Now()
	m.refresh(ctx)
	doubt := m.sight.of(tick.Step)
	outcomes := m.evaluator.all(ctx, m.current.rules, m.ledger, tick.Step, doubt) // only holders of stepMu change the rules
	took := time.Since(begin)
	if ctx.Err() != nil {
		return nil // closing: the next life evaluates this step
	}
	c := m.ledger.decide(tick, m.cfg.Clock.Step, outcomes) // only holders of stepMu change the ledger
	c.rosters = m.owed
	// A log that fails is tried in any case: perhaps nobody else finds out that it works again.
	if m.logErr != nil || len(m.owed) > 0 || !c.needless(doubt, m.cfg.Clock.Closed(m.cfg.Now())) {
		if err := m.append(ctx, c); err != nil {
			return err
		}
	}
	m.owed = nil
	m.commit(c)
	m.note(tick, doubt, outcomes, took)
	return nil
}

// note keeps for the status what is not in the ledger's changes: newest values, errors and doubts.
func (m *Manager) note(tick stream.Tick, doubt *Doubt, outcomes []outcome, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Steps++
	m.stats.Skipped += uint64(tick.Skipped)
	m.doubts.note(tick, doubt, &m.stats)
	for i := range outcomes {
		o := &outcomes[i]
		m.ledger.note(o, tick.Step, m.sight.stepMillis)
		if doubt != nil {
			continue
		}
		m.stats.Evaluations++
		if o.err != nil {
			m.stats.EvaluationErrors++
		}
		r := m.runs[o.rule.Name]
		if o.err != nil && r.err == nil {
			m.cfg.Log.Warn("rule not evaluated", "rule", o.rule.Name, "err", o.err)
		}
		r.evaluated, r.err = tick.Step, o.err
	}
	if doubt == nil {
		m.stats.EvaluationTime += took
	}
}
