package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func eventWords() []stack.Word {
	return []stack.Word{
		{Name: "sample", Signature: "q:Query sampleBy:StringList projectionKeys:StringList -- EventExpr", Run: sample,
			Summary: "Counts the matching events by the values of keys, and shows some of each as rows.", Examples: []string{"level,ERROR,:eq,(,fingerprint,),(,message,)"}},
		{Name: "table", Signature: "q:Query columns:StringList -- EventExpr", Run: table,
			Summary: "A row with these columns for each matching event.", Examples: []string{"level,ERROR,:eq,(,message,)"}},
	}
}

func sample(m *stack.Machine, operands []any) error {
	e := &Event{Kind: EventSample, Query: operands[0].(tag.Predicate), By: operands[1].([]string), Columns: operands[2].([]string)}
	if len(e.By) == 0 {
		return stack.Require("sampleBy cannot be empty")
	}
	m.Push(e)
	return nil
}

func table(m *stack.Machine, operands []any) error {
	e := &Event{Kind: EventTable, Query: operands[0].(tag.Predicate), Columns: operands[1].([]string)}
	if len(e.Columns) == 0 {
		return stack.Require("set of columns cannot be empty")
	}
	m.Push(e)
	return nil
}
