package eval

import (
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A LimitError reports a question that is larger than what is answered. It wraps a *stack.Error, which has the words.
type LimitError struct {
	// What there is too much of: "lines" or "datapoints" that are drawn, "series" that are read, "bytes" of columns.
	What string
	// Used is how many there were when counting ended, more than Limit.
	Used, Limit int
	err         *stack.Error
}

// TooMany returns the error for more of something than are answered.
func TooMany(what string, used, limit int) *LimitError {
	return &LimitError{what, used, limit, stack.Require("too many %s: %d > %d", what, used, limit)}
}

func (e *LimitError) Error() string { return e.err.Error() }

// Unwrap returns the *stack.Error.
func (e *LimitError) Unwrap() error { return e.err }

// BoundLines makes runs of p fail with a *LimitError where more than most lines come of the expression at a
// position. What lies between has no such bound; but where a word keeps the number of lines its operand has the
// same, and so a store ends a read of a million groups, none of which would be left out, after a few thousand.
func (p *Plan) BoundLines(position, most int) {
	for id := p.roots[position]; id >= 0; {
		n := &p.nodes[id]
		if n.mostLines == 0 || most < n.mostLines {
			n.mostLines = most
		}
		id = n.sameLines()
	}
}

// sameLines returns the operand of which n has as many lines; -1 where there is none of that kind.
func (n *node) sameLines() int {
	switch e := n.expr.(type) {
	case *expr.Unary, *expr.Stateful, *expr.Stat, *expr.Consolidate, *expr.Rename:
		return n.inputs[0]
	case *expr.Binary:
		switch {
		case isOneLine(e.Right):
			return n.inputs[0]
		case isOneLine(e.Left):
			return n.inputs[1]
		}
	}
	return -1
}

// isOneLine reports whether e always yields one line, which goes with every line of the other operand.
func isOneLine(e expr.Expr) bool {
	switch e := e.(type) {
	case *expr.Constant, *expr.Generated:
		return true
	case *expr.Data:
		return !e.All && !e.Grouped
	}
	return false
}

// checkLines refuses more lines of n than were allowed.
func (n *node) checkLines(lines int) error {
	if n.mostLines > 0 && lines > n.mostLines {
		return TooMany("lines", lines, n.mostLines)
	}
	return nil
}

// A held is the part of a range for which the store had any value: the steps from first to last.
type held struct {
	first, last int
	any         bool
}

// add widens h to the values of a column, which has at least one.
func (h *held) add(values []float64) {
	if !h.any {
		*h = held{len(values), -1, true}
	}
	for i := 0; i < h.first; i++ {
		if !isNaN(values[i]) {
			h.first = i
		}
	}
	for i := len(values) - 1; i > h.last; i-- {
		if !isNaN(values[i]) {
			h.last = i
		}
	}
}

// steps returns how many there are.
func (h *held) steps() int {
	if !h.any {
		return 0
	}
	return max(0, h.last-h.first+1)
}
