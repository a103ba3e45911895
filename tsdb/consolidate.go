package tsdb

import "github.com/telamon-tsdb/telamon/tsdb/vector"

// lines are the output values of one series in one run, while they are consolidated: where an output value takes
// several slots, the values of a series are folded here before they are added to its column.
type lines struct {
	ratio         int // slots per output value
	aggregates    Aggregate
	consolidation Consolidation
	totals        bool // only sums of totals are asked for

	values [4][]float64 // per aggregate
	filled []bool       // which of the values have something in them
}

func newLines(q *Query, ratio int) lines {
	isTotal := q.Consolidation == Average || q.Consolidation == TotalOf
	return lines{ratio: ratio, aggregates: q.Aggregates, consolidation: q.Consolidation, totals: q.Aggregates == Sum && isTotal}
}

// start makes the lines as long as a run, with nothing in them.
func (l *lines) start(run *readRun) {
	n := run.slots / l.ratio
	for i := range l.values {
		if l.aggregates&(1<<i) != 0 {
			l.values[i] = resized(l.values[i], n)
		}
	}
	l.filled = resized(l.filled, n)
	clear(l.filled)
}

// resized returns a slice of length n, s if it is large enough; what is in it does not matter.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// consolidate folds values of the primary step, from position at of the range on, into the lines, which begin at position
// lineAt of the output, and returns how many there are. Average folds as a total; it is divided after aggregation
// (Column.Values).
func (l *lines) consolidate(c *Column, lineAt, at int, values []float64) (present int) {
	for len(values) > 0 {
		n := min(len(values), l.ratio-at%l.ratio) // of one output value
		part := values[:n]
		if some := l.fold(at/l.ratio-lineAt, part); some > 0 {
			present += some
			if c.Present != nil {
				markPresent(c.Present, at, part)
			}
		}
		at += n
		values = values[n:]
	}
	return present
}

// markPresent sets the bits, from position at on, of the values that are there.
func markPresent(bits []uint64, at int, values []float64) {
	for len(values) > 0 {
		word, shift := &bits[at/64], at%64
		n := min(len(values), 64-shift)
		// After some series of a fleet all are set, and there is nothing to look at.
		if all := (uint64(1)<<n - 1) << shift; *word&all != all {
			for i, v := range values[:n] {
				if v == v {
					*word |= 1 << (shift + i)
				}
			}
		}
		at, values = at+n, values[n:]
	}
}

// fold folds values into one value of each line, and returns how many there are.
func (l *lines) fold(out int, part []float64) (present int) {
	if l.totals { // as nearly every query
		line := l.values[0]
		var sum float64
		if sum, present = vector.Total(line[out], !l.filled[out], part); present > 0 {
			line[out], l.filled[out] = sum, true
		}
		return present
	}
	if present = vector.CountPresent(part); present > 0 {
		l.foldPart(out, part, present)
	}
	return present
}

// foldPart folds values, of which present are there and one at least, into one value of each line.
func (l *lines) foldPart(out int, part []float64, present int) {
	first := !l.filled[out]
	l.filled[out] = true
	isTotal := l.consolidation == Average || l.consolidation == TotalOf
	for a, line := range l.values {
		if line == nil {
			continue
		}
		if first {
			line[out] = nan
		}
		isCount := Aggregate(1<<a) == Count
		switch {
		case isCount && isTotal:
			line[out] = vector.AddNaN(line[out], float64(present))
		case isCount: // the least and the greatest of ones
			line[out] = 1
		case isTotal:
			line[out], _ = vector.Total(line[out], first, part)
		case l.consolidation == LeastOf:
			line[out] = vector.Least(line[out], part)
		default:
			line[out] = vector.Greatest(line[out], part)
		}
	}
}

// addTo aggregates the series into its column, from position at of the output on.
func (l *lines) addTo(c *Column, at int) {
	for _, line := range l.values {
		for i, filled := range l.filled[:len(line)] {
			if !filled {
				line[i] = nan
			}
		}
	}
	for a, values := range c.slices() {
		if *values == nil {
			continue
		}
		part := (*values)[at : at+len(l.filled)]
		switch Aggregate(1 << a) {
		case Min:
			vector.MinInto(part, l.values[a])
		case Max:
			vector.MaxInto(part, l.values[a])
		default:
			vector.AddInto(part, l.values[a])
		}
	}
}
