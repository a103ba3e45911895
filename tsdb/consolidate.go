package tsdb

// startLines makes the lines as long as a run, with nothing in them.
func (r *reader) startLines(run *readRun) {
	n := run.slots / r.ratio
	for i := range r.lines {
		if r.query.Aggregates&(1<<i) != 0 {
			r.lines[i] = resized(r.lines[i], n)
		}
	}
	r.filled = resized(r.filled, n)
	clear(r.filled)
}

// resized returns a slice of length n, s if it is large enough; what is in it does not matter.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// consolidate folds values of the primary step, from position at of the range on, into the lines of
// the series, which begin at position lineAt of the output, and returns how many there are. Average folds as a total; it
// is divided after aggregation (Column.Values).
func (r *reader) consolidate(c *Column, lineAt, at int, values []float64) (present int) {
	for len(values) > 0 {
		// The part of values that one output value takes.
		n := min(len(values), r.ratio-at%r.ratio)
		part := values[:n]
		if some := r.fold(at/r.ratio-lineAt, part); some > 0 {
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
func (r *reader) fold(out int, part []float64) (present int) {
	if r.totals { // as nearly every query
		line := r.lines[0]
		var sum float64
		if sum, present = totalOf(line[out], !r.filled[out], part); present > 0 {
			line[out], r.filled[out] = sum, true
		}
		return present
	}
	if present = countPresent(part); present > 0 {
		r.foldPart(out, part, present)
	}
	return present
}

// foldPart folds values, of which present are there and one at least, into one value of each line.
func (r *reader) foldPart(out int, part []float64, present int) {
	first := !r.filled[out]
	r.filled[out] = true
	for a, line := range r.lines {
		if line == nil {
			continue
		}
		if first {
			line[out] = nan
		}
		isCount, isTotal := Aggregate(1<<a) == Count, r.query.Consolidation == Average || r.query.Consolidation == TotalOf
		switch {
		case isCount && isTotal:
			line[out] = addNaN(line[out], float64(present))
		case isCount: // the least and the greatest of ones
			line[out] = 1
		case isTotal:
			line[out], _ = totalOf(line[out], first, part)
		case r.query.Consolidation == LeastOf:
			line[out] = least(line[out], part)
		default:
			line[out] = greatest(line[out], part)
		}
	}
}

// addLines aggregates a consolidated series into its column, from position at of the output on.
func (r *reader) addLines(c *Column, at int) {
	for _, line := range r.lines {
		for i, filled := range r.filled[:len(line)] {
			if !filled {
				line[i] = nan
			}
		}
	}
	for a, values := range c.slices() {
		if *values == nil {
			continue
		}
		part := (*values)[at : at+len(r.filled)]
		switch Aggregate(1 << a) {
		case Min:
			minInto(part, r.lines[a])
		case Max:
			maxInto(part, r.lines[a])
		default:
			addInto(part, r.lines[a])
		}
	}
}
