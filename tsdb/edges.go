package tsdb

import "context"

// settle decides for each column which series is the first. A unit at an edge may have series with values outside of the
// range only. Mostly that does not matter, because a series inside comes before them or all are of one kind. Where it
// does, the edges are read as far as the range goes.
func (a *assembly) settle(ctx context.Context) error {
	if err := a.settleDoubts(ctx); err != nil {
		return err
	}
	for at := range a.columns {
		c := &a.columns[at]
		c.inside.add(&c.edge)
		c.First, c.Gauge = c.inside.first, c.inside.gauge
	}
	return nil
}

// settleDoubts replaces the tallies of the edges, where they matter, by those of what the range has of them.
func (a *assembly) settleDoubts(ctx context.Context) error {
	exact := make(map[int]*tally)
	for at := range a.columns {
		if a.columns[at].isDoubtful() {
			exact[at] = new(tally)
		}
	}
	if len(exact) == 0 {
		return nil
	}
	l := &a.plan
	first, last := l.unitOf(l.first), l.unitOf(l.last())
	if err := a.readEdge(ctx, first, exact); err != nil {
		return err
	}
	if last > first {
		if err := a.readEdge(ctx, last, exact); err != nil {
			return err
		}
	}
	for at, t := range exact {
		a.columns[at].edge = *t
	}
	return nil
}

// isDoubtful reports whether it depends on a series at an edge whether the column is a gauge.
func (c *assembledColumn) isDoubtful() bool {
	if c.edge.series == 0 || c.inside.kinds|c.edge.kinds != gauges|others {
		return false
	}
	return c.inside.series == 0 || string(c.edge.first[:]) < string(c.inside.first[:])
}

// readEdge reads what the range has of a unit, if that is at an edge, for the columns that exact lists.
func (a *assembly) readEdge(ctx context.Context, unit int64, exact map[int]*tally) error {
	if !a.isEdge(unit) {
		return nil
	}
	first, last := a.plan.unitBounds(unit)
	part := a.plan.part(max(first, a.plan.first), min(last, a.plan.last()))
	groups, err := a.readGroups(ctx, part)
	if err != nil {
		return err
	}
	for i, p := range groups.list {
		if at, known := a.byKey[groups.keys[i]]; known && exact[at] != nil {
			t := p.unit(&part, unit)
			exact[at].add(&t)
		}
	}
	return nil
}

// isEdge reports whether a unit was read as a whole and the range does not have it as a whole.
func (a *assembly) isEdge(unit int64) bool {
	first, last := a.plan.unitBounds(unit)
	return (first < a.plan.first || last > a.plan.last()) && a.isUnits && a.isKept(unit)
}
