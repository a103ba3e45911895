package eval

import (
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A budget counts the bytes of columns that a run holds, against a limit. Zero is no limit.
type budget struct{ limit, used int64 }

const (
	bytesPerValue = 8
	// bytesPerLine stands for what a line costs besides its values: tags, label, headers.
	bytesPerLine = 300
)

// take adds bytes, unless that exceeds the limit.
func (b *budget) take(bytes int64) error {
	if b.limit > 0 && b.used+bytes > b.limit {
		return b.exceeded(bytes)
	}
	b.used += bytes
	return nil
}

func (b *budget) exceeded(bytes int64) error {
	return &LimitError{"bytes", int(b.used + bytes), int(b.limit), stack.Require(
		"the query needs more than %d MB of memory: ask for fewer lines, a larger step or a shorter range", b.limit>>20)}
}

// left returns what may still be taken, at least 1: to a store 0 is no limit.
func (b *budget) left() int {
	if b.limit == 0 {
		return 0
	}
	return int(max(1, b.limit-b.used))
}

// checkRange refuses a range that is none, and one of which not even a single line fits into the budget.
func (r *run) checkRange() error {
	g := r.rng
	switch {
	case g.Start >= g.End || g.End-g.Start < 0: // or so far apart that no number says how far
		return stack.Require("start must be less than end: %d >= %d", g.Start, g.End)
	case g.Step <= 0 || g.Primary <= 0 || g.Step%g.Primary != 0 || g.Start%g.Step != 0 || g.End%g.Step != 0:
		return stack.Require("range %d to %d does not lie on the grid of step %d over primary step %d",
			g.Start, g.End, g.Step, g.Primary)
	}
	line := budget{limit: r.budget.limit}
	return line.take((g.End-g.Start)/g.Step*bytesPerValue + maskBytes(g.End-g.Start, g.Step, g.Primary))
}

// maskBytes returns the size of the bits in a column that tell which primary steps had a value: of a range of
// centuries they are most of it, whatever the step.
func maskBytes(span, step, primary int64) int64 {
	if step == primary {
		return 0
	}
	return span / primary / 8
}

// computeBytes returns an upper bound of what the run will hold at a time besides what it has read. It
// follows the plan with the number of lines of each read, which is known by now, so that a run that would
// grow too large ends before it starts to compute.
func (r *run) computeBytes() int64 {
	lines := make([]int, len(r.plan.nodes))
	held := make([]int64, len(r.plan.nodes)) // bytes that go when the last user of a node is done
	left := make([]int, len(r.plan.nodes))
	var live, peak int64
	for id := range r.plan.nodes {
		n := &r.plan.nodes[id]
		left[id] = n.users
		lines[id] = r.linesAtMost(n, id, lines)
		if r.needsRoom(n) {
			held[id] = int64(lines[id]) * (int64(r.rng.Len())*bytesPerValue + bytesPerLine)
		}
		live += held[id]
		peak = max(peak, live)
		for _, input := range n.inputs {
			if left[input]--; left[input] > 0 {
				continue
			}
			if passesOn(n.expr) { // the values live on in the result
				held[id] += held[input]
			} else {
				live -= held[input]
			}
		}
	}
	return peak
}

// linesAtMost returns how many lines a node can yield.
func (r *run) linesAtMost(n *node, id int, lines []int) int {
	switch e := n.expr.(type) {
	case *expr.Data:
		return len(r.sets[id].lines)
	case *expr.Constant, *expr.Generated, *expr.Collapse:
		return 1
	case *expr.StatOf:
		return 0
	case *expr.Binary:
		if e.JoinsRight() {
			return lines[n.inputs[1]]
		}
	case *expr.Percentiles:
		groups, _ := bucketGroups(e, r.sets[n.inputs[0]].lines) // a percentile of many buckets is one line
		return len(groups) * len(e.Values)
	case *expr.Rank:
		return min(lines[n.inputs[0]], int(e.K)+1)
	}
	return lines[n.inputs[0]]
}

// needsRoom reports whether a node may need memory for all of its lines: words that keep the number of
// lines overwrite an operand that nobody else reads.
func (r *run) needsRoom(n *node) bool {
	switch e := n.expr.(type) {
	case *expr.Data:
		return false // counted as it was read
	case *expr.Unary, *expr.Stateful, *expr.Stat, *expr.Consolidate:
		return !r.ownable(n.inputs[0])
	case *expr.Binary:
		if e.JoinsRight() {
			return !r.ownable(n.inputs[1])
		}
		return !r.ownable(n.inputs[0])
	}
	return !passesOn(n.expr)
}

// ownable reports whether a node surely has one user and values of its own.
func (r *run) ownable(id int) bool {
	n := &r.plan.nodes[id]
	return n.users == 1 && !r.sets[id].shared && !passesOn(n.expr)
}

// passesOn reports whether the values of a node are those of its operand.
func passesOn(e expr.Expr) bool {
	switch e.(type) {
	case *expr.Rename, *expr.Filter, *expr.Rank:
		return true
	}
	return false
}
