package tsdb

import (
	"context"
	"unsafe"
)

// A reader adds series to columns, shard after shard.
//
// It goes window by window, and through all series in each: what is read next lies behind what was read last.
// For one slot the order of addition is that of the series either way. Where an output value takes slots of two
// windows, those two are read together, series by series: see runs.
type reader struct {
	grid    grid
	query   Query
	used    *usage
	first   int64 // first primary slot of the range
	slots   int   // primary slots in the range
	ratio   int   // primary slots per output value
	scratch []float64
	fused   bool // only sums of the primary step are asked for: they are added as they are decoded

	// Where ratio is more than one, a series is consolidated into lines before it is added.
	lineAt int          // position in the range of the first output value of the run
	lines  [4][]float64 // per aggregate, the output values of the run
	filled []bool       // which values of the lines have something in them

	touched byte // makes the loads of touch matter

	files *fileAnswers // of the query, shared with its other readers

	groups    groups    // of the lane that is being read
	members   []member  // of the shard that is being read
	strangers strangers // in the shard that is being read
	spare     []*Column // for the next lane
	key       []byte    // scratch
}

func newReader(g grid, q Query, used *usage, files *fileAnswers) *reader {
	r := &reader{grid: g, query: q, used: used, ratio: int(q.Step / g.step), scratch: make([]float64, g.width)}
	r.files, r.strangers = files, make(strangers)
	r.first = g.slotAt(q.Start-q.Step) + 1
	r.slots = q.Len() * r.ratio
	r.fused = r.ratio == 1 && q.Aggregates == Sum
	return r
}

// makeRoom makes room for members.
func (r *reader) makeRoom(members int) error {
	more := members - cap(r.members)
	if more <= 0 {
		return nil
	}
	if err := r.used.addBytes(more * int(unsafe.Sizeof(member{}))); err != nil {
		return err
	}
	r.members = make([]member, 0, members)
	return nil
}

// newColumn returns a column without series, values and tags. Its error is a *BudgetError.
func (r *reader) newColumn() (*Column, error) {
	if n := len(r.spare); n > 0 {
		c := r.spare[n-1]
		r.spare = r.spare[:n-1]
		for _, values := range c.slices() {
			fillNaN(*values)
		}
		clear(c.Present)
		c.Series, c.Samples = 0, 0
		return c, nil
	}
	if err := r.used.addBytes(r.query.columnBytes(r.ratio)); err != nil {
		return nil, err
	}
	c := &Column{SubSteps: r.ratio}
	for i, values := range c.slices() {
		if r.query.Aggregates&(1<<i) != 0 {
			*values = make([]float64, r.query.Len())
			fillNaN(*values)
		}
	}
	if r.query.hasMask(r.ratio) {
		c.Present = make([]uint64, maskWords(r.slots))
	}
	return c, nil
}

// recycle takes back a column that nobody uses any more.
func (r *reader) recycle(c *Column) { r.spare = append(r.spare, c) }

func fillNaN(values []float64) {
	for i := range values {
		values[i] = nan
	}
}

// readAhead is for how many series the memory is touched before the first of them is decoded, so that the waits for it
// overlap. Sum of 10,000 series spread over 100,000: see README.md.
const readAhead = 16

// read adds the members, in their order, to their columns.
func (r *reader) read(ctx context.Context, members []member, windows []numberedWindow) error {
	for _, run := range r.runs(windows) {
		r.startRun(run)
		for at := 0; at < len(members); at += readAhead {
			if at%(16*readAhead) == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			batch := members[at:min(at+readAhead, len(members))]
			for _, w := range run {
				for i := range batch {
					r.touched ^= w.window.touch(batch[i].series)
				}
			}
			for i := range batch {
				if err := r.addSeries(&batch[i], run); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// runs cuts the windows, which are in order of time, wherever an output step ends with a window.
func (r *reader) runs(windows []numberedWindow) [][]numberedWindow {
	outputOf := func(slot int64) int64 { return floorDiv(slot-1, int64(r.ratio)) }
	var runs [][]numberedWindow
	begin := 0
	for i := 1; i < len(windows); i++ {
		if outputOf(r.grid.lastSlot(windows[i-1].number)) != outputOf(r.grid.firstSlot(windows[i].number)) {
			runs = append(runs, windows[begin:i])
			begin = i
		}
	}
	return append(runs, windows[begin:])
}

// startRun makes the lines as long as the part of the range that the run covers.
func (r *reader) startRun(run []numberedWindow) {
	if r.ratio == 1 {
		return
	}
	from := max(0, int(r.grid.firstSlot(run[0].number)-r.first))
	to := min(r.slots, int(r.grid.lastSlot(run[len(run)-1].number)+1-r.first))
	r.lineAt = from / r.ratio
	n := (to+r.ratio-1)/r.ratio - r.lineAt
	for i := range r.lines {
		if r.query.Aggregates&(1<<i) != 0 {
			r.lines[i] = resized(r.lines[i], n)
		}
	}
	r.filled = resized(r.filled, n)
}

// resized returns a slice of length n, s if it is large enough; what is in it does not matter.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// addSeries adds what one series has in the windows of a run to its column.
func (r *reader) addSeries(m *member, run []numberedWindow) error {
	before := m.column.Samples
	if r.ratio > 1 {
		clear(r.filled)
	}
	for _, w := range run {
		if err := r.addWindow(m, w); err != nil {
			return err
		}
	}
	if m.column.Samples == before {
		return nil
	}
	m.found = true
	if r.ratio > 1 {
		r.addLines(m.column)
	}
	return nil
}

func (r *reader) addWindow(m *member, w numberedWindow) error {
	// from is the place in the range of the window's first slot; what sticks out is clipped.
	from := int(r.grid.firstSlot(w.number) - r.first)
	if r.fused && from >= 0 && from+r.grid.width <= r.slots {
		n, err := w.window.addInto(m.column.Sum[from:from+r.grid.width], r.scratch, m.series)
		m.column.Samples += n
		return err
	}
	values, err := w.window.slots(m.series, r.scratch)
	if err != nil || values == nil {
		return err
	}
	if from < 0 {
		values = values[-from:]
		from = 0
	}
	values = values[:min(len(values), r.slots-from)]
	if r.ratio == 1 {
		m.column.add(from, values)
	} else {
		r.consolidate(m.column, from, values)
	}
	return nil
}

// add aggregates values of the primary step into c, from output position at on.
func (c *Column) add(at int, values []float64) {
	end := at + len(values)
	if c.Min != nil {
		minInto(c.Min[at:end], values)
	}
	if c.Max != nil {
		maxInto(c.Max[at:end], values)
	}
	if c.Count != nil {
		countInto(c.Count[at:end], values)
	}
	if c.Sum != nil {
		c.Samples += addInto(c.Sum[at:end], values)
	} else {
		c.Samples += countPresent(values)
	}
}

// consolidate folds values of the primary step, from position at of the range on, into the lines of
// the series. Average folds as a total; it is divided after aggregation (Column.Values).
func (r *reader) consolidate(c *Column, at int, values []float64) {
	for len(values) > 0 {
		// The part of values that one output value takes.
		n := min(len(values), r.ratio-at%r.ratio)
		part := values[:n]
		if present := countPresent(part); present > 0 {
			c.Samples += present
			r.foldPart(at/r.ratio-r.lineAt, part, present)
			if c.Present != nil {
				markPresent(c.Present, at, part)
			}
		}
		at += n
		values = values[n:]
	}
}

// markPresent sets the bits, from position at on, of the values that are there.
func markPresent(bits []uint64, at int, values []float64) {
	for i, v := range values {
		if v == v {
			bits[(at+i)/64] |= 1 << ((at + i) % 64)
		}
	}
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
			line[out] = total(line[out], first, part)
		case r.query.Consolidation == LeastOf:
			line[out] = least(line[out], part)
		default:
			line[out] = greatest(line[out], part)
		}
	}
}

// addLines aggregates a consolidated series into its column.
func (r *reader) addLines(c *Column) {
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
		part := (*values)[r.lineAt : r.lineAt+len(r.filled)]
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

// slices returns the four value slices in the order of the aggregates' bits.
func (c *Column) slices() [4]*[]float64 {
	return [4]*[]float64{&c.Sum, &c.Count, &c.Min, &c.Max}
}
