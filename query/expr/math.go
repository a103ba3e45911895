package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// A Constant is one line of one value. Equality is that of Double.compare: NaN equals NaN, 0.0 is not -0.0.
type Constant struct{ Value float64 }

// Number implements stack.Number: a constant may stand where a word wants a number.
func (c *Constant) Number() float64 { return c.Value }

// A Generator names a line that is computed from the time alone.
type Generator uint8

// The generated lines.
const (
	Random       Generator = iota // hash of the time
	SeededRandom                  // hash of the time and Seed
	Time                          // calendar field or count of Mode, always UTC
	TimeSpan                      // 1 from From to To, else 0
)

// A Generated is a line that needs no data. Only the fields of its Kind are set.
type Generated struct {
	Kind Generator
	Seed int32  // SeededRandom
	Mode string // Time: checked when parsed
	// From and To are the bounds of TimeSpan as text, resolved at evaluation; Zone is the name of the
	// time zone for bounds that name none, "" for UTC. Zone is not part of the canonical text.
	From, To, Zone string
}

// A UnaryOp names a function of one value.
type UnaryOp uint8

// The functions of one value. NaN stays NaN.
const (
	Abs UnaryOp = iota
	Neg
	Sin
	Sqrt
	PerStep  // times the step of the line in seconds
	ClampMin // Bound where the value is less
	ClampMax // Bound where the value is greater
)

// A Unary applies a function to every value of its input.
type Unary struct {
	Op    UnaryOp
	Input Expr
	Bound float64 // ClampMin, ClampMax
}

// A BinaryOp names a function of two values; each has its own NaN rule (query/LANGUAGE.md).
type BinaryOp uint8

// The functions of two values.
const (
	Add BinaryOp = iota
	Sub
	Mul
	Div
	Pow
	GreaterThan
	GreaterOrEqual
	LessThan
	LessOrEqual
	FloatAdd
	FloatSub
	FloatMul
	FloatDiv
	And
	Or
)

// A Binary combines the lines of two inputs that have the same group.
type Binary struct {
	Op          BinaryOp
	Left, Right Expr

	keys    []string // final grouping: that of the side with more keys, the left if equal
	grouped bool
}

// JoinsRight reports whether the lines of the left are looked up for each line of the right: the right
// is grouped by more keys. Else it is the other way round. The result has the tags of the other side.
func (b *Binary) JoinsRight() bool { return !subset(b.Right.FinalGrouping(), b.Left.FinalGrouping()) }

// A Collapse combines all lines of its input into one.
type Collapse struct {
	Aggregate tsdb.Aggregate // one of Sum, Count, Min, Max
	Input     Expr
}

// A Regroup combines the lines of Collapse.Input, which is grouped, into one per group of fewer keys.
type Regroup struct {
	Collapse *Collapse
	Keys     []string
}

// A Rename gives the tag From the key To.
type Rename struct {
	Input    Expr
	From, To string

	keys []string
}

// Percentiles estimates percentiles from a sum grouped by the tag percentile, whose values are the
// buckets. Its lines have that tag too, with the percentile as a number.
type Percentiles struct {
	Buckets *Data     // grouped by percentile and then by Keys
	Keys    []string  // what the user grouped by
	Values  []float64 // 0 … 100, ascending, no duplicates
}

// ApproxDistinct estimates a number of distinct values from the registers of a HyperLogLog.
type ApproxDistinct struct {
	Input     Expr // as written, for the text
	Registers Expr // what is evaluated: each data expression is a max grouped by distinct first

	keys []string // final grouping of Registers without distinct
}

// A Rewrite is an expression that was written with one word and stands for a larger one. Everything
// but its text comes from Eval.
type Rewrite struct {
	Name   string   // of the word, without colon
	Shown  Node     // the operand that was written: a Query or an Expr
	Params []string // further operands, as text
	Eval   Expr     // what is evaluated

	average    *Average          // of a custom average: how to group it; else nil
	vocabulary *stack.Vocabulary // what Shown was written in, to read it again when it changes
}

// IsGrouped implements Expr.
func (*Constant) IsGrouped() bool { return false }

// IsGrouped implements Expr.
func (*Generated) IsGrouped() bool { return false }

// IsGrouped implements Expr.
func (u *Unary) IsGrouped() bool { return u.Input.IsGrouped() }

// IsGrouped implements Expr.
func (b *Binary) IsGrouped() bool { return b.grouped }

// IsGrouped implements Expr.
func (*Collapse) IsGrouped() bool { return false }

// IsGrouped implements Expr.
func (*Regroup) IsGrouped() bool { return true }

// IsGrouped implements Expr.
func (r *Rename) IsGrouped() bool { return r.Input.IsGrouped() }

// IsGrouped implements Expr.
func (*Percentiles) IsGrouped() bool { return true }

// IsGrouped implements Expr.
func (a *ApproxDistinct) IsGrouped() bool { return len(a.keys) > 0 }

// IsGrouped implements Expr.
func (r *Rewrite) IsGrouped() bool { return r.Eval.IsGrouped() }

// FinalGrouping implements Expr.
func (*Constant) FinalGrouping() []string { return nil }

// FinalGrouping implements Expr.
func (*Generated) FinalGrouping() []string { return nil }

// FinalGrouping implements Expr.
func (u *Unary) FinalGrouping() []string { return u.Input.FinalGrouping() }

// FinalGrouping implements Expr.
func (b *Binary) FinalGrouping() []string { return b.keys }

// FinalGrouping implements Expr.
func (*Collapse) FinalGrouping() []string { return nil }

// FinalGrouping implements Expr.
func (r *Regroup) FinalGrouping() []string { return r.Keys }

// FinalGrouping implements Expr.
func (r *Rename) FinalGrouping() []string { return r.keys }

// FinalGrouping implements Expr.
func (p *Percentiles) FinalGrouping() []string { return p.Buckets.Keys }

// FinalGrouping implements Expr.
func (a *ApproxDistinct) FinalGrouping() []string { return a.keys }

// FinalGrouping implements Expr.
func (r *Rewrite) FinalGrouping() []string { return r.Eval.FinalGrouping() }

// Inputs implements Expr.
func (*Constant) Inputs() []Expr { return nil }

// Inputs implements Expr.
func (*Generated) Inputs() []Expr { return nil }

// Inputs implements Expr.
func (u *Unary) Inputs() []Expr { return []Expr{u.Input} }

// Inputs implements Expr.
func (b *Binary) Inputs() []Expr { return []Expr{b.Left, b.Right} }

// Inputs implements Expr.
func (c *Collapse) Inputs() []Expr { return []Expr{c.Input} }

// Inputs implements Expr.
func (r *Regroup) Inputs() []Expr { return []Expr{r.Collapse} }

// Inputs implements Expr.
func (r *Rename) Inputs() []Expr { return []Expr{r.Input} }

// Inputs implements Expr.
func (p *Percentiles) Inputs() []Expr { return []Expr{p.Buckets} }

// Inputs implements Expr.
func (a *ApproxDistinct) Inputs() []Expr { return []Expr{a.Registers} }

// Inputs implements Expr.
func (r *Rewrite) Inputs() []Expr { return []Expr{r.Eval} }
