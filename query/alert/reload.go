package alert

import (
	"context"
	"fmt"
	"maps"
	"time"
)

// SetRules puts rules in the place of the ones before, at once and between two steps. A rule with the
// same name, expression and labels keeps its states. The alerts of one that is gone or changed and that fire
// are resolved; those that are pending are dropped. It waits for the step under way.
//
// Rules that lack more than half of those in force while an alert fires are refused with a *RemovalError,
// unless they allow it. The first rules of a life are not refused, because there are none to go on with: the
// alerts that fire and whose rules are gone are held. They fire on in silence, over restarts too, until their rule comes
// back or rules allow the removal.
//
// On an error, that or the log's, nothing has changed, and the status tells of it.
func (m *Manager) SetRules(ctx context.Context, rules *Rules) error {
	m.stepMu.Lock()
	defer m.stepMu.Unlock()
	before := m.current.roster(m.ledger)
	d, firing := before.differenceTo(rules), m.ledger.countFiring()
	sweeps := d.isSweeping() && firing > 0 && !rules.AllowRemoval
	if sweeps && m.current.loaded {
		return m.refuse(&RemovalError{d.gone, d.before, firing})
	}
	c := m.ledger.retire(rules, holding{before, sweeps, rules})
	if now := rosterOf(rules); !maps.Equal(now, m.ledger.roster) {
		c.rosters = now.parts()
	}
	if err := m.appendLoad(ctx, c); err != nil {
		return m.refuse(err)
	}
	m.putInForce(rules)
	logLoad(m.cfg.Log, &d, m.current.held(m.ledger))
	return nil
}

// refuse notes err for the status and returns it, as the caller wants to say it.
func (m *Manager) refuse(err error) error {
	m.RefuseRules(err)
	return fmt.Errorf("alert: the new rules are not in force: %w", err)
}

// appendLoad logs and applies what a load changes. That only the roster is not in the log is no reason to
// refuse rules: it is logged with the next step.
func (m *Manager) appendLoad(ctx context.Context, c *change) error {
	m.owed = nil
	if len(c.groups) == 0 && len(c.rosters) == 0 {
		return nil
	}
	err := m.append(ctx, c)
	switch {
	case err == nil:
		m.commit(c)
	case len(c.groups) == 0:
		m.owed, err = c.rosters, nil
	}
	return err
}

// putInForce replaces the rules, and keeps what is known of those that are the same.
func (m *Manager) putInForce(rules *Rules) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.current.rules.byName()
	runs := make(map[string]*run, len(rules.Rules))
	for _, rule := range rules.Rules {
		runs[rule.Name] = &run{}
		if o := old[rule.Name]; o != nil && o.identity() == rule.identity() {
			runs[rule.Name] = m.runs[rule.Name]
		}
	}
	m.current, m.runs = current{rules: rules, loaded: true}, runs
	m.box.hurry(time.Now()) // perhaps it was the address that was wrong
	m.courier.look()
}

// RefuseRules notes why a rules file is not in force, such as that it could not be read, for the status until
// SetRules succeeds. What SetRules refuses itself it notes by itself.
func (m *Manager) RefuseRules(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.current.refused = err
}
