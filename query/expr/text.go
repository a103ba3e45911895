package expr

import (
	"strconv"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// The canonical text of every expression. Each node writes its operands, then its word; together that
// is a program that builds an equal tree.

var aggregateWords = map[tsdb.Aggregate]string{tsdb.Sum: ",:sum", tsdb.Count: ",:count", tsdb.Min: ",:min", tsdb.Max: ",:max"}

var consolidationNames = [...]string{
	tsdb.Average: "avg", tsdb.TotalOf: "sum", tsdb.LeastOf: "min", tsdb.GreatestOf: "max",
}

func (d *Data) appendText(dst []byte) []byte { return d.appendOffset(d.appendUnshifted(dst)) }

// appendUnshifted appends the text without the offset of the outermost layer: inner layers print theirs,
// so that a grouped read prints its offset twice, as Atlas does.
func (d *Data) appendUnshifted(dst []byte) []byte {
	dst = appendQuery(dst, d.Query)
	if d.All {
		return append(dst, ",:all"...)
	}
	dst = append(dst, aggregateWords[d.Aggregate]...)
	if d.Own == tsdb.TotalOf {
		dst = append(dst, ",:cf-sum"...)
	}
	if d.IsForced {
		dst = append(d.appendOffset(dst), ",:cf-"...)
		dst = append(dst, consolidationNames[d.Forced]...)
	}
	if d.Grouped {
		dst = append(d.appendOffset(dst), ',')
		dst = append(appendKeys(dst, d.Keys), ",:by"...)
	}
	return dst
}

// appendKeys appends the keys of a read; none print as (,,).
func appendKeys(dst []byte, keys []string) []byte {
	if len(keys) == 0 {
		return append(dst, "(,,)"...)
	}
	return stack.AppendList(dst, keys)
}

func (d *Data) appendOffset(dst []byte) []byte { return appendShift(dst, d.Offset) }

// Unshifted returns the canonical text without the offset of the outermost layer, which is how Atlas shows
// a read that is not inside another expression.
func (d *Data) Unshifted() string { return string(d.appendUnshifted(nil)) }

func (c *Constant) appendText(dst []byte) []byte {
	return append(AppendNumber(dst, c.Value), ",:const"...)
}

func (g *Generated) appendText(dst []byte) []byte {
	switch g.Kind {
	case Random:
		return append(dst, ":random"...)
	case SeededRandom:
		return append(strconv.AppendInt(dst, int64(g.Seed), 10), ",:srandom"...)
	case Time:
		return append(stack.AppendEscaped(dst, g.Mode), ",:time"...)
	case TimeSpan:
		dst = append(stack.AppendEscaped(dst, g.From), ',')
		return append(stack.AppendEscaped(dst, g.To), ",:time-span"...)
	}
	panic("expr: a generated line of unknown kind")
}

var unaryNames = [...]struct{ typeName, word string }{
	Abs: {"Abs", ",:abs"}, Neg: {"Negate", ",:neg"}, Sin: {"Sine", ",:sin"}, Sqrt: {"Sqrt", ",:sqrt"},
	PerStep: {"PerStep", ",:per-step"}, ClampMin: {"ClampMin", ",:clamp-min"}, ClampMax: {"ClampMax", ",:clamp-max"},
}

func (u *Unary) appendText(dst []byte) []byte {
	dst = u.Input.appendText(dst)
	if u.Op == ClampMin || u.Op == ClampMax {
		dst = AppendNumber(append(dst, ','), u.Bound)
	}
	return append(dst, unaryNames[u.Op].word...)
}

var binaryNames = [...]struct{ typeName, word string }{
	Add: {"Add", ",:add"}, Sub: {"Subtract", ",:sub"}, Mul: {"Multiply", ",:mul"}, Div: {"Divide", ",:div"}, Pow: {"Power", ",:pow"},
	GreaterThan: {"GreaterThan", ",:gt"}, GreaterOrEqual: {"GreaterThanEqual", ",:ge"},
	LessThan: {"LessThan", ",:lt"}, LessOrEqual: {"LessThanEqual", ",:le"},
	FloatAdd: {"FAdd", ",:fadd"}, FloatSub: {"FSubtract", ",:fsub"}, FloatMul: {"FMultiply", ",:fmul"}, FloatDiv: {"FDivide", ",:fdiv"},
	And: {"And", ",:and"}, Or: {"Or", ",:or"},
}

func (b *Binary) appendText(dst []byte) []byte {
	dst = append(b.Left.appendText(dst), ',')
	return append(b.Right.appendText(dst), binaryNames[b.Op].word...)
}

func (c *Collapse) appendText(dst []byte) []byte {
	return append(c.Input.appendText(dst), aggregateWords[c.Aggregate]...)
}

func (r *Regroup) appendText(dst []byte) []byte {
	dst = append(r.Collapse.appendText(dst), ',')
	return append(stack.AppendList(dst, r.Keys), ",:by"...)
}

func (r *Rename) appendText(dst []byte) []byte {
	dst = append(r.Input.appendText(dst), ',')
	dst = append(stack.AppendEscaped(dst, r.From), ',')
	return append(stack.AppendEscaped(dst, r.To), ",:as"...)
}

func (p *Percentiles) appendText(dst []byte) []byte {
	dst = append(appendQuery(dst, p.Buckets.Query), ',')
	if len(p.Keys) > 0 {
		dst = append(stack.AppendList(dst, p.Keys), ",:by,"...)
	}
	dst = append(dst, "(,"...)
	for i, v := range p.Values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendNumber(dst, v)
	}
	return p.Buckets.appendOffset(append(dst, ",),:percentiles"...))
}

func (a *ApproxDistinct) appendText(dst []byte) []byte {
	return append(a.Input.appendText(dst), ",:approx-distinct"...)
}

var statefulNames = [...]struct{ typeName, word string }{
	Delay: {"Delay", ",:delay"}, RollingCount: {"RollingCount", ",:rolling-count"},
	RollingMin: {"RollingMin", ",:rolling-min"}, RollingMax: {"RollingMax", ",:rolling-max"},
	RollingMean: {"RollingMean", ",:rolling-mean"}, RollingSum: {"RollingSum", ",:rolling-sum"},
	Des: {"Des", ",:des"}, SlidingDes: {"SlidingDes", ",:sdes"}, Trend: {"Trend", ",:trend"},
	Integral: {"Integral", ",:integral"}, CumulativeMax: {"CumulativeMax", ",:cumulative-max"},
	Derivative: {"Derivative", ",:derivative"},
}

func (s *Stateful) appendText(dst []byte) []byte {
	dst = s.Input.appendText(dst)
	switch s.Op {
	case Integral, CumulativeMax, Derivative:
	case Trend:
		dst = append(append(dst, ','), s.Span.ISO()...)
	default:
		dst = strconv.AppendInt(append(dst, ','), int64(s.Window), 10)
	}
	switch s.Op {
	case RollingMean:
		dst = strconv.AppendInt(append(dst, ','), int64(s.MinValues), 10)
	case Des, SlidingDes:
		dst = AppendNumber(append(dst, ','), s.Alpha)
		dst = AppendNumber(append(dst, ','), s.Beta)
	}
	return append(dst, statefulNames[s.Op].word...)
}

func (c *Consolidate) appendText(dst []byte) []byte {
	dst = append(c.Input.appendText(dst), ',')
	dst = append(append(dst, consolidationNames[c.Function]...), ',')
	return append(append(dst, c.Step.ISO()...), ",:consolidate"...)
}

func (s *Stat) appendText(dst []byte) []byte {
	if s.Short {
		return append(append(dst, ":stat-"...), s.Name...)
	}
	dst = append(s.Input.appendText(dst), ',')
	return append(stack.AppendEscaped(dst, s.Name), ",:stat"...)
}

func (s *StatOf) appendText(dst []byte) []byte { return append(append(dst, ":stat-"...), s.Name...) }

func (f *Filter) appendText(dst []byte) []byte {
	dst = append(f.Left.appendText(dst), ',')
	return append(f.Right.appendText(dst), ",:filter"...)
}

var othersNames = [...]struct{ typeName, word string }{
	Dropped: {"", ""}, OthersMin: {"OthersMin", "-others-min"}, OthersMax: {"OthersMax", "-others-max"},
	OthersSum: {"OthersSum", "-others-sum"}, OthersAvg: {"OthersAvg", "-others-avg"},
}

func (r *Rank) appendText(dst []byte) []byte {
	dst = append(r.Input.appendText(dst), ',')
	dst = append(stack.AppendEscaped(dst, r.Stat), ',')
	dst = strconv.AppendInt(dst, int64(r.K), 10)
	if r.Bottom {
		dst = append(dst, ",:bottomk"...)
	} else {
		dst = append(dst, ",:topk"...)
	}
	return append(dst, othersNames[r.Others].word...)
}

func (s *Styled) appendText(dst []byte) []byte {
	dst = s.Expr.appendText(dst)
	for i := len(s.Settings) - 1; i >= 0; i-- {
		dst = append(dst, ',')
		switch one := s.Settings[i]; one.Key {
		case "sed":
			dst = append(dst, one.Value...)
		case "ls":
			dst = append(append(dst, ':'), one.Value...)
		case "offset":
			dst = append(append(dst, one.Value...), ",:offset"...)
		default:
			dst = append(stack.AppendEscaped(dst, one.Value), ",:"...)
			dst = append(dst, one.Key...)
		}
	}
	return dst
}
