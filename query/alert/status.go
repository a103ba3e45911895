package alert

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// A Status is what GET /api/v1/alerts answers: every rule with its groups. Times are milliseconds since
// the epoch.
type Status struct {
	Now    int64 `json:"now"`    // wall time
	Step   int64 `json:"step"`   // newest evaluated step; 0 before the first
	Closed int64 `json:"closed"` // newest closed step: less than Step while the clock is behind, more while catching up
	// Skipped counts the steps since the start that were missed for too long to be caught up.
	Skipped uint64 `json:"skipped"`
	// Unknown counts the steps since the start of which nothing could be said, because the server was not taking samples;
	// those that were skipped are among them. Doubt is the newest row of them; null if there was none.
	Unknown uint64 `json:"unknown_steps"`
	Doubt   *Doubt `json:"unknown"`
	// Waiting and GivenUp count notifications: not delivered yet, and dropped for want of room.
	Waiting int    `json:"waiting"`
	GivenUp uint64 `json:"given_up"`
	// Error says why evaluation stands still, and why the newest rules are not in force; empty if all is well.
	Error string `json:"error"`
	// Held names the rules that are not in the rules file and whose alerts fire on all the same: see
	// Manager.SetRules.
	Held  []string     `json:"held"`
	Rules []RuleStatus `json:"rules"` // in the order of the rules file, and then those that are held
}

// A RuleStatus is one rule in a Status.
type RuleStatus struct {
	Name        string            `json:"name"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"` // as 3m
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"` // templates as written
	Notify      []string          `json:"notify"`
	State       string            `json:"state"`     // inactive, pending or firing: the highest of its groups
	Evaluated   int64             `json:"evaluated"` // newest step, of those that are known; 0 before the first
	Error       string            `json:"error"`     // of that evaluation
	// Held rules are not in the rules file: only their name and their groups, which all fire, are known.
	Held bool `json:"held"`
	// Groups are those that are firing, pending, or were resolved a while ago ("inactive"), in this order.
	Groups []GroupStatus `json:"groups"`
}

// A GroupStatus is one alert: a line of a rule.
type GroupStatus struct {
	ID string `json:"id"`
	// Overflow says that the alert is not of a line, but of the rule: more than 10,000 lines are true.
	Overflow bool              `json:"overflow"`
	Labels   map[string]string `json:"labels"`
	State    string            `json:"state"`
	Since    int64             `json:"since"` // the step at which State began
	// Value and Signal are the newest that are known, those of ValueStep: where the line is missing since then, the last
	// it had. null where there never was a value.
	Value     Number `json:"value"`
	Signal    Number `json:"signal"`
	ValueStep int64  `json:"value_step"`
	// Reason says why the newest episode of an inactive alert ended: "recovered" or "no_data"; "" otherwise.
	Reason Resolution `json:"reason"`
	// Doubt is the newest row of steps that said nothing about the alert, and why; null if there was none since the start.
	// It lasts if its Last is Status.Step.
	Doubt       *Doubt            `json:"unknown"`
	Annotations map[string]string `json:"annotations"` // rendered when State began
	Graph       GraphStatus       `json:"graph"`
	Delivery    Delivery          `json:"delivery"` // at the receiver where it fares worst
}

// Status returns how things stand. The caller may keep and change it.
func (m *Manager) Status() Status {
	s, _, rules := m.Statuses()
	s.Rules = slices.AppendSeq([]RuleStatus{}, rules)
	return s
}

// Statuses returns the same without the rules, how many groups one of them has at most, and each rule as it stands when its
// turn has come: groups of many rules take much memory, and time in which no step can be taken. The caller may keep and change
// them.
func (m *Manager) Statuses() (s Status, groups int, statuses iter.Seq[RuleStatus]) {
	m.mu.Lock()
	rules := m.current.rules
	for _, ofRule := range m.ledger.groups {
		groups = max(groups, len(ofRule))
	}
	m.mu.Unlock()
	s = m.overview()
	return s, groups, func(yield func(RuleStatus) bool) {
		for _, rule := range rules.Rules {
			if one, ok := m.statusOf(rule, false); ok && !yield(one) {
				return
			}
		}
		for _, name := range s.Held {
			if one, ok := m.statusOf(&Rule{Name: name, ForText: "0s"}, true); ok && !yield(one) {
				return
			}
		}
	}
}

// statusOf returns the status of a rule, unless it is not in force any more. Of one that is held only the name is known.
func (m *Manager) statusOf(rule *Rule, held bool) (RuleStatus, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.runs[rule.Name]
	if held {
		r = &run{}
	}
	if r == nil {
		return RuleStatus{}, false
	}
	s := ruleStatus(rule, r, m.ledger, m.box)
	s.Held = held
	return s, true
}

// overview is a Status without rules.
func (m *Manager) overview() Status {
	now := m.cfg.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Status{
		Now: now.UnixMilli(), Step: m.ledger.step, Closed: m.cfg.Clock.Closed(now), Skipped: m.stats.Skipped,
		Unknown: m.stats.Unknown, Doubt: m.doubts.newest.copy(),
	}
	s.Waiting, s.GivenUp = m.box.counts()
	s.Error = strings.Join(m.troubles(now), "; ")
	s.Held = m.current.held(m.ledger)
	return s
}

// troubles returns what the status says is wrong. It runs under the lock of Status.
func (m *Manager) troubles(now time.Time) []string {
	var list []string
	switch back := m.cfg.Clock.Behind(m.ledger.step, now); {
	case m.logErr != nil:
		list = append(list, "states are not in the log: "+m.logErr.Error())
	case back > 0:
		list = append(list, "the clock went back by "+back.String()+" (or the delay grew): evaluation waits until the last step has closed again")
	}
	if m.current.refused != nil {
		list = append(list, "the newest rules are not in force: "+m.current.refused.Error())
	}
	return list
}

// ruleStatus returns the status of a rule and its newest evaluation, with the groups that l has of it.
func ruleStatus(rule *Rule, r *run, l *ledger, box *outbox) RuleStatus {
	s := RuleStatus{
		Name: rule.Name, Expr: rule.Expr, For: rule.ForText, Labels: cloneMap(rule.Labels),
		Annotations: make(map[string]string, len(rule.Annotations)), Notify: append([]string{}, rule.Notify...),
		Evaluated: r.evaluated, Groups: []GroupStatus{},
	}
	if r.err != nil {
		s.Error = r.err.Error()
	}
	for key, template := range rule.Annotations {
		s.Annotations[key] = template.String()
	}
	highest := Inactive
	groups := sortedGroups(l.groups[rule.Name])
	slices.SortStableFunc(groups, func(a, b *group) int { return int(b.state.Phase) - int(a.state.Phase) })
	for _, g := range groups {
		highest = max(highest, g.state.Phase)
		s.Groups = append(s.Groups, GroupStatus{
			ID: g.id, Overflow: g.overflow, Labels: cloneMap(g.labels), State: g.state.Phase.String(), Since: g.state.Since,
			Value: g.reached.value, Signal: g.reached.signal, ValueStep: g.reached.step, Reason: g.reason, Doubt: g.doubt.copy(),
			Annotations: cloneMap(g.annotations), Graph: r.graph(rule, g, len(groups)), Delivery: box.delivery(g.id, g.told),
		})
	}
	s.State = highest.String()
	return s
}

// cloneMap returns a copy of m that is never nil, so that it is {} in JSON.
func cloneMap(m map[string]string) map[string]string {
	c := make(map[string]string, len(m))
	for key, value := range m {
		c[key] = value
	}
	return c
}
