package tsdb

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A BudgetError reports a query that would answer with more than it allows.
type BudgetError struct {
	What  string // "lines" or "datapoints"
	Used  int
	Limit int
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("too many %s: %d > %d", e.What, e.Used, e.Limit)
}

// Select implements Selector. Shards are read side by side, but sums are always added in the same
// order, by series number within a shard and then shard by shard: the same data give the same bits.
func (db *DB) Select(ctx context.Context, q Query) iter.Seq2[Column, error] {
	return func(yield func(Column, error) bool) {
		groups, err := db.selectGroups(ctx, q)
		if err != nil {
			yield(Column{}, err)
			return
		}
		for _, c := range groups {
			if !yield(*c, nil) {
				return
			}
		}
	}
}

func (db *DB) selectGroups(ctx context.Context, q Query) ([]*Column, error) {
	if err := db.check(q); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	parts := make([]groups, len(db.shards))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(len(db.shards), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				part, err := db.shards[i].selectGroups(ctx, q)
				if err != nil {
					cancel(err)
				}
				parts[i] = part
			}
		})
	}
	for i := range db.shards {
		next <- i
	}
	close(next)
	workers.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return mergeGroups(parts, q)
}

// check refuses a query that the grid cannot answer.
func (db *DB) check(q Query) error {
	switch {
	case q.Step <= 0 || q.Step%db.grid.step != 0:
		return fmt.Errorf("step %d ms is not a multiple of the %d ms that are stored", q.Step, db.grid.step)
	case q.Start%q.Step != 0 || q.End%q.Step != 0:
		return fmt.Errorf("range %d … %d ms is not on the %d ms grid", q.Start, q.End, q.Step)
	case q.Start >= q.End:
		return fmt.Errorf("empty range %d … %d ms", q.Start, q.End)
	}
	return nil
}

// groups holds the columns of one shard by group key, in the order of their first series.
type groups struct {
	byKey map[string]*Column
	list  []*Column
	keys  []string
}

func (g *groups) add(key string, c *Column) {
	if g.byKey == nil {
		g.byKey = make(map[string]*Column)
	}
	g.byKey[key] = c
	g.keys = append(g.keys, key)
	g.list = append(g.list, c)
}

// mergeGroups adds the shards' columns up, in the order of the shards.
func mergeGroups(parts []groups, q Query) ([]*Column, error) {
	var all groups
	for _, part := range parts {
		for i, c := range part.list {
			if into, ok := all.byKey[part.keys[i]]; ok {
				into.Merge(c)
				continue
			}
			all.add(part.keys[i], c)
			if err := q.checkBudget(len(all.list)); err != nil {
				return nil, err
			}
		}
	}
	return all.list, nil
}

// checkBudget reports more columns, or values in them, than q allows.
func (q Query) checkBudget(columns int) error {
	if q.MaxColumns > 0 && columns > q.MaxColumns {
		return &BudgetError{"lines", columns, q.MaxColumns}
	}
	if values := columns * q.Len(); q.MaxValues > 0 && values > q.MaxValues {
		return &BudgetError{"datapoints", values, q.MaxValues}
	}
	return nil
}

// A member is a series of the selection and the column that it goes into.
type member struct {
	series uint32
	column *Column
}

// selectGroups answers q for one shard.
func (s *shard) selectGroups(ctx context.Context, q Query) (groups, error) {
	if ctx.Err() != nil {
		return groups{}, ctx.Err()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	numbers, err := s.index.Lookup(q.Where)
	if err != nil {
		return groups{}, err
	}
	windows := s.windowsIn(q)
	if len(numbers) == 0 || len(windows) == 0 {
		return groups{}, nil
	}
	r := newReader(s.grid, q)
	g, members, err := s.group(numbers, windows, q, r)
	if err != nil {
		return groups{}, err
	}
	for i, m := range members {
		if i%256 == 0 && ctx.Err() != nil {
			return groups{}, ctx.Err()
		}
		before := m.column.Samples
		if err := r.addSeries(m, windows); err != nil {
			return groups{}, fmt.Errorf("shard %d: %w", s.number, err)
		}
		if m.column.Samples > before {
			m.column.enlist(&s.list[m.series])
		}
	}
	return g.withSeries(), nil
}

// withSeries returns the groups of which a series has a value in the range.
func (g *groups) withSeries() groups {
	if !slices.ContainsFunc(g.list, func(c *Column) bool { return c.Series == 0 }) {
		return *g
	}
	var kept groups
	for i, c := range g.list {
		if c.Series > 0 {
			kept.add(g.keys[i], c)
		}
	}
	return kept
}

// windowsIn returns the windows that overlap the range of q, in order of time.
func (s *shard) windowsIn(q Query) []numberedWindow {
	first := s.grid.windowOf(s.grid.slotAt(q.Start-q.Step) + 1)
	last := s.grid.windowOf(s.grid.slotAt(q.End - q.Step))
	var windows []numberedWindow
	for _, number := range s.order {
		if number >= first && number <= last {
			windows = append(windows, numberedWindow{number, s.windows[number]})
		}
	}
	return windows
}

type numberedWindow struct {
	number int64
	window window
}

// group assigns the series to columns and leaves out those that lack a key or have no window in the range.
func (s *shard) group(numbers []uint32, windows []numberedWindow, q Query, r *reader) (groups, []member, error) {
	var g groups
	var key []byte
	members := make([]member, 0, len(numbers))
	for _, number := range numbers {
		if !anyHolds(windows, number) {
			continue
		}
		entry := &s.list[number]
		switch {
		case q.PerSeries:
			key = append(key[:0], entry.tags...)
		default:
			var ok bool
			if key, ok = tag.AppendSubset(key[:0], string(entry.tags), q.By); !ok {
				continue
			}
		}
		c, ok := g.byKey[string(key)]
		if !ok {
			c = r.newColumn(canonical(key).tags())
			g.add(string(key), c)
			if err := q.checkBudget(len(g.list)); err != nil {
				return groups{}, nil, err
			}
		}
		members = append(members, member{number, c})
	}
	return g, members, nil
}

func anyHolds(windows []numberedWindow, series uint32) bool {
	for _, w := range windows {
		if w.window.holds(series) {
			return true
		}
	}
	return false
}

// enlist counts a series into c. The data source type of the series with the least ID counts.
func (c *Column) enlist(entry *series) {
	if c.Series == 0 || string(entry.id[:]) < string(c.First[:]) {
		c.First, c.Gauge = entry.id, entry.gauge
	}
	c.Series++
}

// A reader adds series of one shard to columns.
type reader struct {
	grid    grid
	query   Query
	first   int64 // first primary slot of the range
	slots   int   // primary slots in the range
	ratio   int   // primary slots per output value
	scratch []float64
	lines   [4][]float64 // one series consolidated, per aggregate
	filled  []bool       // which values of the lines have something in them
}

func newReader(g grid, q Query) *reader {
	r := &reader{grid: g, query: q, ratio: int(q.Step / g.step), scratch: make([]float64, g.width)}
	r.first = g.slotAt(q.Start-q.Step) + 1
	r.slots = q.Len() * r.ratio
	if r.ratio > 1 {
		for i := range r.lines {
			if q.Aggregates&(1<<i) != 0 {
				r.lines[i] = make([]float64, q.Len())
			}
		}
		r.filled = make([]bool, q.Len())
	}
	return r
}

func (r *reader) newColumn(tags tag.Tags) *Column {
	c := &Column{Tags: tags, SubSteps: r.ratio}
	for i, values := range c.slices() {
		if r.query.Aggregates&(1<<i) != 0 {
			*values = nanSlice(r.query.Len())
		}
	}
	if r.ratio > 1 && r.query.Consolidation == Average {
		c.Present = make([]uint64, (r.slots+63)/64)
	}
	return c
}

func nanSlice(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = nan
	}
	return values
}

// addSeries adds one series, all its windows in order of time, to its column.
func (r *reader) addSeries(m member, windows []numberedWindow) error {
	r.clearLines()
	for _, w := range windows {
		values, err := w.window.slots(m.series, r.scratch)
		if err != nil {
			return err
		}
		if values == nil {
			continue
		}
		// from is the place in the range of the window's first slot; clip what sticks out.
		from := int(r.grid.firstSlot(w.number) - r.first)
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
	}
	if r.ratio > 1 {
		r.addLines(m.column)
	}
	return nil
}

// add aggregates values of the primary step into c, from output position at on.
func (c *Column) add(at int, values []float64) {
	end := at + len(values)
	if c.Sum != nil {
		addInto(c.Sum[at:end], values)
	}
	if c.Min != nil {
		minInto(c.Min[at:end], values)
	}
	if c.Max != nil {
		maxInto(c.Max[at:end], values)
	}
	n := 0
	for i, v := range values {
		if v != v {
			continue
		}
		n++
		if c.Count != nil {
			c.Count[at+i] = addNaN(c.Count[at+i], 1)
		}
	}
	c.Samples += n
}

func (r *reader) clearLines() {
	clear(r.filled)
	for _, line := range r.lines {
		for i := range line {
			line[i] = nan
		}
	}
}

// consolidate folds values of the primary step, from position at of the range on, into the lines of
// the series. Average folds as a total; it is divided after aggregation (Column.Values). Opposite
// infinities make a total NaN, and further values do not mend that: so Atlas has it.
func (r *reader) consolidate(c *Column, at int, values []float64) {
	for i, v := range values {
		if v != v {
			continue
		}
		c.Samples++
		slot := at + i
		if c.Present != nil {
			c.Present[slot/64] |= 1 << (slot % 64)
		}
		out := slot / r.ratio
		first := !r.filled[out]
		r.filled[out] = true
		for a, line := range r.lines {
			if line == nil {
				continue
			}
			x := v
			if Aggregate(1<<a) == Count {
				x = 1
			}
			if first {
				line[out] = x
			} else {
				line[out] = r.fold(line[out], x)
			}
		}
	}
}

// fold combines two values of one series as the query's consolidation says.
func (r *reader) fold(a, b float64) float64 {
	switch r.query.Consolidation {
	case LeastOf:
		return minNaN(a, b)
	case GreatestOf:
		return maxNaN(a, b)
	}
	return a + b
}

// addLines aggregates a consolidated series into its column.
func (r *reader) addLines(c *Column) {
	for a, values := range c.slices() {
		if *values == nil {
			continue
		}
		switch Aggregate(1 << a) {
		case Min:
			minInto(*values, r.lines[a])
		case Max:
			maxInto(*values, r.lines[a])
		default:
			addInto(*values, r.lines[a])
		}
	}
}

// slices returns the four value slices in the order of the aggregates' bits.
func (c *Column) slices() [4]*[]float64 {
	return [4]*[]float64{&c.Sum, &c.Count, &c.Min, &c.Max}
}
