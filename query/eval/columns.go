package eval

import (
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// dataLines turns columns into the lines of a data expression, sorted by label as Atlas's store does.
func (s *source) dataLines(d *expr.Data, columns []tsdb.Column) (lineSet, error) {
	exact := expr.ExactTags(d.Query)
	aggregate := aggregateOf(d)
	suffix := ""
	if !d.Offset.IsZero() {
		suffix = " (offset=" + d.Offset.String() + ")"
	}
	var set lineSet
	err := s.eachLine(len(columns), func(i int) {
		c := &columns[i]
		values := c.Values(aggregate)
		if allMissing(values) {
			return
		}
		values = s.shifted(values, d.Offset.Milliseconds())
		s.held.add(values)
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
		set.lines = []line{noData(s.rng.Len())}
	}
	return set, err
}

// statNames are what labels call the aggregates.
var statNames = map[tsdb.Aggregate]string{tsdb.Sum: "sum", tsdb.Count: "count", tsdb.Min: "min", tsdb.Max: "max"}

// shifted returns the values read for an offset, moved to where they are shown: at T stands what the
// read has at T - offset, or at the last step before it. What lies outside of the read is missing; that
// concerns only offsets that are no multiple of the step or negative. The result may be values itself.
func (s *source) shifted(values []float64, offset int64) []float64 {
	step := s.rng.Step
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
