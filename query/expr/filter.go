package expr

import "github.com/telamon-tsdb/telamon/tsdb"

// A Consolidate replaces each value by that of the larger interval it lies in.
type Consolidate struct {
	Input    Expr
	Function tsdb.Consolidation
	Step     Duration
}

// A Stat replaces each line by a flat one that holds a statistic of it.
type Stat struct {
	Input Expr
	Name  string // avg, max, min, last, total, count; others fail at evaluation
	// Short tells that it was written as StatOf, which its text is then too.
	Short bool
}

// A StatOf is a statistic of the left side of the Filter it is written in. Building the filter replaces
// it by a Stat; anywhere else it yields no line.
type StatOf struct{ Name string }

// A Filter keeps the lines of Left for which the line of Right in the same group is true at least once.
type Filter struct{ Left, Right Expr }

// Others names what a Rank does with the lines that it does not keep.
type Others uint8

// What becomes of the lines beyond the first K: dropped, or combined into one.
const (
	Dropped Others = iota
	OthersMin
	OthersMax
	OthersSum
	OthersAvg
)

// A Rank keeps the K lines with the largest statistic, or the smallest where Bottom.
type Rank struct {
	Input  Expr
	Stat   string // as Stat.Name
	K      int32  // 1 or more
	Bottom bool
	Others Others
}

// IsGrouped implements Expr.
func (c *Consolidate) IsGrouped() bool { return c.Input.IsGrouped() }

// IsGrouped implements Expr.
func (s *Stat) IsGrouped() bool { return s.Input.IsGrouped() }

// IsGrouped implements Expr.
func (*StatOf) IsGrouped() bool { return false }

// IsGrouped implements Expr.
func (f *Filter) IsGrouped() bool { return f.Left.IsGrouped() }

// IsGrouped implements Expr.
func (r *Rank) IsGrouped() bool { return r.Input.IsGrouped() }

// FinalGrouping implements Expr.
func (c *Consolidate) FinalGrouping() []string { return c.Input.FinalGrouping() }

// FinalGrouping implements Expr.
func (s *Stat) FinalGrouping() []string { return s.Input.FinalGrouping() }

// FinalGrouping implements Expr.
func (*StatOf) FinalGrouping() []string { return nil }

// FinalGrouping implements Expr.
func (f *Filter) FinalGrouping() []string { return f.Left.FinalGrouping() }

// FinalGrouping implements Expr.
func (r *Rank) FinalGrouping() []string { return r.Input.FinalGrouping() }

// Inputs implements Expr.
func (c *Consolidate) Inputs() []Expr { return []Expr{c.Input} }

// Inputs implements Expr.
func (s *Stat) Inputs() []Expr { return []Expr{s.Input} }

// Inputs implements Expr.
func (*StatOf) Inputs() []Expr { return nil }

// Inputs implements Expr.
func (f *Filter) Inputs() []Expr { return []Expr{f.Left, f.Right} }

// Inputs implements Expr.
func (r *Rank) Inputs() []Expr { return []Expr{r.Input} }
