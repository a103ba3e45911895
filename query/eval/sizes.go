package eval

import "github.com/telamon-tsdb/telamon/query/expr"

// sizes bound the memory that the nodes of a plan take. Of the sets those of reads are known.
type sizes struct {
	nodes  []node
	sets   []lineSet
	points int // of a line
}

// peak returns an upper bound of what the run will hold at a time besides what it has read. It
// follows the plan with the number of lines of each read, which is known by now, so that a run that would
// grow too large ends before it starts to compute.
func (s *sizes) peak() int64 {
	lines := make([]int, len(s.nodes))
	held := make([]int64, len(s.nodes)) // bytes that go when the last user of a node is done
	left := make([]int, len(s.nodes))
	var live, peak int64
	for id := range s.nodes {
		n := &s.nodes[id]
		left[id] = n.users
		lines[id] = s.linesAtMost(n, id, lines)
		if s.needsRoom(n) {
			held[id] = int64(lines[id]) * (int64(s.points)*bytesPerValue + bytesPerLine)
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
func (s *sizes) linesAtMost(n *node, id int, lines []int) int {
	switch e := n.expr.(type) {
	case *expr.Data:
		return len(s.sets[id].lines)
	case *expr.Constant, *expr.Generated, *expr.Collapse:
		return 1
	case *expr.StatOf:
		return 0
	case *expr.Binary:
		if e.JoinsRight() {
			return lines[n.inputs[1]]
		}
	case *expr.Percentiles:
		groups, _ := bucketGroups(e, s.sets[n.inputs[0]].lines) // a percentile of many buckets is one line
		return len(groups) * len(e.Values)
	case *expr.Rank:
		return min(lines[n.inputs[0]], int(e.K)+1)
	}
	return lines[n.inputs[0]]
}

// needsRoom reports whether a node may need memory for all of its lines: words that keep the number of
// lines overwrite an operand that nobody else reads.
func (s *sizes) needsRoom(n *node) bool {
	switch e := n.expr.(type) {
	case *expr.Data:
		return false // counted as it was read
	case *expr.Unary, *expr.Stateful, *expr.Stat, *expr.Consolidate:
		return !s.ownable(n.inputs[0])
	case *expr.Binary:
		if e.JoinsRight() {
			return !s.ownable(n.inputs[1])
		}
		return !s.ownable(n.inputs[0])
	}
	return !passesOn(n.expr)
}

// ownable reports whether a node surely has one user and values of its own.
func (s *sizes) ownable(id int) bool {
	n := &s.nodes[id]
	return n.users == 1 && !s.sets[id].shared && !passesOn(n.expr)
}

// passesOn reports whether the values of a node are those of its operand.
func passesOn(e expr.Expr) bool {
	switch e.(type) {
	case *expr.Rename, *expr.Filter, *expr.Rank:
		return true
	}
	return false
}
