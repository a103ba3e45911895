package eval

import (
	"encoding/binary"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// binary combines the lines of two operands that have the same group. The side with fewer
// keys is indexed by them; each line of the other looks its partner up, keeps its tags, and falls away
// if there is none.
func (r *run) binary(e *expr.Binary, n *node) (lineSet, error) {
	left, right := r.input(n, 0), r.input(n, 1)
	walked, indexed, small := left, right, e.Right
	if e.JoinsRight() {
		walked, indexed, small = right, left, e.Left
	}
	combine := kernelOf(e.Op)
	if n.leftOnly {
		combine = takeLeft
	}
	index := newGroupIndex(indexed, small)
	place := r.placeFor(n, len(walked))
	out := lineSet{lines: make([]line, 0, len(walked))}
	var failed error
	err := r.eachLine(len(walked), func(i int) {
		partner, err := index.find(walked[i])
		if err != nil || partner < 0 {
			failed = firstError(failed, err)
			return
		}
		a, b := walked[i], indexed[partner]
		if e.JoinsRight() {
			a, b = b, a
		}
		values := place(walked[i].values)
		combine(values, a.values, b.values)
		out.lines = append(out.lines, line{tags: walked[i].tags, values: values, gauge: a.gauge})
	})
	return out, firstError(failed, err)
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// placeFor returns a function that says where the result for a walked line goes: over the line's own
// values where nobody else reads them, else to fresh memory, taken in one piece for all lines.
func (r *run) placeFor(n *node, lines int) func(values []float64) []float64 {
	id := n.inputs[0]
	if n.expr.(*expr.Binary).JoinsRight() {
		id = n.inputs[1]
	}
	if r.plan.nodes[id].users == 1 && !r.sets[id].shared {
		return func(values []float64) []float64 { return values }
	}
	points := r.rng.Len()
	var room []float64
	return func([]float64) []float64 {
		if len(room) == 0 {
			room = make([]float64, lines*points)
		}
		place := room[:points:points]
		room = room[points:]
		return place
	}
}

// A groupIndex finds the line of a group by the tags of another line.
type groupIndex struct {
	keys    []string
	known   map[string]int // lines that have all keys, by their values
	keyless int            // the line that lacks one; without keys that is every line
	buf     []byte
}

const (
	noLine       = -1
	severalLines = -2
)

// newGroupIndex indexes the lines of e by its own grouping. The lines of an e that is not grouped are
// all one group; so are those that lack a key.
func newGroupIndex(lines []line, e expr.Expr) *groupIndex {
	x := &groupIndex{keyless: noLine}
	if e.IsGrouped() && len(e.FinalGrouping()) > 0 {
		x.keys = e.FinalGrouping()
		x.known = make(map[string]int, len(lines))
	}
	for i, l := range lines {
		group, ok := x.groupOf(l)
		if !ok {
			x.keyless = oneOrSeveral(x.keyless, i)
			continue
		}
		at, taken := x.known[group]
		if !taken {
			at = noLine
		}
		x.known[group] = oneOrSeveral(at, i)
	}
	return x
}

func oneOrSeveral(known, i int) int {
	if known == noLine {
		return i
	}
	return severalLines
}

// groupOf returns what the lines of a group have in common: the value of the only key, or the values of
// all. It is not ok for a line that lacks one.
func (x *groupIndex) groupOf(l line) (group string, ok bool) {
	switch len(x.keys) {
	case 0:
		return "", false
	case 1:
		return l.tags.Get(x.keys[0])
	}
	x.buf = x.buf[:0]
	for _, key := range x.keys {
		value, ok := l.tags.Get(key)
		if !ok {
			return "", false
		}
		x.buf = append(binary.AppendUvarint(x.buf, uint64(len(value))), value...)
	}
	return string(x.buf), true
}

// find returns the number of the line that has the group of l; noLine if there is none. That there
// are several is an error.
func (x *groupIndex) find(l line) (int, error) {
	i := x.keyless
	if group, ok := x.groupOf(l); ok {
		if i, ok = x.known[group]; !ok {
			return noLine, nil
		}
	}
	if i == severalLines {
		return noLine, stack.Errorf(stack.IllegalState, "too many values for key")
	}
	return i, nil
}
