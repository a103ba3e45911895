package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
)

func filterWords() []stack.Word {
	words := []stack.Word{
		{Name: "consolidate", Signature: "TimeSeriesExpr cf:ConsolidationFunction newStep:Duration -- TimeSeriesExpr", Types: lenient, Run: keepStyle(consolidate),
			Summary: "Replaces each value by that of the larger interval around it.", Examples: []string{":random,avg,5m"}},
		{Name: "stat", Signature: "TimeSeriesExpr stat:String -- TimeSeriesExpr", Types: lenient, Run: keepStyle(stat),
			Summary: "A flat line at a statistic of each line: avg, min, max, last, count or total.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,avg", "name,sys.cpu.utilization,:eq,:sum,total"}},
		statOf("avg", "The average of each line that a :filter is about."),
		statOf("max", "The greatest value of each line that a :filter is about."),
		statOf("min", "The least value of each line that a :filter is about."),
		statOf("last", "The last value of each line that a :filter is about."),
		statOf("count", "The number of values of each line that a :filter is about."),
		statOf("total", "The sum of the values of each line that a :filter is about."),
		{Name: "filter", Signature: binarySignature, Run: filter,
			Summary: "Keeps the lines for which a second expression is true at least once.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,:stat-max,100,:gt"}},
		shortStat("min"), shortStat("max"), shortStat("avg"),
	}
	for _, bottom := range []bool{true, false} {
		for others := Dropped; others <= OthersAvg; others++ {
			words = append(words, rank(bottom, others))
		}
	}
	return words
}

func consolidate(m *stack.Machine, operands []any) error {
	m.Push(&Consolidate{operands[0].(Expr), operands[1].(tsdb.Consolidation), operands[2].(Duration)})
	return nil
}

func stat(m *stack.Machine, operands []any) error {
	m.Push(&Stat{Input: operands[0].(Expr), Name: operands[1].(string)})
	return nil
}

// statOf makes the words that stand for a statistic of a line yet to come.
func statOf(name, summary string) stack.Word {
	return stack.Word{Name: "stat-" + name, Signature: " -- TimeSeriesExpr", Summary: summary, Examples: []string{"", "name,sys.cpu.utilization,:eq,:sum"},
		Run: func(m *stack.Machine, _ []any) error {
			m.Push(&StatOf{name})
			return nil
		}}
}

func shortStat(name string) stack.Word {
	return stack.Word{Name: "stat-" + name + "-mf", Signature: unarySignature, Types: lenient, Body: name + ",:stat",
		Summary: "Short for " + name + ",:stat.", Examples: []string{"42"}}
}

func filter(m *stack.Machine, operands []any) error {
	e, err := filtered(m, operands[0].(Expr), operands[1].(Expr))
	return push(m, e, err)
}

// filtered returns left filtered by right, in which the statistics of a line yet to come become those of
// the left.
func filtered(m *stack.Machine, left, right Expr) (Expr, error) {
	c := &change{machine: m, expr: func(e Expr) (Expr, error) {
		if s, ok := e.(*StatOf); ok {
			return &Stat{Input: left, Name: s.Name, Short: true}, nil
		}
		return nil, nil
	}}
	right, err := c.apply(right)
	if err != nil {
		return nil, err
	}
	return newFilter(left, right)
}

// rank makes the words that keep the first lines by a statistic.
func rank(bottom bool, others Others) stack.Word {
	name, which := "topk", "largest"
	if bottom {
		name, which = "bottomk", "smallest"
	}
	rest := [...]string{Dropped: "", OthersMin: "; the least values of the rest are one more", OthersMax: "; the greatest values of the rest are one more",
		OthersSum: "; the sum of the rest is one more", OthersAvg: "; the average of the rest is one more"}[others]
	run := func(m *stack.Machine, operands []any) error {
		k := operands[2].(int32)
		if k <= 0 {
			return stack.Require("k must be positive (%d <= 0)", k)
		}
		m.Push(&Rank{Input: operands[0].(Expr), Stat: operands[1].(string), K: k, Bottom: bottom, Others: others})
		return nil
	}
	return stack.Word{Name: name + othersNames[others].word, Signature: "TimeSeriesExpr stat:String k:Int -- TimeSeriesExpr", Types: lenient, Run: keepStyle(run),
		Summary: "Keeps the k lines whose statistic is " + which + rest + ".", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,max,5"}}
}
