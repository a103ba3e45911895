package eval

import (
	"cmp"
	"slices"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// A Span is a row of steps, from First to Last, both included, in milliseconds since the epoch.
type Span struct{ First, Last int64 }

// SpansRead returns the steps of the store that the value of e at one step depends on, as SingleStep has it
// evaluated, in order of time: an offset of a week reads a week ago and not what lies between. It may name a few
// steps too many, never one too few. An expression without data reads nothing.
func SpansRead(e expr.Expr, at, stepMillis int64) []Span {
	r := &reaches{stepMillis, map[expr.Expr][]reach{}}
	start := SingleStep([]expr.Expr{e}, at, stepMillis).Start
	spans := make([]Span, 0, 1)
	for _, one := range r.of(e) {
		span := Span{First: at - one.far*stepMillis, Last: at - max(one.near, 0)*stepMillis}
		if one.fromStart {
			span.First = start
		}
		span.First, span.Last = max(span.First, start), min(span.Last, at+one.shift*stepMillis)
		span.First -= one.shift * stepMillis
		span.Last -= one.shift * stepMillis
		if span.First <= span.Last {
			spans = append(spans, span)
		}
	}
	return joined(spans, stepMillis)
}

// A reach is what the value of a node at one step takes from a read, in steps before its own. The range that is
// evaluated bounds it.
type reach struct {
	far, near int64 // from far up to near; near is below 0 where later steps count too
	fromStart bool  // from the start of the range on, wherever that is
	shift     int64 // the offset of the read, which the range does not bound
}

// maxReaches bounds what is told apart.
const maxReaches = 64

// reaches remembers nodes, so that shared ones are visited once.
type reaches struct {
	stepMillis int64
	known      map[expr.Expr][]reach
}

func (r *reaches) of(e expr.Expr) []reach {
	if known, ok := r.known[e]; ok {
		return known
	}
	var all []reach
	switch e := e.(type) {
	case *expr.Data:
		all = []reach{{shift: grid.CeilDiv(e.Offset.Milliseconds(), r.stepMillis)}}
	case *expr.Filter: // a line stays if the condition was true once
		all = append(all, r.of(e.Left)...)
		all = append(all, wholeRange(r.of(e.Right))...)
	case *expr.Stat, *expr.Rank:
		all = wholeRange(r.of(e.Inputs()[0]))
	case *expr.Consolidate:
		more := max(grid.CeilDiv(min(max(e.Step.Milliseconds(), 0), maxLookback), r.stepMillis)-1, 0)
		all = widened(r.of(e.Input), more, -more)
	case *expr.Stateful:
		all = r.stateful(e)
	default:
		for _, input := range e.Inputs() {
			all = append(all, r.of(input)...)
		}
	}
	all = distinct(all)
	r.known[e] = all
	return all
}

func (r *reaches) stateful(e *expr.Stateful) []reach {
	input := r.of(e.Input)
	switch e.Op {
	case expr.Des, expr.Integral, expr.CumulativeMax:
		unbounded := slices.Clone(input)
		for i := range unbounded {
			unbounded[i].fromStart = true
		}
		return unbounded
	}
	back := (&lookbacks{stepMillis: r.stepMillis}).stateful(e).Steps
	if e.Op == expr.Delay {
		return widened(input, back, back)
	}
	return widened(input, back, 0)
}

// widened returns the reaches of a word that takes so many steps more of its input.
func widened(input []reach, far, near int64) []reach {
	all := slices.Clone(input)
	for i := range all {
		all[i].far = min(all[i].far+far, maxLookback)
		all[i].near = max(min(all[i].near+near, maxLookback), -maxLookback)
	}
	return all
}

// wholeRange returns the reaches of a word that looks at lines as a whole.
func wholeRange(input []reach) []reach {
	all := slices.Clone(input)
	for i := range all {
		all[i].fromStart, all[i].near = true, -maxLookback
	}
	return all
}

// distinct returns each reach once. Where they are too many, those of one offset become one that covers them; there
// are no more offsets than reads.
func distinct(all []reach) []reach {
	slices.SortFunc(all, func(a, b reach) int {
		return cmp.Or(cmp.Compare(a.shift, b.shift), cmp.Compare(a.far, b.far), cmp.Compare(a.near, b.near), boolOrder(a.fromStart, b.fromStart))
	})
	all = slices.Compact(all)
	if len(all) <= maxReaches {
		return all
	}
	covering := all[:1]
	for _, one := range all[1:] {
		last := &covering[len(covering)-1]
		if one.shift != last.shift {
			covering = append(covering, one)
			continue
		}
		last.far, last.near = max(last.far, one.far), min(last.near, one.near)
		last.fromStart = last.fromStart || one.fromStart
	}
	return covering
}

// boolOrder sorts false before true.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// joined returns the same steps in order, as few spans as they make.
func joined(spans []Span, stepMillis int64) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.First, b.First) })
	var all []Span
	for _, s := range spans {
		if n := len(all); n > 0 && s.First <= all[n-1].Last+stepMillis {
			all[n-1].Last = max(all[n-1].Last, s.Last)
			continue
		}
		all = append(all, s)
	}
	return all
}
