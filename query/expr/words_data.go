package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func dataWords() []stack.Word {
	const aggregate = "q:Query -- DataExpr"
	const consolidation = "expr:TimeSeriesExpr -- DataExpr"
	aggregateExamples := []string{"name,sys.cpu.utilization,:eq"}
	cfExamples := []string{"name,sys.cpu.utilization,:eq", "name,sys.cpu.utilization,:eq,:min", "name,sys.cpu.utilization,:eq,:max", "name,sys.cpu.utilization,:eq,:sum", "name,sys.cpu.utilization,:eq,:count"}
	return []stack.Word{
		{Name: "all", Signature: aggregate, Run: all,
			Summary: "Every matching series as a line of its own; for looking around, not for dashboards.", Examples: []string{"name,sys.cpu.utilization,:eq,nf.app,gateway,:eq,:and"}},
		{Name: "sum", Signature: aggregate, Run: aggregateQuery(tsdb.Sum),
			Summary: "Adds the values of all matching series.", Examples: aggregateExamples},
		{Name: "count", Signature: aggregate, Run: aggregateQuery(tsdb.Count),
			Summary: "Counts the matching series that have a value.", Examples: aggregateExamples},
		{Name: "min", Signature: aggregate, Run: aggregateQuery(tsdb.Min),
			Summary: "The least value of all matching series.", Examples: aggregateExamples},
		{Name: "max", Signature: aggregate, Run: aggregateQuery(tsdb.Max),
			Summary: "The greatest value of all matching series.", Examples: aggregateExamples},
		{Name: "by", Signature: "af:AggregateFunction keys:StringList -- DataExpr", Run: by,
			Summary:  "Aggregates each combination of values of the keys by itself.",
			Examples: []string{"name,sys.cpu.utilization,:eq,(,name,)", "name,sys.cpu.utilization,:eq,:max,(,nf.app,)", "name,sys.cpu.utilization,:eq,nf.app,gateway,:eq,:and,(,nf.node,nf.zone,)"}},
		{Name: "offset", Signature: "TimeSeriesExpr dur:Duration -- TimeSeriesExpr", Types: lenient, Run: keepStyle(offset),
			Summary: "Shifts all reads of an expression into the past.", Examples: []string{"name,sys.cpu.utilization,:eq,(,name,),:by,30m", "name,sys.cpu.utilization,:eq,:max,PT10M"}},
		{Name: "cf-avg", Signature: consolidation, Run: consolidateBy(tsdb.Average),
			Summary: "Consolidates to larger steps by the average, which is what sums and counts do anyway.", Examples: cfExamples},
		{Name: "cf-sum", Signature: consolidation, Run: consolidateBy(tsdb.TotalOf),
			Summary: "Consolidates to larger steps by the sum.", Examples: cfExamples},
		{Name: "cf-min", Signature: consolidation, Run: consolidateBy(tsdb.LeastOf),
			Summary: "Consolidates to larger steps by the least value.", Examples: cfExamples},
		{Name: "cf-max", Signature: consolidation, Run: consolidateBy(tsdb.GreatestOf),
			Summary: "Consolidates to larger steps by the greatest value.", Examples: cfExamples},
	}
}

func all(m *stack.Machine, operands []any) error {
	m.Push(&Data{Query: operands[0].(tag.Predicate), All: true})
	return nil
}

func aggregateQuery(a tsdb.Aggregate) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		m.Push(&Data{Query: operands[0].(tag.Predicate), Aggregate: a})
		return nil
	}
}

func by(m *stack.Machine, operands []any) error {
	e, err := groupData(operands[0].(*Data), operands[1].([]string))
	return push(m, e, err)
}

func offset(m *stack.Machine, operands []any) error {
	e, d := operands[0].(Expr), operands[1].(Duration)
	if !d.FitsMilliseconds() {
		return stack.Errorf(stack.Arithmetic, "long overflow")
	}
	shifted, err := shift(d, m).apply(e)
	return push(m, shifted, err)
}

// consolidateBy expands rewrites, whose text could not say how their reads are consolidated.
func consolidateBy(f tsdb.Consolidation) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		expand := &change{machine: m, expr: func(e Expr) (Expr, error) {
			if r, ok := e.(*Rewrite); ok {
				return r.Eval, nil
			}
			return nil, nil
		}}
		expanded, err := expand.apply(operands[0].(Expr))
		if err != nil {
			return err
		}
		force := &change{machine: m, expr: func(e Expr) (Expr, error) {
			if d, ok := e.(*Data); ok && !d.All {
				return d.consolidatedBy(f), nil
			}
			return nil, nil
		}}
		e, err := force.apply(expanded)
		return push(m, e, err)
	}
}

// consolidatedBy returns d with another consolidation: its own where the aggregate can have it, else one
// around it.
func (d *Data) consolidatedBy(f tsdb.Consolidation) *Data {
	changed := *d
	changed.IsForced, changed.Forced = false, 0
	switch {
	case d.Aggregate == tsdb.Min && f == tsdb.LeastOf, d.Aggregate == tsdb.Max && f == tsdb.GreatestOf:
	case (d.Aggregate == tsdb.Sum || d.Aggregate == tsdb.Count) && (f == tsdb.Average || f == tsdb.TotalOf):
		changed.Own = f
	default:
		changed.IsForced, changed.Forced = true, f
	}
	return &changed
}
