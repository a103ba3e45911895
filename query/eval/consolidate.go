package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// consolidate replaces each value by that of the larger interval it lies in. Of an interval
// only the values inside the range count.
func (r *run) consolidate(e *expr.Consolidate, n *node) (lineSet, error) {
	step := e.Step.Milliseconds()
	switch {
	case step == 0:
		return lineSet{}, stack.Errorf(stack.Arithmetic, "/ by zero")
	case step < r.rng.Step && r.rng.Step%step != 0:
		return lineSet{}, stack.Require("consolidated step must be multiple of primary step")
	case step <= r.rng.Step:
		return r.pass(n), nil
	}
	step = grid.CeilDiv(min(step, longestStep), r.rng.Step) * r.rng.Step
	out, in := r.own(n)
	err := r.eachLine(len(in), func(i int) {
		r.rng.consolidate(out.lines[i].values, in[i], e.Function, step)
	})
	return out, err
}

// longestStep is more than any range: intervals beyond it are all the same, and their ends would overflow.
const longestStep = 1 << 53

// consolidate fills dst, which may be the line's own values, interval by interval.
func (r Range) consolidate(dst []float64, l line, how tsdb.Consolidation, step int64) {
	for first := 0; first < len(l.values); {
		end := grid.CeilDiv(r.Time(first), step) * step // of the interval that holds the first value
		after := min(len(l.values), int((end-r.Start)/r.Step)+1)
		value := consolidated(l.values[first:after], how, l.gauge, int(step/r.Step))
		if end <= 0 {
			value = math.NaN() // Atlas knows no interval before the epoch
		}
		for i := first; i < after; i++ {
			dst[i] = value
		}
		first = after
	}
}

// consolidated combines the values of one interval that has room for size of them.
func consolidated(values []float64, how tsdb.Consolidation, gauge bool, size int) float64 {
	result, there := math.NaN(), 0
	for _, v := range values {
		if isNaN(v) {
			continue
		}
		there++
		switch how {
		case tsdb.Average, tsdb.TotalOf:
			result = addSkip(result, v)
		case tsdb.LeastOf:
			result = least(result, v)
		case tsdb.GreatestOf:
			result = greatest(result, v)
		}
	}
	switch {
	case how != tsdb.Average:
		return result
	case gauge:
		return result / float64(there)
	}
	return result / float64(size)
}
