package eval

import (
	"context"
	"errors"
	"math/bits"
	"slices"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// A read is one Select and the nodes that it answers: they differ by nothing but the aggregate and, where
// the step is the primary one, the consolidation.
type read struct {
	query   tsdb.Query
	nodes   []int
	columns []tsdb.Column
}

// A readKey is equal for data expressions that one Select can answer.
type readKey struct {
	where, by     string
	perSeries     bool
	consolidation tsdb.Consolidation
	start         int64
}

// readAll asks the store for everything the plan needs and turns the answers into lines.
func (r *run) readAll() error {
	for number, one := range r.planReads() {
		begin := time.Now()
		if err := r.selectColumns(one); err != nil {
			return err
		}
		took := time.Since(begin)
		used := tsdb.Aggregate(0)
		for _, id := range one.nodes {
			d := r.plan.nodes[id].expr.(*expr.Data)
			set, err := r.dataLines(d, one.columns)
			if err != nil {
				return err
			}
			if err := r.plan.nodes[id].checkLines(len(set.lines)); err != nil {
				return err
			}
			r.sets[id] = set
			if used&aggregateOf(d) != 0 { // another node has the same values
				r.shareAll(one.nodes)
			}
			used |= aggregateOf(d)
			r.reportRead(id, number, one, took)
			took = 0 // the nodes that share the read got it for nothing
		}
	}
	return nil
}

// aggregateOf returns what the store is asked for: single series are the sum of themselves.
func aggregateOf(d *expr.Data) tsdb.Aggregate {
	if d.All {
		return tsdb.Sum
	}
	return d.Aggregate
}

func (r *run) shareAll(nodes []int) {
	for _, id := range nodes {
		r.sets[id].shared = true
	}
}

// planReads groups the data expressions of the plan by what one Select can answer.
func (r *run) planReads() []*read {
	var reads []*read
	known := map[readKey]*read{}
	for id, n := range r.plan.nodes {
		d, ok := n.expr.(*expr.Data)
		if !ok {
			continue
		}
		q := r.queryOf(d)
		key := readKey{expr.Query{Predicate: d.Query}.String(), strings.Join(q.By, "\x00"), q.PerSeries, q.Consolidation, q.Start}
		one := known[key]
		if one == nil {
			one = &read{query: q}
			known[key] = one
			reads = append(reads, one)
		}
		one.query.Aggregates |= q.Aggregates
		if most := n.mostLines; most > 0 && (one.query.MaxColumns == 0 || most < one.query.MaxColumns) {
			one.query.MaxColumns = most
		}
		one.nodes = append(one.nodes, id)
	}
	return reads
}

// queryOf returns what the store is asked for d.
func (r *run) queryOf(d *expr.Data) tsdb.Query {
	shift := d.Offset.Milliseconds() / r.rng.Step * r.rng.Step
	if shift < r.rng.Step {
		shift = 0 // also where the offset points into the future: see shifted
	}
	q := tsdb.Query{
		Where: d.Query, Start: r.rng.Start - shift, End: r.rng.End - shift, Step: r.rng.Step,
		Aggregates: aggregateOf(d), Consolidation: d.Consolidation(), PerSeries: d.All,
	}
	if d.Grouped {
		q.By = slices.Clone(d.Keys)
		slices.Sort(q.By)
		q.By = slices.Compact(q.By)
	}
	q.MaxSeries = r.limits.Series
	if r.rng.Step == r.rng.Primary {
		q.Consolidation = tsdb.TotalOf // of one value: all are the same
	}
	return q
}

func (r *run) selectColumns(one *read) error {
	r.work.Reads++
	one.query.MaxBytes = r.budget.left()
	bytesPerColumn := int64(bits.OnesCount8(uint8(one.query.Aggregates))*one.query.Len()*bytesPerValue + bytesPerLine)
	if one.query.Consolidation == tsdb.Average {
		bytesPerColumn += maskBytes(one.query.End-one.query.Start, one.query.Step, r.rng.Primary)
	}
	r.turn.End() // a store that computes begins it again; one that asks others waits without
	for column, err := range r.store.Select(r.ctx, one.query) {
		if err == nil && r.ctx.Err() != nil {
			err = context.Cause(r.ctx)
		}
		if err != nil {
			return r.explained(err)
		}
		if err := r.budget.take(bytesPerColumn); err != nil {
			return err
		}
		one.columns = append(one.columns, column)
		r.work.Columns++
		r.work.Series += column.Series
		r.work.Samples += column.Samples
	}
	return r.turn.Begin(r.ctx)
}

// explained returns what a reader of the expression should be told of an error of the store.
func (r *run) explained(err error) error {
	over := (*tsdb.BudgetError)(nil)
	switch {
	case !errors.As(err, &over):
		return err
	case over.What == "bytes":
		r.budget.need = r.budget.limit + 1
		return r.budget.exceeded(int64(over.Used))
	}
	return TooMany(over.What, over.Used, over.Limit)
}

// dataLines turns columns into the lines of a data expression, sorted by label as Atlas's store does.
func (r *run) dataLines(d *expr.Data, columns []tsdb.Column) (lineSet, error) {
	exact := expr.ExactTags(d.Query)
	aggregate := aggregateOf(d)
	suffix := ""
	if !d.Offset.IsZero() {
		suffix = " (offset=" + d.Offset.String() + ")"
	}
	var set lineSet
	err := r.eachLine(len(columns), func(i int) {
		c := &columns[i]
		values := c.Values(aggregate)
		if allMissing(values) {
			return
		}
		values = r.shifted(values, d.Offset.Milliseconds())
		r.held.add(values)
		l := line{tags: c.Tags, values: values, gauge: c.Gauge}
		switch {
		case d.All:
			l.label.text = c.Tags.String() + suffix
		case d.Grouped:
			l.tags = merged(exact, c.Tags)
			l.label.text = keyString(c.Tags, d.Keys) + suffix
		default:
			l.tags = exact
			l.label.text = statNames[aggregate] + "(" + expr.QueryLabel(d.Query) + ")" + suffix
		}
		set.lines = append(set.lines, l)
	})
	slices.SortStableFunc(set.lines, func(a, b line) int { return strings.Compare(a.label.text, b.label.text) })
	if len(set.lines) == 0 && !d.Grouped && !d.All {
		set.lines = []line{noData(r.rng.Len())}
	}
	return set, err
}

// statNames are what labels call the aggregates.
var statNames = map[tsdb.Aggregate]string{tsdb.Sum: "sum", tsdb.Count: "count", tsdb.Min: "min", tsdb.Max: "max"}

// shifted returns the values read for an offset, moved to where they are shown: at T stands what the
// read has at T - offset, or at the last step before it. What lies outside of the read is missing; that
// concerns only offsets that are no multiple of the step or negative. The result may be values itself.
func (r *run) shifted(values []float64, offset int64) []float64 {
	step := r.rng.Step
	fetched := offset / step * step
	if fetched < step {
		fetched = 0
	}
	by := -grid.FloorDiv(fetched-offset, step) // steps by which values move to the right
	if by == 0 {
		return values
	}
	moved := newMissing(len(values))
	for i := range moved {
		if from := int64(i) - by; from >= 0 && from < int64(len(values)) {
			moved[i] = values[from]
		}
	}
	return moved
}
