package tsdb

import (
	"math"
	"math/bits"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
)

// An Aggregate is a way to combine the values that several series have at one time. Aggregates are
// bits, so that one Select can answer several of them. NaN means "no value" and is skipped; where no
// series has a value the result is NaN, for Count too.
type Aggregate uint8

// The aggregates that merge: over shards, blocks and peers.
const (
	Sum Aggregate = 1 << iota
	Count
	Min
	Max
)

// A Consolidation is a way to combine the values that one series has inside one larger step. It is
// applied to each series before the series are aggregated.
type Consolidation uint8

// The consolidations. Average divides once, after aggregation: a rate by the number of primary steps in
// the interval, a gauge by the number of those in which any series had a value.
const (
	Average Consolidation = iota
	TotalOf
	LeastOf
	GreatestOf
)

// A Query asks for columns. Times are milliseconds; the value at T describes the interval (T-Step, T].
type Query struct {
	// Where selects the series.
	Where tag.Predicate
	// By makes one group per combination of values of these keys; a series that lacks one of them is
	// left out. Without keys all series are one group.
	By []string
	// PerSeries makes every series a group of its own; By is then ignored.
	PerSeries bool
	// Start is the first output time and End is one step behind the last; both are multiples of Step.
	Start, End int64
	// Step is a multiple of the primary step of the store.
	Step int64
	// Aggregates lists what the columns hold.
	Aggregates Aggregate
	// Consolidation is how the values of one series combine where Step is larger than the primary step.
	Consolidation Consolidation
	// MaxColumns bounds the answer, MaxSeries the series that are read for it, and MaxBytes the memory that this
	// takes, that of steps without a value included. 0 is no bound; a query that exceeds one ends with a *BudgetError.
	MaxColumns, MaxSeries, MaxBytes int
}

// Len returns the number of values in a column that answers q.
func (q Query) Len() int { return int((q.End - q.Start) / q.Step) }

// A Column holds the values of one group on the step grid of its query. Columns of disjoint sets of
// series merge, and a column that was merged from parts equals one computed in one place (but for the
// order in which floats were added).
type Column struct {
	// Tags are the keys of Query.By with this group's values; all tags of the series under PerSeries;
	// empty without grouping.
	Tags tag.Tags
	// Sum, Count, Min and Max have Query.Len values each, or are nil where not asked for. They are
	// not divided yet where the consolidation is Average: use Values.
	Sum, Count, Min, Max []float64
	// Present has a bit for each primary step of the range, the one at Start-Step+primary first: set
	// where any series had a value. Nil unless the consolidation is Average over more than one primary step.
	Present []uint64
	// SubSteps is the number of primary steps in one step, 1 or more.
	SubSteps int
	// First is the least ID among the group's series; its data source type counts for the group. Where all are of one
	// kind, a store that keeps parts of columns may name a series that has values only shortly before or behind the range.
	First tag.ID
	// Gauge tells whether that series is a gauge; everything else averages as a rate.
	Gauge bool
	// Series and Samples count what was read for the column, for people who ask why a query is slow. A store that keeps
	// parts of columns counts whole parts, and of Series the most that any part has.
	Series, Samples int
}

// Merge adds the series of o to c; o is not used afterwards. Both must answer the same query and group.
func (c *Column) Merge(o *Column) {
	if o.Series == 0 {
		return
	}
	if c.Series == 0 || string(o.First[:]) < string(c.First[:]) {
		c.First, c.Gauge = o.First, o.Gauge
	}
	c.Series += o.Series
	c.Samples += o.Samples
	c.combine(o)
}

// combine adds the values of o to c.
func (c *Column) combine(o *Column) {
	vector.AddInto(c.Sum, o.Sum)
	vector.AddInto(c.Count, o.Count)
	vector.MinInto(c.Min, o.Min)
	vector.MaxInto(c.Max, o.Max)
	for i, word := range o.Present {
		c.Present[i] |= word
	}
}

// Values returns the finished values of one aggregate that the query asked for: divided where the
// consolidation is Average. The slice is the column's own.
func (c *Column) Values(a Aggregate) []float64 {
	var values []float64
	switch a {
	case Sum:
		values = c.Sum
	case Count:
		values = c.Count
	case Min:
		values = c.Min
	case Max:
		values = c.Max
	default:
		panic("tsdb: Values wants one aggregate")
	}
	if c.SubSteps <= 1 || c.Present == nil {
		return values
	}
	divided := make([]float64, len(values))
	for i, v := range values {
		n := c.SubSteps
		if c.Gauge {
			n = countBits(c.Present, i*c.SubSteps, (i+1)*c.SubSteps)
		}
		if n == 0 {
			divided[i] = math.NaN()
			continue
		}
		divided[i] = v / float64(n)
	}
	return divided
}

// countBits counts the set bits in [from, to).
func countBits(words []uint64, from, to int) int {
	n := 0
	for at := from; at < to; {
		word := words[at/64] >> (at % 64)
		width := min(64-at%64, to-at)
		if width < 64 {
			word &= 1<<width - 1
		}
		n += bits.OnesCount64(word)
		at += width
	}
	return n
}
