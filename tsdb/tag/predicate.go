package tag

import (
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// A Predicate is a condition on the tags of a series. The index resolves it to postings; Matches is
// the definition that the index must agree with. The implementations are the types of this file, and
// a switch over them may rely on that.
//
// A series that lacks the key fails every condition on it, so that Not of that condition holds.
type Predicate interface {
	// Matches reports whether a series with tags t satisfies the condition.
	Matches(t Tags) bool
	isPredicate()
}

// An Order names a comparison of strings. Strings compare bytewise, never as numbers.
type Order uint8

// The four comparisons, value of the series on the left.
const (
	Less Order = iota
	LessOrEqual
	Greater
	GreaterOrEqual
)

type (
	// True matches every series.
	True struct{}
	// False matches none.
	False struct{}
	// Has matches series that have the key, whatever its value.
	Has struct{ Key string }
	// Equal matches series whose value for Key is exactly Value.
	Equal struct{ Key, Value string }
	// Compare matches series whose value for Key stands in the given order to Value.
	Compare struct {
		Key   string
		Order Order
		Value string
	}
	// Match matches series whose value for Key is matched by Pattern.
	Match struct {
		Key     string
		Pattern *pattern.Pattern
	}
	// In matches series whose value for Key is one of Values, which stay in the order written.
	In struct {
		Key    string
		Values []string
	}
	// And matches what both sides match.
	And struct{ Left, Right Predicate }
	// Or matches what either side matches.
	Or struct{ Left, Right Predicate }
	// Not matches what Inner does not.
	Not struct{ Inner Predicate }
)

// Matches implements Predicate.
func (True) Matches(Tags) bool { return true }

// Matches implements Predicate.
func (False) Matches(Tags) bool { return false }

// Matches implements Predicate.
func (p Has) Matches(t Tags) bool { _, ok := t.Get(p.Key); return ok }

// Matches implements Predicate.
func (p Equal) Matches(t Tags) bool { v, ok := t.Get(p.Key); return ok && v == p.Value }

// Matches implements Predicate.
func (p Compare) Matches(t Tags) bool {
	v, ok := t.Get(p.Key)
	return ok && p.MatchesValue(v)
}

// MatchesValue reports whether a value of the key stands in the wanted order.
func (p Compare) MatchesValue(v string) bool {
	switch p.Order {
	case Less:
		return v < p.Value
	case LessOrEqual:
		return v <= p.Value
	case Greater:
		return v > p.Value
	case GreaterOrEqual:
		return v >= p.Value
	}
	panic("tag: Compare with an unknown Order")
}

// Matches implements Predicate.
func (p Match) Matches(t Tags) bool { v, ok := t.Get(p.Key); return ok && p.Pattern.Matches(v) }

// Matches implements Predicate.
func (p In) Matches(t Tags) bool { v, ok := t.Get(p.Key); return ok && slices.Contains(p.Values, v) }

// Matches implements Predicate.
func (p And) Matches(t Tags) bool { return p.Left.Matches(t) && p.Right.Matches(t) }

// Matches implements Predicate.
func (p Or) Matches(t Tags) bool { return p.Left.Matches(t) || p.Right.Matches(t) }

// Matches implements Predicate.
func (p Not) Matches(t Tags) bool { return !p.Inner.Matches(t) }

func (True) isPredicate()    {}
func (False) isPredicate()   {}
func (Has) isPredicate()     {}
func (Equal) isPredicate()   {}
func (Compare) isPredicate() {}
func (Match) isPredicate()   {}
func (In) isPredicate()      {}
func (And) isPredicate()     {}
func (Or) isPredicate()      {}
func (Not) isPredicate()     {}
