package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// The types of operands and the conversions that they bring: a query stands for the sum of it, a number
// for a constant line, an expression for itself without style. Words receive
//
//	Query                  tag.Predicate
//	AggregateFunction      *Data, not grouped and not All
//	DataExpr               *Data
//	TimeSeriesExpr         Expr
//	StyleExpr              *Styled
//	ConsolidationFunction  tsdb.Consolidation
//	Duration               Duration
//	Color                  string
//	EventExpr              *Event
var (
	queryType = stack.Type{Name: "Query", Accept: func(v stack.Value) (any, bool) {
		q, ok := v.(Query)
		return q.Predicate, ok
	}}
	aggregateType = stack.Type{Name: "AggregateFunction", Accept: func(v stack.Value) (any, bool) {
		d, ok := asData(v)
		return d, ok && !d.All && !d.Grouped
	}}
	dataType = stack.Type{Name: "DataExpr", Accept: func(v stack.Value) (any, bool) {
		d, ok := asData(v)
		return d, ok
	}}
	exprType = stack.Type{Name: "TimeSeriesExpr", Accept: func(v stack.Value) (any, bool) {
		e := asExpr(v)
		return e, e != nil
	}}
	styleType = stack.Type{Name: "StyleExpr", Accept: func(v stack.Value) (any, bool) {
		s := asStyled(v)
		return s, s != nil
	}}
	consolidationType = stack.Type{Name: "ConsolidationFunction", Accept: func(v stack.Value) (any, bool) {
		text, _ := v.(stack.Text)
		for f, name := range consolidationNames {
			if string(text) == name {
				return tsdb.Consolidation(f), true
			}
		}
		return nil, false
	}}
	durationType = stack.Type{Name: "Duration", Accept: func(v stack.Value) (any, bool) {
		text, ok := v.(stack.Text)
		if !ok {
			return nil, false
		}
		d, err := ParseDuration(string(text))
		return d, err == nil
	}}
	colorType = stack.Type{Name: "Color", Accept: func(v stack.Value) (any, bool) {
		text, ok := v.(stack.Text)
		return string(text), ok && isColor(string(text))
	}}
	eventType = stack.Type{Name: "EventExpr", Accept: func(v stack.Value) (any, bool) {
		switch v := v.(type) {
		case *Event:
			return v, true
		case Query:
			return &Event{Kind: EventRaw, Query: v.Predicate}, true
		}
		return nil, false
	}}
)

func asData(v stack.Value) (*Data, bool) {
	switch v := v.(type) {
	case Query:
		return sumOf(v.Predicate), true
	case *Data:
		return v, true
	}
	return nil, false
}

func sumOf(p tag.Predicate) *Data { return &Data{Query: p, Aggregate: tsdb.Sum} }

// asExpr returns v as an expression, or nil if it is none.
func asExpr(v stack.Value) Expr {
	switch v := v.(type) {
	case stack.Text:
		if n, ok := stack.ParseDouble(string(v)); ok {
			return &Constant{n}
		}
	case Query:
		return sumOf(v.Predicate)
	case Expr:
		return v
	}
	return nil
}

// Presentation returns v as an expression to show, converted as at the end of a program, or nil if it is none.
func Presentation(v stack.Value) *Styled { return asStyled(v) }

// asStyled returns v as a presentation expression, or nil if it is none.
func asStyled(v stack.Value) *Styled {
	if s, ok := v.(*Styled); ok {
		return s
	}
	if e := asExpr(v); e != nil {
		return &Styled{Expr: e}
	}
	return nil
}

// lenient lets the words that say so take styled expressions too. Macros do, and the words that keepStyle
// wraps.
var lenient = map[string]stack.Type{
	"TimeSeriesExpr": {Name: "TimeSeriesExpr", Accept: func(v stack.Value) (any, bool) {
		if s, ok := v.(*Styled); ok {
			return s, true
		}
		e := asExpr(v)
		return e, e != nil
	}},
}

// keepStyle makes a word on expressions one that takes styled expressions too: if exactly one operand is
// styled, so is the result; the styles of several are dropped.
func keepStyle(run func(m *stack.Machine, operands []any) error) func(m *stack.Machine, operands []any) error {
	return func(m *stack.Machine, operands []any) error {
		var only *Styled
		count := 0
		for i, operand := range operands {
			if s, ok := operand.(*Styled); ok {
				only, operands[i] = s, s.Expr
				count++
			}
		}
		if err := run(m, operands); err != nil || count != 1 {
			return err
		}
		if e, ok := m.Top().(Expr); ok {
			m.Pop()
			m.Push(&Styled{Expr: e, Settings: only.Settings})
		}
		return nil
	}
}

// push makes a word of a function that yields an expression or what is wrong with it.
func push(m *stack.Machine, e Expr, err error) error {
	if err != nil {
		return err
	}
	m.Push(e)
	return nil
}
