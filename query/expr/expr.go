package expr

import "github.com/telamon-tsdb/telamon/query/stack"

// A Node is everything that the words build: Query, the Exprs, *Styled and *Event. Its String is the
// canonical text, which parses back to an equal tree; two nodes are equal if their texts are.
type Node interface {
	stack.Value
	// appendText appends the canonical text.
	appendText(dst []byte) []byte
}

// An Expr is a node that yields series: the set of lines of one expression over a time range.
type Expr interface {
	Node
	// IsGrouped reports whether the lines are told apart by the values of keys.
	IsGrouped() bool
	// FinalGrouping returns these keys in order; nil if the expression is not grouped. The slice is shared.
	FinalGrouping() []string
	// Inputs returns the expressions that evaluation reads, in order: none for Data, Constant and Generated.
	Inputs() []Expr
}

// Walk calls visit for e and everything that its evaluation reads, parents first, left to right.
// Below a node for which visit returns false it does not go. A subtree that is shared is walked once.
func Walk(e Expr, visit func(Expr) bool) {
	w := walker{visit: visit}
	w.walk(e)
}

// A walker goes through a tree. Only a node with two inputs can be reached twice and more, so that a
// chain of :dup,:add would take exponential time.
type walker struct {
	visit func(Expr) bool
	seen  map[Expr]struct{}
}

func (w *walker) walk(e Expr) {
	if w.seen != nil {
		if _, ok := w.seen[e]; ok {
			return
		}
		w.seen[e] = struct{}{}
	}
	if !w.visit(e) {
		return
	}
	inputs := e.Inputs()
	if len(inputs) > 1 && w.seen == nil {
		w.seen = map[Expr]struct{}{}
	}
	for _, input := range inputs {
		w.walk(input)
	}
}

// DataExprs returns the data expressions that evaluating e reads, left to right. One that is written
// twice is there twice; one that was copied with :dup, once.
func DataExprs(e Expr) []*Data {
	var found []*Data
	Walk(e, func(e Expr) bool {
		if d, ok := e.(*Data); ok {
			found = append(found, d)
		}
		return true
	})
	return found
}

// Equal reports whether a and b are the same expression, by canonical text.
func Equal(a, b Node) bool { return a.String() == b.String() }
