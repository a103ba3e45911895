package expr

import (
	"errors"
	"fmt"
	"strings"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

func queryWords() []stack.Word {
	const keyValue = "k:String v:String -- Query"
	keyValueExamples := []string{"status,404", "nf.node,i-gat01", "ERROR:name"}
	regexExamples := []string{"name,http.server.(requests|errors)", "nf.zone,eu-1[ab]", "ERROR:name"}
	logicExamples := []string{"name,sys.load.1,:eq,nf.app,gateway,:eq", ":false,:true", ":true,:false", ":true,:true"}
	return []stack.Word{
		{Name: "true", Signature: " -- Query", Run: constantQuery(tag.True{}),
			Summary: "Matches every series.", Examples: []string{""}},
		{Name: "false", Signature: " -- Query", Run: constantQuery(tag.False{}),
			Summary: "Matches no series.", Examples: []string{""}},
		{Name: "has", Signature: "k:String -- Query", Run: has,
			Summary: "Matches series that have the key, whatever its value.", Examples: []string{"endpoint", "name", "ERROR:"}},
		{Name: "eq", Signature: keyValue, Run: equal,
			Summary: "Matches series whose value for the key is exactly this.", Examples: keyValueExamples},
		{Name: "lt", Signature: keyValue, Run: compare(tag.Less),
			Summary: "Matches series whose value for the key is before this one, compared as text.", Examples: keyValueExamples},
		{Name: "le", Signature: keyValue, Run: compare(tag.LessOrEqual),
			Summary: "Matches series whose value for the key is this one or before it, compared as text.", Examples: keyValueExamples},
		{Name: "gt", Signature: keyValue, Run: compare(tag.Greater),
			Summary: "Matches series whose value for the key is after this one, compared as text.", Examples: keyValueExamples},
		{Name: "ge", Signature: keyValue, Run: compare(tag.GreaterOrEqual),
			Summary: "Matches series whose value for the key is this one or after it, compared as text.", Examples: keyValueExamples},
		{Name: "re", Signature: keyValue, Run: match(false, asWritten),
			Summary: "Matches series whose value for the key starts with what the regular expression matches.", Examples: regexExamples},
		{Name: "reic", Signature: keyValue, Run: match(true, asWritten),
			Summary: "Like :re, but upper and lower case are the same. Slow: no index helps.", Examples: []string{"name,http.server.(requests|errors)", "name,HTTP.Server.(Requests|Errors)", "ERROR:name"}},
		{Name: "contains", Signature: keyValue, Run: match(false, containing),
			Summary: "Matches series whose value for the key has this text in it.", Examples: []string{"name,request", "nf.node,gat0"}},
		{Name: "starts", Signature: keyValue, Run: match(false, escapePattern),
			Summary: "Matches series whose value for the key starts with this text.", Examples: []string{"name,http", "nf.node,i-"}},
		{Name: "ends", Signature: keyValue, Run: match(false, ending),
			Summary: "Matches series whose value for the key ends with this text.", Examples: []string{"name,errors", "nf.node,2"}},
		{Name: "in", Signature: "k:String vs:StringList -- Query", Run: in,
			Summary: "Matches series whose value for the key is one of a list.", Examples: []string{"name,(,sys.load.1,)", "name,(,sys.load.1,sys.disk.used,)", "name,(,)", "ERROR:name,sys.cpu.utilization"}},
		{Name: "and", Signature: "q1:Query q2:Query -- Query", Run: pairQuery(AndQuery),
			Summary: "Matches series that both queries match.", Examples: logicExamples},
		{Name: "or", Signature: "q1:Query q2:Query -- Query", Run: pairQuery(OrQuery),
			Summary: "Matches series that either query matches.", Examples: logicExamples},
		{Name: "not", Signature: "q:Query -- Query", Run: notQuery,
			Summary: "Matches series that the query does not match.", Examples: []string{"nf.app,gateway,:eq", ":false", ":true"}},
		{Name: "cq", Signature: "expr:Any q:Query -- Any", Run: commonQuery,
			Summary: "Adds a query, with :and, to every query in an expression.", Examples: []string{"name,sys.load.1,:eq,name,sys.disk.used,:eq,:or,nf.app,gateway,:eq", "42,nf.app,gateway,:eq"}},
	}
}

func constantQuery(p tag.Predicate) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, _ []any) error {
		m.Push(Query{p})
		return nil
	}
}

func has(m *stack.Machine, operands []any) error {
	m.Push(Query{tag.Has{Key: operands[0].(string)}})
	return nil
}

func equal(m *stack.Machine, operands []any) error {
	m.Push(Query{tag.Equal{Key: operands[0].(string), Value: operands[1].(string)}})
	return nil
}

func compare(order tag.Order) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		m.Push(Query{tag.Compare{Key: operands[0].(string), Order: order, Value: operands[1].(string)}})
		return nil
	}
}

// match makes the words that become regular expressions; source turns the operand into one.
func match(ignoreCase bool, source func(string) string) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		text := source(operands[1].(string))
		if err := m.Spend(64 + 16*len(text)); err != nil {
			return err
		}
		p, err := pattern.Compile(text, ignoreCase)
		if err != nil {
			return patternError(err)
		}
		m.Push(Query{tag.Match{Key: operands[0].(string), Pattern: p}})
		return nil
	}
}

func patternError(err error) error {
	var syntax *pattern.SyntaxError
	if errors.As(err, &syntax) && syntax.Number {
		return stack.Errorf(stack.NumberFormat, "%s", err.Error())
	}
	return stack.Invalid("%s", err.Error())
}

func asWritten(s string) string { return s }

func containing(s string) string { return ".*" + escapePattern(s) }

func ending(s string) string { return ".*" + escapePattern(s) + "$" }

// escapePattern returns a regular expression that matches s, but for | which means "or" (as in Atlas).
func escapePattern(s string) string {
	var b strings.Builder
	from := 0
	for at := range len(s) {
		if unit, ok := stack.LoneSurrogate(s[at:]); ok {
			b.WriteString(pattern.Escape(s[from:at]))
			fmt.Fprintf(&b, `\u%04x`, unit)
			from = at + 3
		}
	}
	b.WriteString(pattern.Escape(s[from:]))
	return b.String()
}

func in(m *stack.Machine, operands []any) error {
	key, values := operands[0].(string), operands[1].([]string)
	m.Push(Query{inQuery(key, values)})
	return nil
}

// inQuery returns the predicate for a list of values: false for none, equality for one.
func inQuery(key string, values []string) tag.Predicate {
	switch len(values) {
	case 0:
		return tag.False{}
	case 1:
		return tag.Equal{Key: key, Value: values[0]}
	}
	return tag.In{Key: key, Values: values}
}

func pairQuery(join func(a, b tag.Predicate) tag.Predicate) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		return pushQuery(m, join(operands[0].(tag.Predicate), operands[1].(tag.Predicate)))
	}
}

func notQuery(m *stack.Machine, operands []any) error {
	return pushQuery(m, NotQuery(operands[0].(tag.Predicate)))
}

func pushQuery(m *stack.Machine, p tag.Predicate) error {
	if err := checkQuery(p); err != nil {
		return err
	}
	m.Push(Query{p})
	return nil
}

// commonQuery leaves what is not an expression as it is, and forgets the query.
func commonQuery(m *stack.Machine, operands []any) error {
	v, err := withCommonQuery(m, operands[0].(stack.Value), operands[1].(tag.Predicate))
	if err != nil {
		return err
	}
	m.Push(v)
	return nil
}

func withCommonQuery(m *stack.Machine, v stack.Value, common tag.Predicate) (stack.Value, error) {
	c := &change{machine: m, query: func(p tag.Predicate) (tag.Predicate, error) {
		both := AndQuery(p, common)
		return both, checkQuery(both)
	}}
	n, ok := v.(Node)
	if !ok {
		return v, nil
	}
	return c.node(n)
}
