package tsdb

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// answer answers q, from the cache as far as that is possible.
//
// Units that are closed are read as a whole, even where the range begins within one, and kept; then they are clipped. The
// others are read as far as the range goes. So it makes no difference to the answer what was in the cache: values of a slot
// are added in the same order either way, and tallies are those of the same units.
func (db *DB) answer(ctx context.Context, q Query) ([]*Column, error) {
	l, cached := newRangePlan(db.grid, q)
	a := &assembly{db: db, query: q, plan: l, used: &usage{query: &q}, turn: turn.FromContext(ctx)}
	defer a.close()
	if err := a.turn.Begin(ctx); err != nil {
		return nil, err
	}
	if db.started.Load() {
		a.cache = db.cache
	}
	var err error
	if a.isUnits = cached; cached {
		err = a.collect(ctx)
	} else {
		err = a.read(ctx, l, nil)
	}
	if err != nil {
		return nil, err
	}
	return a.finish(ctx)
}

// openSteps is how many steps before the clock a unit must have ended to count as closed: in them samples still come, and
// every one would make the unit's entry void.
const openSteps = 2

// An assembly is an answer that is being put together from entries of the cache and from what is read.
type assembly struct {
	db    *DB
	query Query
	plan  rangePlan
	used  *usage
	turn  *turn.Turn // of the goroutine that asks
	cache *cache     // nil: all is read
	// matching is nil before the first reading.
	matching *condition
	// isUnits tells that whole units are read; else only what lies in the range.
	isUnits bool

	columns []assembledColumn
	byKey   map[string]int // their places
	next    int            // where the next group of an entry is likely to be

	question []byte // see appendQuestion
	stable   uint64
	closed   int64 // slots up to here are closed
	dropped  int64 // and up to here not to be kept
	scratch  [][]byte
}

// An assembledColumn is a column of the answer so far.
type assembledColumn struct {
	*Column
	key    string
	inside tally // of the units that lie in the range, and of what was read in it
	edge   tally // of the kept units that the range only touches
}

// collect takes what the cache has and reads what lies between.
func (a *assembly) collect(ctx context.Context) error {
	a.stable = a.db.revisions.stable()
	a.closed = a.db.grid.SlotBefore(a.db.now()) - openSteps
	a.dropped = a.db.revisions.droppedUpTo()
	a.question = appendQuestion(nil, &a.query)
	l := &a.plan
	shape := shapeOf(&a.query, l)
	firstMissing := l.unitOf(l.first)
	for unit := firstMissing; unit <= l.unitOf(l.last()); unit++ {
		if err := a.turn.Yield(ctx); err != nil {
			return err
		}
		parts, found := a.lookUp(unit)
		if !found {
			continue
		}
		if err := a.readUnits(ctx, firstMissing, unit-1); err != nil {
			return err
		}
		firstMissing = unit + 1
		for _, part := range parts {
			if err := a.addPart(&shape, unit, part[partHeadBytes:]); err != nil {
				return err
			}
		}
	}
	return a.readUnits(ctx, firstMissing, l.unitOf(l.last()))
}

// isKept reports whether a unit is one that the cache keeps.
func (a *assembly) isKept(unit int64) bool {
	first, last := a.plan.unitBounds(unit)
	return last <= a.closed && first > a.dropped
}

// lookUp returns the entry of a unit; it is valid until the next call.
func (a *assembly) lookUp(unit int64) (parts [][]byte, found bool) {
	if a.cache == nil || !a.isKept(unit) {
		return nil, false
	}
	first, last := a.plan.unitBounds(unit)
	parts, found = a.cache.get(a.keyOf(unit), a.scratch, func(stable uint64) bool {
		return a.db.revisions.hold(stable, first, last)
	})
	a.scratch = parts
	return parts, found
}

func (a *assembly) keyOf(unit int64) []byte { return binary.AppendVarint(a.question, unit) }

// addPart copies a part of an entry to where it belongs.
func (a *assembly) addPart(shape *entryShape, unit int64, part []byte) error {
	l := &a.plan
	first, last := l.unitBounds(unit)
	from, to := l.clip(first, last)
	skip := (from + int(l.first-first)) / l.ratio // values of the unit before the range
	n := (to - from) / l.ratio
	var g cachedGroup
	for len(part) > 0 {
		g, part = shape.next(part)
		at, err := a.column(g.key)
		if err != nil {
			return err
		}
		c := a.columns[at]
		a.count(at, unit, &g.tally)
		for i := range shape.maskWords {
			orClipped(c.Present, int(first-l.first)+64*i, min(64, shape.slots-64*i), l.slots, binary.LittleEndian.Uint64(g.mask[8*i:]))
		}
		values := g.values
		for _, into := range c.slices() {
			if *into == nil {
				continue
			}
			place := (*into)[from/l.ratio : from/l.ratio+n]
			for i := range place {
				place[i] = math.Float64frombits(binary.LittleEndian.Uint64(values[8*(skip+i):]))
			}
			values = values[8*shape.values:]
		}
	}
	return nil
}

// column returns the place of the column of a group, a new one where it is the first time that it is seen. Entries
// nearly always have the same groups in the same order.
func (a *assembly) column(key []byte) (int, error) {
	if a.next < len(a.columns) && a.columns[a.next].key == string(key) {
		a.next++
		return a.next - 1, nil
	}
	if at, known := a.byKey[string(key)]; known {
		a.next = at + 1
		return at, nil
	}
	if err := a.used.addBytes(a.query.columnBytes(&a.plan)); err != nil {
		return 0, err
	}
	at := a.add(string(key), a.query.newColumn(&a.plan))
	a.next = at + 1
	return at, a.used.checkBegun(len(a.columns))
}

func (a *assembly) add(key string, c *Column) (at int) {
	if a.byKey == nil {
		a.byKey = make(map[string]int)
	}
	at = len(a.columns)
	a.byKey[key] = at
	a.columns = append(a.columns, assembledColumn{Column: c, key: key})
	return at
}

// count notes what went into a unit of a column. Samples add up; Series is the most that any unit has, because nobody
// remembers which they were.
func (a *assembly) count(at int, unit int64, t *tally) {
	if t.series == 0 {
		return
	}
	c := &a.columns[at]
	c.Series = max(c.Series, t.series)
	c.Samples += t.samples
	if a.isEdge(unit) {
		c.edge.add(t)
	} else {
		c.inside.add(t)
	}
}

// countAll counts all units of a partial.
func (a *assembly) countAll(at int, p *partial, gap *rangePlan) {
	for unit := gap.unitOf(gap.first); unit <= gap.unitOf(gap.last()); unit++ {
		t := p.unit(gap, unit)
		a.count(at, unit, &t)
	}
}

// readUnits reads the units from first to last, if there are any, and keeps those that are to be kept.
func (a *assembly) readUnits(ctx context.Context, first, last int64) error {
	if first > last {
		return nil
	}
	l := &a.plan
	from, _ := l.unitBounds(first)
	if !a.isKept(first) {
		from = max(from, l.first)
	}
	_, to := l.unitBounds(last)
	if !a.isKept(last) {
		to = min(to, l.last())
	}
	gap := l.part(from, to)
	return a.read(ctx, gap, func(groups *groups) {
		for unit := first; unit <= last; unit++ {
			if a.cache != nil && a.isKept(unit) {
				a.keep(unit, &gap, groups)
			}
		}
	})
}

// keep puts a unit of what was read into the cache.
func (a *assembly) keep(unit int64, gap *rangePlan, groups *groups) {
	shape := shapeOf(&a.query, gap)
	first, _ := gap.unitBounds(unit)
	w := unitWriter{stable: a.stable}
	for i, p := range groups.list {
		if t := p.unit(gap, unit); t.series > 0 {
			w.add(&shape, groups.keys[i], p, &t, int(first-gap.first), gap.ratio)
		}
		if w.size > cacheEntryBytes {
			return
		}
	}
	a.cache.put(a.keyOf(unit), &w)
}

// readGroups reads what a part of the range has.
func (a *assembly) readGroups(ctx context.Context, part rangePlan) (_ *groups, err error) {
	if a.matching == nil {
		if a.matching, err = a.db.condition(ctx, a.query.Where); err != nil {
			return nil, err
		}
	}
	return a.db.readGroups(ctx, part.query(a.query), part, a.used, a.matching)
}

func (a *assembly) close() {
	if a.matching != nil {
		a.matching.close()
	}
}

// read reads a gap between what the answer has already, lets keep see it, and adds it.
func (a *assembly) read(ctx context.Context, gap rangePlan, keep func(*groups)) error {
	groups, err := a.readGroups(ctx, gap)
	if err != nil {
		return err
	}
	if keep != nil {
		keep(groups)
	}
	l := &a.plan
	isAll := len(a.columns) == 0 && gap.first <= l.first && gap.last() >= l.last()
	for i, p := range groups.list {
		if i%64 == 0 {
			if err := a.turn.Yield(ctx); err != nil {
				return err
			}
		}
		if isAll {
			a.countAll(a.add(groups.keys[i], p.clipped(&gap, l)), p, &gap)
			continue
		}
		at, err := a.column([]byte(groups.keys[i]))
		if err != nil {
			return err
		}
		p.copyTo(a.columns[at].Column, &gap, l)
		a.countAll(at, p, &gap)
	}
	return nil
}

// finish returns the columns that have a value.
func (a *assembly) finish(ctx context.Context) ([]*Column, error) {
	if err := a.settle(ctx); err != nil {
		return nil, err
	}
	kept := make([]*Column, 0, len(a.columns))
	for i, c := range a.columns {
		if i%64 == 0 {
			if err := a.turn.Yield(ctx); err != nil {
				return nil, err
			}
		}
		if !c.hasValue() {
			continue
		}
		c.Tags = memseries.Canonical(c.key).Tags()
		kept = append(kept, c.Column)
		if err := a.used.checkColumns(len(kept)); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

func (c *Column) hasValue() bool {
	for _, values := range c.slices() {
		for _, v := range *values {
			if v == v {
				return true
			}
		}
	}
	return false
}
