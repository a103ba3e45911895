package eval

import (
	"context"
	"errors"
	"math/bits"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// A source asks the store for columns, within limits, and makes lines of them.
type source struct {
	pace
	store     tsdb.Selector
	rng       Range
	maxSeries int // of one Select

	budget budget
	held   held
	work   Work // but for Nodes and Bytes
}

// aggregateOf returns what the store is asked for: single series are the sum of themselves.
func aggregateOf(d *expr.Data) tsdb.Aggregate {
	if d.All {
		return tsdb.Sum
	}
	return d.Aggregate
}

// plan groups the data expressions of the plan by what one Select can answer.
func (s *source) plan(nodes []node) []*read {
	var reads []*read
	known := map[readKey]*read{}
	for id, n := range nodes {
		d, ok := n.expr.(*expr.Data)
		if !ok {
			continue
		}
		q := s.queryOf(d)
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
func (s *source) queryOf(d *expr.Data) tsdb.Query {
	shift := d.Offset.Milliseconds() / s.rng.Step * s.rng.Step
	if shift < s.rng.Step {
		shift = 0 // also where the offset points into the future: see shifted
	}
	q := tsdb.Query{
		Where: d.Query, Start: s.rng.Start - shift, End: s.rng.End - shift, Step: s.rng.Step,
		Aggregates: aggregateOf(d), Consolidation: d.Consolidation(), PerSeries: d.All,
	}
	if d.Grouped {
		q.By = slices.Clone(d.Keys)
		slices.Sort(q.By)
		q.By = slices.Compact(q.By)
	}
	q.MaxSeries = s.maxSeries
	if s.rng.Step == s.rng.Primary {
		q.Consolidation = tsdb.TotalOf // of one value: all are the same
	}
	return q
}

func (s *source) selectColumns(one *read) error {
	s.work.Reads++
	one.query.MaxBytes = s.budget.left()
	bytesPerColumn := int64(bits.OnesCount8(uint8(one.query.Aggregates))*one.query.Len()*bytesPerValue + bytesPerLine)
	if one.query.Consolidation == tsdb.Average {
		bytesPerColumn += maskBytes(one.query.End-one.query.Start, one.query.Step, s.rng.Primary)
	}
	s.turn.End() // a store that computes begins it again; one that asks others waits without
	for column, err := range s.store.Select(s.ctx, one.query) {
		if err == nil && s.ctx.Err() != nil {
			err = context.Cause(s.ctx)
		}
		if err != nil {
			return s.explained(err)
		}
		if err := s.budget.take(bytesPerColumn); err != nil {
			return err
		}
		one.columns = append(one.columns, column)
		s.work.Columns++
		s.work.Series += column.Series
		s.work.Samples += column.Samples
	}
	return s.turn.Begin(s.ctx)
}

// explained returns what a reader of the expression should be told of an error of the store.
func (s *source) explained(err error) error {
	over := (*tsdb.BudgetError)(nil)
	switch {
	case !errors.As(err, &over):
		return err
	case over.What == "bytes":
		s.budget.need = s.budget.limit + 1
		return s.budget.exceeded(int64(over.Used))
	}
	return TooMany(over.What, over.Used, over.Limit)
}
