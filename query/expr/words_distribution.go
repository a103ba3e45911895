package expr

import (
	"slices"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func distributionWords() []stack.Word {
	distinctExamples := []string{"name,users.unique,:eq", "name,users.unique,:eq,(,nf.region,),:by"}
	return []stack.Word{
		{Name: "percentiles", Signature: "DataExpr percentiles:List -- Expr", Matches: acceptsPercentiles, Run: percentiles,
			Summary: "Estimates percentiles, in per cent, from a distribution that was published as buckets.", Examples: []string{"name,http.server.latency,:eq,(,25,50,90,)"}},
		{Name: "approx-distinct", Signature: "TimeSeriesExpr -- Expr", Matches: acceptsDistinct, Run: approxDistinct,
			Summary: "Estimates how many distinct values were recorded.", Examples: distinctExamples},
		{Name: "sample-count", Signature: "q:Query min:Double max:Double -- TimeSeriesExpr", Run: sampleCount,
			Summary: "Estimates how many samples of a distribution were between two values.", Examples: []string{"name,http.server.latency,:eq,0,0.1"}},
		{Name: "sample-count", Signature: "q:Query -- TimeSeriesExpr", Types: lenient, Body: ":dup,0,Infinity,:sample-count,sample-count,:named-rewrite",
			Summary: "Counts all samples of a distribution.", Examples: []string{"name,http.server.latency,:eq"}},
	}
}

// sampleCount counts what fell between two bounds of a distribution.
func sampleCount(m *stack.Machine, operands []any) error {
	q, low, high := operands[0].(tag.Predicate), operands[1].(float64), operands[2].(float64)
	if !(low < high) {
		return stack.Require("min >= max (min=%s, max=%s)", NumberText(low), NumberText(high))
	}
	if !(low >= 0) {
		return stack.Require("min < 0 (min=%s)", NumberText(low))
	}
	values := bucketRange("D", low, high)
	timers := bucketRange("T", low*1e9, high*1e9)
	m.Push(&Rewrite{
		Name: "sample-count", Shown: Query{q}, Params: []string{NumberText(low), NumberText(high)},
		Eval: sumOf(AndQuery(q, OrQuery(values, timers))), vocabulary: m.Vocabulary(),
	})
	return nil
}

// percentiles takes any aggregate and makes it a sum of buckets.
func percentiles(m *stack.Machine, _ []any) error {
	numbers, _ := stack.DoubleListType.Accept(m.Pop())
	d, _ := asData(m.Pop())
	buckets := &Data{Query: d.Query, Aggregate: tsdb.Sum, Offset: d.Offset, Grouped: true, Keys: append([]string{bucketKey}, d.Keys...)}
	e, err := newPercentiles(buckets, numbers.([]float64))
	return push(m, e, err)
}

func acceptsPercentiles(values []stack.Value) bool {
	if len(values) < 2 {
		return false
	}
	d, ok := asData(values[len(values)-2])
	if !ok || d.All {
		return false
	}
	_, ok = stack.DoubleListType.Accept(values[len(values)-1])
	return ok
}

func approxDistinct(m *stack.Machine, _ []any) error {
	e, err := newApproxDistinct(asExpr(m.Pop()))
	return push(m, e, err)
}

// acceptsDistinct accepts expressions that read data, and no single series.
func acceptsDistinct(values []stack.Value) bool {
	if len(values) == 0 {
		return false
	}
	e := asExpr(values[len(values)-1])
	if e == nil {
		return false
	}
	reads := DataExprs(e)
	return len(reads) > 0 && !slices.ContainsFunc(reads, func(d *Data) bool { return d.All })
}
