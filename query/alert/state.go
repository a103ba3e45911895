package alert

import "math"

// A Phase says where a group stands.
type Phase uint8

// The phases. Pending is true, but not for as long as the rule wants.
const (
	Inactive Phase = iota
	Pending
	Firing
)

// String returns the word for p in the status.
func (p Phase) String() string {
	switch p {
	case Inactive:
		return "inactive"
	case Pending:
		return "pending"
	case Firing:
		return "firing"
	}
	return "unknown"
}

// A Reading is what one closed step says about a group.
type Reading uint8

// The readings. Unknown is a step of which nothing can be said: the server was not taking samples all of it, the
// expression reads such a step and is not true, or it was not evaluated. It is evidence neither for nor against.
const (
	NotTrue Reading = iota
	True
	Unknown
)

// ReadingOf returns the reading of a signal: NaN and whatever is as good as 0 are not true.
func ReadingOf(signal float64) Reading {
	if math.Abs(signal) >= 1e-12 { // the truth of the language; false for NaN
		return True
	}
	return NotTrue
}

// A Transition is a change that people hear of.
type Transition uint8

// The transitions.
const (
	None Transition = iota
	Fired
	Resolved
)

// A State is all that is remembered of one group from step to step. The zero value is a group that
// was never true. Times are steps, in milliseconds since the epoch.
type State struct {
	Phase Phase `json:"phase"`
	// Start is the first of the true steps in a row that led to Phase; 0 when Inactive.
	Start int64 `json:"start,omitempty"`
	// Since is the step at which Phase began.
	Since int64 `json:"since,omitempty"`
	// Unknown is how much of the time since Start was unknown, in milliseconds, and UnknownAt the newest step of it. Only
	// for Pending.
	Unknown   int64 `json:"unknown,omitempty"`
	UnknownAt int64 `json:"unknown_at,omitempty"`
	// Seq counts the transitions so far; 0 means that the group never fired.
	Seq uint64 `json:"seq,omitempty"`
}

// Next is the state machine of alerting, shared by live evaluation and replay: the state after step
// was read, and the transition that this made. Steps come in order; those that are left out go to unseen. A group
// fires at the first true step that lies hold milliseconds or more of known time behind the first of its row
// (Rule.hold), with hold 0 at once. A step is size milliseconds.
//
//	           True, held       NotTrue
//	Inactive ────────────► Firing ──────► Inactive
//	   │ ▲                   ▲
//	   │ │ NotTrue           │ True, held
//	   ▼ │                   │
//	  Pending ───────────────┘
//
// Unknown moves nothing: the row of a pending group goes on behind it, as if the step had not been.
// To read a step again with the same reading changes nothing.
func (s State) Next(r Reading, step, hold, size int64) (State, Transition) {
	switch {
	case r == Unknown:
		return s.unseen(step, size, size), None
	case s.Phase == Firing && r == NotTrue:
		return State{Phase: Inactive, Since: step, Seq: s.Seq + 1}, Resolved
	case s.Phase == Firing:
		return s, None
	case r == NotTrue && s.Phase == Pending:
		return State{Phase: Inactive, Since: step, Seq: s.Seq}, None
	case r == NotTrue:
		return s, None
	}
	if s.Phase == Inactive {
		s.Phase, s.Start, s.Since = Pending, step, step
	}
	if step-s.Start-s.Unknown >= hold {
		return State{Phase: Firing, Start: s.Start, Since: step, Seq: s.Seq + 1}, Fired
	}
	return s, None
}

// unseen returns the state after steps of which nothing is known, so many milliseconds of them, up to step. Those that
// it has counted already are not counted again.
func (s State) unseen(step, millis, size int64) State {
	counted := max(s.Start-size, s.UnknownAt)
	if s.Phase == Pending && step > counted {
		s.Unknown += min(millis, step-counted)
		s.UnknownAt = step
	}
	return s
}

// isBlank reports whether nothing would be lost if s was forgotten.
func (s State) isBlank() bool { return s.Phase == Inactive && s.Seq == 0 }
