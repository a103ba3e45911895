package expr

import (
	"math"
	"slices"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
)

const (
	unarySignature  = "TimeSeriesExpr -- TimeSeriesExpr"
	binarySignature = "t1:TimeSeriesExpr t2:TimeSeriesExpr -- TimeSeriesExpr"
)

func mathWords() []stack.Word {
	return slices.Concat(lineWords(), unaryWords(), binaryWords(), collapseWords(), distributionWords(), mathMacros())
}

// lineWords make lines out of nothing, and change how lines are told apart.
func lineWords() []stack.Word {
	return []stack.Word{
		{Name: "as", Signature: "TimeSeriesExpr original:String replacement:String -- TimeSeriesExpr", Run: rename,
			Summary: "Gives a tag another key, so that two expressions can be matched.", Examples: []string{"name,sys.cpu.utilization,:eq,(,nf.node,),:by,nf.node,host"}},
		{Name: "by", Signature: "TimeSeriesExpr keys:List -- TimeSeriesExpr", Params: []string{"TimeSeriesExpr", "StringList"}, Run: regroup,
			Summary: "Groups every aggregate in an expression, or the lines of a grouped one by fewer keys.", Examples: []string{"name,sys.cpu.utilization,:eq,:avg,(,nf.app,)", "name,sys.cpu.utilization,:eq,(,nf.app,nf.node,),:by,:max,(,nf.app,)"}},
		{Name: "const", Signature: "v:Double -- TimeSeriesExpr", Run: constant,
			Summary: "A line of one value.", Examples: []string{"42"}},
		{Name: "pi", Signature: " -- TimeSeriesExpr", Run: pi,
			Summary: "A line at π.", Examples: []string{""}},
		{Name: "random", Signature: " -- TimeSeriesExpr", Run: random,
			Summary: "Noise between 0 and 1 that is the same whenever a time is looked at: a hash of the time.", Examples: []string{""}},
		{Name: "srandom", Signature: "seed:Int -- TimeSeriesExpr", Run: seededRandom,
			Summary: "Like :random; each seed gives another line.", Examples: []string{"42"}},
		{Name: "time", Signature: "mode:String -- TimeSeriesExpr", Run: timeLine,
			Summary: "The time itself, in UTC: a field such as hourOfDay, dayOfWeek or minuteOfHour, or the seconds, minutes, hours, days or weeks since 1970.", Examples: []string{"hourOfDay", "HOUR_OF_DAY", "days"}},
		{Name: "time-span", Signature: "s:String e:String -- TimeSeriesExpr", Run: timeSpan,
			Summary: "1 from the start to the end of a span of time, else 0. gs and ge are the ends of the graph, s and e those of the span.", Examples: []string{"e-30m,ge", "2026-02-20T15:00,s+30m"}},
		{Name: "cg", Signature: "Expr keys:List -- Expr", Params: []string{"TimeSeriesExpr", "StringList"}, Types: lenient, Run: keepStyle(commonGroup),
			Summary: "Adds keys to every grouping in an expression.", Examples: []string{"name,sys.cpu.utilization,:eq,(,nf.app,)", "name,sys.cpu.utilization,:eq,(,nf.node,),:by,(,nf.app,)"}},
		{Name: "named-rewrite", Signature: "original:TimeSeriesExpr rewritten:TimeSeriesExpr name:String -- TimeSeriesExpr",
			Matches: acceptsRewrite, Run: namedRewrite,
			Summary: "Shows one expression and evaluates another; for words that are made of words.", Examples: []string{"name,sys.cpu.utilization,:eq,:dup,:sum,2,:div,half"}},
	}
}

func unaryWords() []stack.Word {
	constants := []string{"0", "64", "-64"}
	word := func(name, summary string, op UnaryOp) stack.Word {
		return stack.Word{Name: name, Signature: unarySignature, Types: lenient, Run: keepStyle(unary(op)), Summary: summary, Examples: constants}
	}
	clamp := func(name, bound, summary string, op UnaryOp) stack.Word {
		return stack.Word{Name: name, Signature: "TimeSeriesExpr " + bound + ":Double -- TimeSeriesExpr", Types: lenient, Run: keepStyle(clamp(op)),
			Summary: summary, Examples: []string{"name,sys.cpu.utilization,:eq,:sum,2e3"}}
	}
	return []stack.Word{
		clamp("clamp-min", "min", "Raises values below a bound to it.", ClampMin),
		clamp("clamp-max", "max", "Lowers values above a bound to it.", ClampMax),
		word("abs", "The size of each value, without its sign.", Abs),
		word("neg", "Each value with the other sign.", Neg),
		word("sin", "The sine of each value, in radians.", Sin),
		word("sqrt", "The square root of each value; none for values below zero.", Sqrt),
		word("per-step", "Turns a rate per second into an amount per step.", PerStep),
	}
}

func binaryWords() []stack.Word {
	examples := []string{"name,sys.cpu.utilization,:eq,42", "name,sys.cpu.utilization,:eq,:max,name,sys.load.1,:eq,:max,(,nf.app,),:by"}
	word := func(name, summary string, op BinaryOp) stack.Word {
		return stack.Word{Name: name, Signature: binarySignature, Types: lenient, Run: keepStyle(binary(op)), Summary: summary, Examples: examples}
	}
	return []stack.Word{
		word("add", "a plus b; a missing value counts as 0.", Add),
		word("sub", "a minus b; a missing value counts as 0.", Sub),
		word("mul", "a times b.", Mul),
		word("div", "a by b; 0/0 is 0, anything else by 0 has no value.", Div),
		word("pow", "a to the power of b.", Pow),
		word("gt", "1 where a is greater than b, else 0.", GreaterThan),
		word("ge", "1 where a is greater than b or equal, else 0.", GreaterOrEqual),
		word("lt", "1 where a is less than b, else 0.", LessThan),
		word("le", "1 where a is less than b or equal, else 0.", LessOrEqual),
		word("fadd", "a plus b; no value where either is missing.", FloatAdd),
		word("fsub", "a minus b; no value where either is missing.", FloatSub),
		word("fmul", "a times b, the same as :mul.", FloatMul),
		word("fdiv", "a by b as floats divide: infinite by 0.", FloatDiv),
		word("and", "1 where a and b are true: there and not zero; else 0.", And),
		word("or", "1 where a or b is true: there and not zero; else 0.", Or),
	}
}

func collapseWords() []stack.Word {
	examples := []string{"name,sys.cpu.utilization,:eq,:sum", "name,sys.cpu.utilization,:eq,:max,(,nf.app,),:by"}
	word := func(name, summary string, a tsdb.Aggregate) stack.Word {
		return stack.Word{Name: name, Signature: unarySignature, Types: lenient, Run: keepStyle(collapse(a)), Summary: summary, Examples: examples}
	}
	return []stack.Word{
		word("sum", "Adds the lines of an expression.", tsdb.Sum),
		word("count", "Counts the lines of an expression that have a value.", tsdb.Count),
		word("min", "The least value of the lines of an expression.", tsdb.Min),
		word("max", "The greatest value of the lines of an expression.", tsdb.Max),
	}
}

func rename(m *stack.Machine, operands []any) error {
	m.Push(newRename(operands[0].(Expr), operands[1].(string), operands[2].(string)))
	return nil
}

func constant(m *stack.Machine, operands []any) error {
	m.Push(&Constant{operands[0].(float64)})
	return nil
}

func pi(m *stack.Machine, _ []any) error { m.Push(&Constant{math.Pi}); return nil }

func random(m *stack.Machine, _ []any) error { m.Push(&Generated{Kind: Random}); return nil }

func seededRandom(m *stack.Machine, operands []any) error {
	m.Push(&Generated{Kind: SeededRandom, Seed: operands[0].(int32)})
	return nil
}

func timeLine(m *stack.Machine, operands []any) error {
	mode := operands[0].(string)
	if err := checkTimeMode(mode); err != nil {
		return err
	}
	m.Push(&Generated{Kind: Time, Mode: mode})
	return nil
}

func timeSpan(m *stack.Machine, operands []any) error {
	line := &Generated{Kind: TimeSpan, From: operands[0].(string), To: operands[1].(string)}
	if zone, ok := m.Variable("tz").(stack.Text); ok {
		if _, err := LoadZone(string(zone)); err != nil {
			return err
		}
		line.Zone = string(zone)
	}
	m.Push(line)
	return nil
}

func unary(op UnaryOp) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		u := &Unary{Op: op, Input: operands[0].(Expr)}
		if c, ok := u.Input.(*Constant); ok && op != PerStep {
			m.Push(&Constant{u.Apply(c.Value)})
			return nil
		}
		m.Push(u)
		return nil
	}
}

// clamp is not folded for constants, as in Atlas.
func clamp(op UnaryOp) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		m.Push(&Unary{Op: op, Input: operands[0].(Expr), Bound: operands[1].(float64)})
		return nil
	}
}

func binary(op BinaryOp) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		left, right := operands[0].(Expr), operands[1].(Expr)
		if a, ok := left.(*Constant); ok {
			if b, ok := right.(*Constant); ok {
				m.Push(&Constant{op.Apply(a.Value, b.Value)})
				return nil
			}
		}
		e, err := newBinary(op, left, right)
		return push(m, e, err)
	}
}

// collapse leaves an aggregate as it is, which has one line, unless its lines are to be counted.
func collapse(a tsdb.Aggregate) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		e := operands[0].(Expr)
		if d, ok := e.(*Data); ok && !d.All && !d.Grouped && a != tsdb.Count {
			m.Push(d)
			return nil
		}
		m.Push(&Collapse{a, e})
		return nil
	}
}
