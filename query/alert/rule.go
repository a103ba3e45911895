package alert

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// Rules are what a rules file says: who can be told, and when to tell them. They are not changed
// after Load.
type Rules struct {
	Receivers []Receiver
	Rules     []*Rule // in the order of the file, which is the order of evaluation
	// AllowRemoval says that rules which are not in the file are meant to be gone, however many they are.
	AllowRemoval bool
}

// A Receiver is somewhere to deliver events to.
type Receiver struct {
	Name    string
	Webhook Webhook
}

// A Webhook takes events as HTTP POST requests with a JSON body.
type Webhook struct{ URL string }

// A Rule turns an expression into alerts, one for each line that it yields: a group.
type Rule struct {
	Name string
	// Expr is the expression as written; Parsed is the same as a tree.
	Expr   string
	Parsed expr.Expr
	// For is how long a group must have been true before it fires, counted in whole steps: For / step
	// of them in a row, rounded up. With 0 the first true step fires.
	For time.Duration
	// ForText is For as written, "0s" by default.
	ForText string
	// Labels are added to the tags of a group, and win over them.
	Labels map[string]string
	// Annotations are texts for people.
	Annotations map[string]Template
	// Notify names the receivers. Without any the rule is only shown.
	Notify []string
}

// Receiver returns the receiver called name.
func (r *Rules) Receiver(name string) (Receiver, bool) {
	for _, receiver := range r.Receivers {
		if receiver.Name == name {
			return receiver, true
		}
	}
	return Receiver{}, false
}

// byName returns the rules under their names.
func (r *Rules) byName() map[string]*Rule {
	named := make(map[string]*Rule, len(r.Rules))
	for _, rule := range r.Rules {
		named[rule.Name] = rule
	}
	return named
}

// identity tells whether a rule is still the same one after a reload or a restart: name, expression and
// labels make it. A new wording, a new receiver or a new For is no new rule, and firing alerts stay
// as they are.
func (r *Rule) identity() string {
	h := sha256.New()
	sized := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	sized(r.Name)
	sized(r.Expr)
	for _, key := range slices.Sorted(maps.Keys(r.Labels)) {
		sized(key)
		sized(r.Labels[key])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// hold returns how many milliseconds after its first true step a group fires if it stays true: 0 for
// the first step itself. For is met by whole steps, so that 3m at a step of 60 s is the third one.
func (r *Rule) hold(step time.Duration) int64 {
	if r.For <= step {
		return 0
	}
	steps := (r.For + step - 1) / step
	return int64(steps-1) * step.Milliseconds()
}
