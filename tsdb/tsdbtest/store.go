package tsdbtest

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Store is a DB in memory that answers queries by the book. It is a tsdb.Selector; its points are
// set directly, already on the step grid. Any number of Selects may run at once, but no Set beside them.
type Store struct {
	stepMillis int64
	series     []series
	byTags     map[string]int // canonical tags to position in series
}

// A series keeps its points by time. A missing point and one that is NaN are the same: no value.
type series struct {
	tags   tag.Tags
	points map[int64]float64
}

// NewStore returns an empty store with the given primary step in milliseconds.
func NewStore(stepMillis int64) *Store {
	return &Store{stepMillis: stepMillis, byTags: map[string]int{}}
}

// StepMillis returns the primary step.
func (s *Store) StepMillis() int64 { return s.stepMillis }

// Len returns the number of series.
func (s *Store) Len() int { return len(s.series) }

// Set stores the value of the series t at a time in milliseconds, which must be on the step grid.
// The last value set wins. Series count in the order in which they were first set.
func (s *Store) Set(t tag.Tags, at int64, value float64) {
	if at%s.stepMillis != 0 {
		panic(fmt.Sprintf("tsdbtest: Set at %d, not a multiple of the step %d", at, s.stepMillis))
	}
	key := string(t.AppendCanonical(nil))
	i, ok := s.byTags[key]
	if !ok {
		i = len(s.series)
		s.byTags[key] = i
		s.series = append(s.series, series{t, map[int64]float64{}})
	}
	s.series[i].points[at] = value
}

// All yields every series with its points in order of time, those that are NaN left out. The tags are
// the store's own.
func (s *Store) All() iter.Seq2[tag.Tags, []tsdb.Point] {
	return func(yield func(tag.Tags, []tsdb.Point) bool) {
		for i, one := range s.series {
			var points []tsdb.Point
			for at, v := range one.points {
				if !math.IsNaN(v) {
					points = append(points, tsdb.Point{Ref: tsdb.Ref(i + 1), Time: at, Value: v})
				}
			}
			slices.SortFunc(points, func(a, b tsdb.Point) int { return cmp.Compare(a.Time, b.Time) })
			if !yield(one.tags, points) {
				return
			}
		}
	}
}

// Select implements tsdb.Selector. Groups come in the order of their first series; a series without
// a value in the range takes no part. A step that is no multiple of the primary one is an error.
func (s *Store) Select(ctx context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	return func(yield func(tsdb.Column, error) bool) {
		columns, err := s.columns(ctx, q)
		for _, c := range columns {
			if !yield(*c, nil) {
				return
			}
		}
		if err != nil {
			yield(tsdb.Column{}, err)
		}
	}
}

func (s *Store) columns(ctx context.Context, q tsdb.Query) ([]*tsdb.Column, error) {
	if q.Step < s.stepMillis || q.Step%s.stepMillis != 0 {
		return nil, fmt.Errorf("select: step %d ms is not a multiple of the primary step %d ms", q.Step, s.stepMillis)
	}
	if q.Start%q.Step != 0 || q.End%q.Step != 0 || q.End < q.Start {
		return nil, fmt.Errorf("select: range %d to %d is not on the grid of step %d ms", q.Start, q.End, q.Step)
	}
	var columns []*tsdb.Column
	groups := map[string]*tsdb.Column{}
	for _, one := range s.series {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if !q.Where.Matches(one.tags) {
			continue
		}
		groupTags, ok := groupOf(q, one.tags)
		if !ok {
			continue
		}
		part := s.consolidate(q, one)
		if part.Samples == 0 {
			continue
		}
		part.Tags = groupTags
		key := string(groupTags.AppendCanonical(nil))
		if group, ok := groups[key]; ok {
			aggregate(group, part)
			continue
		}
		groups[key] = part
		columns = append(columns, part)
		if err := checkBudget(q, len(columns)); err != nil {
			return nil, err
		}
	}
	return columns, nil
}

func checkBudget(q tsdb.Query, columns int) error {
	if q.MaxColumns > 0 && columns > q.MaxColumns {
		return &tsdb.BudgetError{What: "lines", Used: columns, Limit: q.MaxColumns}
	}
	return nil
}

// groupOf returns the tags of the group that a series falls into, and whether it falls into any.
func groupOf(q tsdb.Query, t tag.Tags) (tag.Tags, bool) {
	if q.PerSeries {
		return t, true
	}
	var group tag.Tags
	for _, key := range q.By {
		value, ok := t.Get(key)
		if !ok {
			return nil, false
		}
		group = append(group, tag.Tag{Key: key, Value: value})
	}
	return tag.Sort(group), true
}

// consolidate returns the column of one series, its values brought onto the steps of the query.
func (s *Store) consolidate(q tsdb.Query, one series) *tsdb.Column {
	dsType, _ := one.tags.Get(tag.DataSourceType)
	c := &tsdb.Column{
		SubSteps: int(q.Step / s.stepMillis),
		First:    one.tags.ID(),
		Gauge:    dsType == "gauge",
		Series:   1,
	}
	if q.Consolidation == tsdb.Average && c.SubSteps > 1 {
		c.Present = make([]uint64, (q.Len()*c.SubSteps+63)/64)
	}
	for i := range q.Len() {
		var values, ones []float64
		for sub := range c.SubSteps {
			at := q.Start + int64(i)*q.Step - q.Step + int64(sub+1)*s.stepMillis
			v, ok := one.points[at]
			if !ok || math.IsNaN(v) {
				continue
			}
			c.Samples++
			values, ones = append(values, v), append(ones, 1)
			if c.Present != nil {
				bit := i*c.SubSteps + sub
				c.Present[bit/64] |= 1 << (bit % 64)
			}
		}
		v := combine(q.Consolidation, values)
		appendTo(q.Aggregates, tsdb.Sum, &c.Sum, v)
		appendTo(q.Aggregates, tsdb.Count, &c.Count, combine(q.Consolidation, ones))
		appendTo(q.Aggregates, tsdb.Min, &c.Min, v)
		appendTo(q.Aggregates, tsdb.Max, &c.Max, v)
	}
	return c
}

func appendTo(asked, one tsdb.Aggregate, values *[]float64, v float64) {
	if asked&one != 0 {
		*values = append(*values, v)
	}
}

// combine consolidates the values inside one step, none of which is NaN; NaN if there are none. Opposite
// infinities make a sum NaN, and further values do not mend that (recorded: consolidation-0179). An average
// is not divided yet: tsdb.Column.Values does that, after aggregation.
func combine(how tsdb.Consolidation, values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	result := values[0]
	for _, v := range values[1:] {
		switch how {
		case tsdb.Average, tsdb.TotalOf:
			result += v
		case tsdb.LeastOf:
			result = least(result, v)
		case tsdb.GreatestOf:
			result = greatest(result, v)
		}
	}
	return result
}

// aggregate adds the series of part to group, step by step.
func aggregate(group, part *tsdb.Column) {
	zip(group.Sum, part.Sum, add)
	zip(group.Count, part.Count, add)
	zip(group.Min, part.Min, least)
	zip(group.Max, part.Max, greatest)
	for i, word := range part.Present {
		group.Present[i] |= word
	}
	if string(part.First[:]) < string(group.First[:]) {
		group.First, group.Gauge = part.First, part.Gauge
	}
	group.Series++
	group.Samples += part.Samples
}

func zip(dst, src []float64, op func(a, b float64) float64) {
	for i, v := range src {
		dst[i] = op(dst[i], v)
	}
}

// add, least and greatest skip NaN; of two zeros least and greatest return the second.

func add(a, b float64) float64 {
	switch {
	case math.IsNaN(a):
		return b
	case math.IsNaN(b):
		return a
	}
	return a + b
}

func least(a, b float64) float64 {
	if math.IsNaN(b) || a < b {
		return a
	}
	return b
}

func greatest(a, b float64) float64 {
	if math.IsNaN(b) || a > b {
		return a
	}
	return b
}
