package tsdb

import (
	"time"
	"unsafe"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
)

// A reader adds series to columns, shard after shard.
//
// It goes window by window, and through all series in each: what is read next lies behind what was read last.
// For one slot the order of addition is that of the series either way. The windows of a run are read together, series
// by series, and so are those of one file: what it has of a series lies side by side, and seven days from day files take 15 %
// less so.
type reader struct {
	grid      grid.Grid
	query     Query
	used      *usage
	rangePlan // of the range
	scratch   []float64
	fused     bool  // only sums of the primary step are asked for: they are added as they are decoded
	lines     lines // of the series that is being read, where ratio is more than one

	// decoded is what the last series had in the part of a window that was added last; nil: nobody has it at hand.
	decoded []float64

	prefetched byte // makes the loads of prefetch matter

	groups   groups        // of the lane that is being read
	members  []member      // of the shard that is being read
	evicted  evictedSeries // likewise
	matching *condition    // of the query, shared with its other readers
	turn     *turn.Turn    // in which it works
	heldFor  time.Duration // how long it holds a lock at a time
	spare    []*partial    // for the next lane
	key      []byte        // scratch
}

func newReader(g grid.Grid, q Query, l rangePlan, used *usage, matching *condition, t *turn.Turn) *reader {
	return &reader{
		grid: g, query: q, used: used, matching: matching, turn: t, rangePlan: l, scratch: make([]float64, g.Width),
		evicted: make(evictedSeries),
		fused:   l.ratio == 1 && q.Aggregates == Sum,
		lines:   newLines(&q, l.ratio),
	}
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

// newPartial returns a partial of nothing. Its error is a *BudgetError.
func (r *reader) newPartial() (*partial, error) {
	if n := len(r.spare); n > 0 {
		p := r.spare[n-1]
		r.spare = r.spare[:n-1]
		p.reset()
		return p, nil
	}
	if err := r.used.addBytes(r.query.partialBytes(&r.rangePlan)); err != nil {
		return nil, err
	}
	return &partial{Column: *r.query.newColumn(&r.rangePlan), runs: make([]runTally, r.runs())}, nil
}

// recycle takes back a partial that nobody uses any more.
func (r *reader) recycle(p *partial) { r.spare = append(r.spare, p) }

// readAhead is for how many series the memory is prefetched before the first of them is decoded, so that the waits for it
// overlap. Sum of 10,000 series spread over 100,000: see README.md.
const readAhead = 16

// A readRun is a run of the range plan, as a shard has it.
type readRun struct {
	number  int   // among those of the range
	first   int   // place in the range of its first slot
	slots   int   // of them in the range
	units   []int // places in the range where its units begin, and where the last one ends
	windows []readWindow
}

// A readWindow is a window and the slots of it that are in the range.
type readWindow struct {
	window
	from, to int // places in the window, [from, to)
	at       int // place in the range of the first
}

func (r *reader) prefetch(batch []member, stretch []readRun) {
	for j := range stretch {
		for k := range stretch[j].windows {
			w := &stretch[j].windows[k]
			for i := range batch {
				r.prefetched ^= w.prefetch(batch[i].series, w.from, w.to)
			}
		}
	}
}

// firstStretch returns how many of the windows, which are in order of time, are read together: those of one run, or of the
// runs that lie in one file.
func (r *reader) firstStretch(windows []numberedWindow) int {
	n := 1
	for n < len(windows) {
		last, next := windows[n-1], windows[n]
		if r.runOfWindow(next) != r.runOfWindow(last) && !sameFile(last.window, next.window) {
			break
		}
		n++
	}
	return n
}

// runsOf returns windows that are read together, run by run.
func (r *reader) runsOf(windows []numberedWindow) (stretch []readRun) {
	begin := 0
	for i := range windows {
		if i+1 == len(windows) || r.runOfWindow(windows[i+1]) != r.runOfWindow(windows[i]) {
			stretch = append(stretch, r.newRun(windows[begin:i+1]))
			begin = i + 1
		}
	}
	return stretch
}

func (r *reader) runOfWindow(w numberedWindow) int64 { return r.runOf(r.grid.FirstSlot(w.number)) }

// newRun returns the run of some windows.
func (r *reader) newRun(windows []numberedWindow) readRun {
	number := r.runOfWindow(windows[0])
	first, last := r.runBounds(number)
	from, to := r.clip(first, last)
	run := readRun{number: int(number - r.runOf(r.first)), first: from, slots: to - from}
	for i := range r.unitsPerRun() {
		run.units = append(run.units, min(max(from, int(first-r.first)+i*int(r.unit)), to))
	}
	run.units = append(run.units, to)
	for _, w := range windows {
		begin := r.grid.FirstSlot(w.number)
		at, end := r.clip(begin, r.grid.LastSlot(w.number))
		out := int(begin - r.first)
		run.windows = append(run.windows, readWindow{w.window, at - out, end - out, at})
	}
	return run
}

// addSeries adds what one series has in the windows of a run to its column, and counts it.
func (r *reader) addSeries(m *member, run *readRun) error {
	if r.ratio > 1 {
		r.lines.start(run)
	}
	present := 0
	for i := range run.windows {
		n, err := r.addWindow(m, run, &run.windows[i])
		if err != nil {
			return err
		}
		present += n
	}
	if present == 0 {
		return nil
	}
	if r.ratio > 1 {
		r.lines.addTo(&m.column.Column, run.first/r.ratio)
	}
	if present == run.slots {
		m.column.runs[run.number].whole.enlist(m, present)
		return nil
	}
	return r.enlistUnits(m, run, present)
}

// enlistUnits counts a series that has no value in some slots of a run, in the units where it has one.
func (r *reader) enlistUnits(m *member, run *readRun, present int) error {
	of := &m.column.runs[run.number]
	if of.units == nil {
		of.units = make([]tally, r.unitsPerRun())
	}
	if len(of.units) == 1 {
		of.units[0].enlist(m, present)
		return nil
	}
	// Several units in a run means one window.
	values := r.decoded
	if values == nil {
		var err error
		if values, err = r.values(m.series, &run.windows[0]); err != nil || values == nil {
			return err // nil: they are lost since a moment ago
		}
	}
	for i := range of.units {
		if n := vector.CountPresent(values[run.units[i]-run.first : run.units[i+1]-run.first]); n > 0 {
			of.units[i].enlist(m, n)
		}
	}
	return nil
}

// addWindow adds what one series has in a window to its column or to the lines, and returns how many values it has.
func (r *reader) addWindow(m *member, run *readRun, w *readWindow) (present int, err error) {
	c := &m.column.Column
	r.decoded = nil
	if r.fused && w.to-w.from == r.grid.Width {
		switch w.window.(type) {
		case *sealedWindow, *filedWindow:
			r.decoded = r.scratch // if values are missing
		}
		return w.addInto(c.Sum[w.at:w.at+r.grid.Width], r.scratch, m.series)
	}
	values, err := r.values(m.series, w)
	r.decoded = values
	if err != nil || values == nil {
		return 0, err
	}
	if r.ratio == 1 {
		return c.add(w.at, values), nil
	}
	return r.lines.consolidate(c, run.first/r.ratio, w.at, values), nil
}

// values returns what a series has in the range in a window, as window.slots does.
func (r *reader) values(series uint32, w *readWindow) ([]float64, error) {
	if open, ok := w.window.(*openWindow); ok { // the only one of which a part is less work than the whole
		return open.part(series, r.scratch, w.from, w.to)
	}
	values, err := w.slots(series, r.scratch)
	if values == nil {
		return nil, err
	}
	return values[w.from:w.to], err
}

// add aggregates values of the primary step into c, from output position at on, and returns how many there are.
func (c *Column) add(at int, values []float64) (present int) {
	end := at + len(values)
	if c.Min != nil {
		vector.MinInto(c.Min[at:end], values)
	}
	if c.Max != nil {
		vector.MaxInto(c.Max[at:end], values)
	}
	if c.Count != nil {
		vector.CountInto(c.Count[at:end], values)
	}
	if c.Sum != nil {
		return vector.AddInto(c.Sum[at:end], values)
	}
	return vector.CountPresent(values)
}

// slices returns the four value slices in the order of the aggregates' bits.
func (c *Column) slices() [4]*[]float64 {
	return [4]*[]float64{&c.Sum, &c.Count, &c.Min, &c.Max}
}
