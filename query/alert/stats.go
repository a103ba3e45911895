package alert

import "time"

// Stats are counters since New, and the present size of things.
type Stats struct {
	Steps            uint64        // closed steps that were evaluated
	Skipped          uint64        // closed steps that were missed for too long
	Unknown          uint64        // closed steps of which nothing could be said, those that were skipped among them
	Evaluations      uint64        // of a rule at a step
	EvaluationErrors uint64        // those that failed
	EvaluationTime   time.Duration // all of them together
	Fired, Resolved  uint64        // transitions
	Attempts         uint64        // to deliver a notification
	AttemptErrors    uint64        // those that failed
	Waiting          int           // notifications not delivered yet
	GivenUp          uint64        // notifications dropped for want of room
	Rules            int           // in force
	Pending, Firing  int           // groups
	Held             int           // rules that are not in force and whose alerts fire on
	Refused          bool          // the newest load of rules is not in force
	// FirstJudged is the time from New to the first step that was known and so could be judged; before that, the time
	// that has passed.
	FirstJudged time.Duration
}

// Stats returns the counters.
func (m *Manager) Stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.stats
	s.Rules, s.Held, s.Refused = len(m.current.rules.Rules), len(m.current.held(m.ledger)), m.current.refused != nil
	if s.FirstJudged == 0 {
		s.FirstJudged = time.Since(m.doubts.began)
	}
	for _, ofRule := range m.ledger.groups {
		for _, g := range ofRule {
			switch g.state.Phase {
			case Pending:
				s.Pending++
			case Firing:
				s.Firing++
			}
		}
	}
	s.Attempts, s.AttemptErrors = m.courier.made.Load(), m.courier.failed.Load()
	s.Waiting, s.GivenUp = m.box.counts()
	return s
}
