package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// offsetKey is the tag that tells by how much a line is shifted.
const offsetKey = "atlas.offset"

// present appends the lines of one expression as its style says: legend, colour, axis, and the sort and limit of the lines.
func (r *Result) present(ctx context.Context, number int, s *expr.Styled, binary bool, lines []eval.Line) error {
	shown, err := named(ctx, number, s, binary, lines, 1)
	if err != nil {
		return err
	}
	r.sort(s, shown)
	limit, err := limitOf(s, len(shown))
	if err != nil {
		return err
	}
	r.Lines = append(r.Lines, shown[:limit]...)
	return nil
}

// linesPerYield is how many lines get their legends between two looks at the turn: well below a millisecond.
const linesPerYield = 64

// named returns the lines of one expression with their legends, in the order of these. The first hidden
// values of each are not shown.
func named(ctx context.Context, number int, s *expr.Styled, binary bool, lines []eval.Line, hidden int) ([]Line, error) {
	offset := OffsetOf(s.Expr)
	format, _ := s.Settings.Get("legend")
	edits, _ := s.Settings.Get("sed")
	shown := make([]Line, len(lines))
	for i, l := range lines {
		if i%linesPerYield == 0 {
			if err := turn.FromContext(ctx).Yield(ctx); err != nil {
				return nil, err
			}
		}
		one := &shown[i]
		*one = Line{
			Expr: number, Label: l.Label, Gauge: l.Gauge, Values: l.Values[hidden:], binary: binary,
			Tags: tag.Sort(append(slices.Clone(l.Tags), tag.Tag{Key: offsetKey, Value: offset.String()})),
		}
		one.Stats = eval.Summarise(one.Values)
		if offset.Milliseconds() > 0 {
			one.Label += " (offset=" + offset.String() + ")"
		}
		legend, err := legendOf(format, edits, one)
		if err != nil {
			return nil, err
		}
		one.Legend = legend
	}
	slices.SortStableFunc(shown, func(a, b Line) int { return strings.Compare(a.Legend, b.Legend) })
	for i := range shown {
		shown[i].Place = i
	}
	return shown, nil
}

// axisOf returns the axis of an expression. One that does not exist is the renderer's to refuse.
func axisOf(s *expr.Styled) int {
	text, _ := s.Settings.Get("axis")
	axis, err := strconv.Atoi(text)
	if err != nil || axis < 0 || axis >= len(Request{}.Binary) {
		return 0
	}
	return axis
}

// OffsetOf returns the offset of an expression: the least of its reads.
func OffsetOf(e expr.Expr) expr.Duration {
	var least expr.Duration
	for i, d := range expr.DataExprs(e) {
		if i == 0 || d.Offset.Milliseconds() < least.Milliseconds() {
			least = d.Offset
		}
	}
	return least
}

// sort orders lines by the settings sort and order.
func (r *Result) sort(s *expr.Styled, lines []Line) {
	by, sorted := s.Settings.Get("sort")
	order, _ := s.Settings.Get("order")
	if !sorted && order != "desc" {
		return
	}
	if warning := CheckSort(by); warning != "" {
		r.Warnings = append(r.Warnings, warning)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return CompareLines(&a, &b, by, order == "desc") })
}

// CheckSort returns the warning for a sort mode that there is not, and "" for the others.
func CheckSort(by string) (warning string) {
	if _, ok := (eval.Stats{}).Get(by); ok || by == "legend" || by == "" {
		return ""
	}
	return fmt.Sprintf("Invalid sort mode '%s'. Using default of 'legend'.", by)
}

// CompareLines orders lines by a statistic, or by legend where by is no name of one. A line without the
// statistic comes last in both directions.
func CompareLines(a, b *Line, by string, descending bool) int {
	order := strings.Compare(a.Legend, b.Legend)
	if x, isStat := a.Stats.Get(by); isStat {
		y, _ := b.Stats.Get(by)
		if x != x || y != y {
			return cmp.Compare(rankOfMissing(x), rankOfMissing(y))
		}
		order = cmp.Compare(x, y)
	}
	if descending {
		return -order
	}
	return order
}

func rankOfMissing(v float64) int {
	if v != v {
		return 1
	}
	return 0
}

// limitOf returns how many of n lines are shown.
func limitOf(s *expr.Styled, n int) (int, error) {
	text, ok := s.Settings.Get("limit")
	if !ok {
		return n, nil
	}
	limit, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, stack.Errorf(stack.NumberFormat, "For input string: \"%s\"", text)
	}
	return int(min(max(limit, 0), int64(n))), nil
}
