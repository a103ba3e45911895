package alert

import (
	"context"
	"errors"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
)

// appendRetry is the wait after a failed append.
const appendRetry = time.Second

// evaluateTimeout bounds the evaluation of one rule for one step, so that one runaway expression cannot
// hold up the other rules for ever.
const evaluateTimeout = 30 * time.Second

// errSlowRule reports a rule that evaluateTimeout ended.
var errSlowRule = errors.New("the evaluation took longer than 30s and was ended: narrow the query")

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
	outcomes := m.evaluate(ctx, tick.Step, doubt)
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

// evaluate runs every rule for one step, in the order of the file. Of a step that is unknown nothing can be concluded:
// no rule is run.
func (m *Manager) evaluate(ctx context.Context, step int64, doubt *Doubt) []outcome {
	outcomes := make([]outcome, 0, len(m.rules.Rules)) // only holders of stepMu change the rules
	for _, rule := range m.rules.Rules {
		if doubt != nil {
			outcomes = append(outcomes, outcome{rule: rule, doubt: doubt})
			continue
		}
		outcomes = append(outcomes, m.evaluateRule(ctx, rule, step))
	}
	return outcomes
}

// evaluateRule runs one rule for a step that is known.
func (m *Manager) evaluateRule(ctx context.Context, rule *Rule, step int64) outcome {
	bounded, cancel := context.WithTimeoutCause(ctx, evaluateTimeout, errSlowRule)
	defer cancel()
	lines, err := m.cfg.Evaluate(bounded, rule.Parsed, step)
	if err != nil && context.Cause(bounded) == errSlowRule {
		err = errSlowRule
	}
	if err != nil {
		return outcome{rule: rule, err: err, doubt: &Doubt{First: step, Last: step, Reason: notAnswers}}
	}
	o := outcome{rule: rule, lines: lines}
	if m.ledger.has(rule.Name, Pending) { // else nothing can end
		o.doubt = m.sight.ofWindows(rule.Parsed, step)
	}
	if o.doubt == nil {
		o.without = m.ledger.withoutData(rule, lines, func(e expr.Expr) ([]query.StepLine, error) {
			return m.cfg.Evaluate(bounded, e, step)
		})
	}
	return o
}

// note keeps for the status what is not in the ledger's changes: newest values, errors and doubts.
func (m *Manager) note(tick stream.Tick, doubt *Doubt, outcomes []outcome, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stats.Steps++
	m.stats.Skipped += uint64(tick.Skipped)
	m.noteDoubt(tick, doubt)
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
