package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// rank keeps the K lines with the largest or smallest statistic. They come in the order in
// which they lie in a binary heap with the worst line at its root, because in Atlas they do.
func (r *run) rank(e *expr.Rank, n *node) (lineSet, error) {
	if err := checkStat(e.Stat); err != nil {
		return lineSet{}, err
	}
	in := r.pass(n)
	best := &worstFirst{bottom: e.Bottom}
	var others []line
	err := r.eachLine(len(in.lines), func(i int) {
		stat, _ := Summarise(in.lines[i].values).Get(e.Stat)
		one := ranked{in.lines[i], stat}
		switch {
		case len(best.heap) < int(e.K):
			best.push(one)
		case best.worse(best.heap[0], one):
			others = append(others, best.replaceRoot(one).line)
		default:
			others = append(others, one.line)
		}
	})
	if err != nil {
		return lineSet{}, err
	}
	set := lineSet{shared: in.shared}
	if e.Others != expr.Dropped && len(others) > 0 {
		rest, err := r.othersLine(e, others)
		if err != nil {
			return lineSet{}, err
		}
		set.lines = append(set.lines, rest)
	}
	for _, one := range best.heap {
		set.lines = append(set.lines, one.line)
	}
	return set, nil
}

// othersLine combines the lines that were left out, in the order in which they were.
func (p pace) othersLine(e *expr.Rank, others []line) (line, error) {
	aggregate := map[expr.Others]tsdb.Aggregate{
		expr.OthersMin: tsdb.Min, expr.OthersMax: tsdb.Max, expr.OthersSum: tsdb.Sum, expr.OthersAvg: tsdb.Sum,
	}[e.Others]
	one, err := p.combine(aggregate, others)
	if err != nil {
		return line{}, err
	}
	if e.Others == expr.OthersAvg {
		count, err := p.combine(tsdb.Count, others)
		if err != nil {
			return line{}, err
		}
		apply(one.values, one.values, count.values, expr.Div.Apply)
	}
	var marks tag.Tags
	for _, key := range e.FinalGrouping() {
		marks = append(marks, tag.Tag{Key: key, Value: "--others--"})
	}
	one.tags = merged(others[0].tags, tag.Sort(marks))
	return one, nil
}

type ranked struct {
	line line
	stat float64
}

// worstFirst is a binary heap in an array. container/heap keeps a different order among the rest when
// the root is replaced.
type worstFirst struct {
	heap   []ranked
	bottom bool // the smallest are wanted: the largest is the worst
}

// worse reports whether a is strictly less wanted than b. NaN counts as greater than any number.
func (w *worstFirst) worse(a, b ranked) bool {
	if w.bottom {
		a, b = b, a
	}
	return compareDoubles(a.stat, b.stat) < 0
}

func (w *worstFirst) push(one ranked) {
	w.heap = append(w.heap, one)
	at := len(w.heap) - 1
	for at > 0 {
		parent := (at - 1) / 2
		if !w.worse(one, w.heap[parent]) {
			break
		}
		w.heap[at] = w.heap[parent]
		at = parent
	}
	w.heap[at] = one
}

// replaceRoot takes the root out, puts the last one in its place, and then adds one.
func (w *worstFirst) replaceRoot(one ranked) ranked {
	root := w.heap[0]
	last := len(w.heap) - 1
	moved := w.heap[last]
	w.heap = w.heap[:last]
	at := 0
	for at*2+1 < last {
		child := at*2 + 1
		if right := child + 1; right < last && w.worse(w.heap[right], w.heap[child]) {
			child = right
		}
		if !w.worse(w.heap[child], moved) {
			break
		}
		w.heap[at] = w.heap[child]
		at = child
	}
	if last > 0 {
		w.heap[at] = moved
	}
	w.push(one)
	return root
}

// compareDoubles orders as Java's Double.compare: -0.0 below 0.0, NaN above everything and equal to itself.
func compareDoubles(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return int(min(1, max(-1, sortable(a)-sortable(b))))
}

// sortable distinguishes what < and > do not.
func sortable(v float64) int64 {
	switch {
	case isNaN(v):
		return 2
	case v == 0 && math.Signbit(v):
		return 0
	}
	return 1
}
