package alert

import (
	"context"
	"errors"
	"time"

	"github.com/telamon-tsdb/telamon/query/stream"
)

// appendRetry is the wait after a failed append.
const appendRetry = time.Second

// evaluateTimeout bounds the evaluation of one rule for one step, so that one runaway expression cannot
// hold up the other rules for ever.
const evaluateTimeout = 30 * time.Second

// errSlowRule reports a rule that evaluateTimeout ended.
var errSlowRule = errors.New("the evaluation took longer than 30s and was ended: narrow the query")

// onStep evaluates every rule for one closed step, logs what that changed, and only then lets it be known.
// A decision is what is in the log: until it is, the step is not done, and the same decision is
// tried again, so that a full disk holds alerting up and does not split it from what a restart finds.
func (m *Manager) onStep(ctx context.Context, tick stream.Tick) {
	m.stepMu.Lock()
	defer m.stepMu.Unlock()
	begin := time.Now()
	outcomes := m.evaluate(ctx, tick.Step)
	took := time.Since(begin)
	if ctx.Err() != nil {
		return // closing: the next life evaluates this step
	}
	c := m.ledger.decide(tick, m.cfg.Clock.Step, outcomes) // only holders of stepMu change the ledger
	if !m.appendUntil(ctx, c) {
		return
	}
	m.commit(c)
	m.note(tick, outcomes, took)
}

// appendUntil appends c, again and again until the log takes it; false if ctx ends before.
func (m *Manager) appendUntil(ctx context.Context, c *change) bool {
	err := m.append(ctx, c)
	if err == nil {
		return true
	}
	m.cfg.Log.Error("alert states are not in the log: evaluation waits", "step", c.step, "err", err)
	for err != nil {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(appendRetry):
		}
		err = m.append(ctx, c)
	}
	m.cfg.Log.Info("the log takes alert states again: evaluation goes on", "step", c.step)
	return true
}

// evaluate runs every rule for one step, in the order of the file.
func (m *Manager) evaluate(ctx context.Context, step int64) []outcome {
	outcomes := make([]outcome, 0, len(m.rules.Rules)) // only holders of stepMu change the rules
	for _, rule := range m.rules.Rules {
		bounded, cancel := context.WithTimeoutCause(ctx, evaluateTimeout, errSlowRule)
		lines, err := m.cfg.Evaluate(bounded, rule.Parsed, step)
		if err != nil && context.Cause(bounded) == errSlowRule {
			err = errSlowRule
		}
		cancel()
		if err == nil {
			err = checkLines(lines)
		}
		if err != nil {
			lines = nil
		}
		outcomes = append(outcomes, outcome{rule, lines, err})
	}
	return outcomes
}

// note keeps for the status what is not in the ledger's changes: newest values and errors.
func (m *Manager) note(tick stream.Tick, outcomes []outcome, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Steps++
	m.stats.Skipped += uint64(tick.Skipped)
	m.stats.Evaluations += uint64(len(outcomes))
	m.stats.EvaluationTime += took
	for i := range outcomes {
		o := &outcomes[i]
		if o.err != nil {
			m.stats.EvaluationErrors++
		}
		r := m.runs[o.rule.Name]
		if o.err != nil && r.err == nil {
			m.cfg.Log.Warn("rule not evaluated", "rule", o.rule.Name, "err", o.err)
		}
		r.evaluated, r.err = tick.Step, o.err
		m.ledger.note(o)
	}
}
