package expr

import (
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Data is what one read from the store answers: the series that match Query, combined by Aggregate,
// one line per group. It is the leaf below which evaluation does not look.
type Data struct {
	Query tag.Predicate
	// All asks for every series by itself; Aggregate, Own, Forced and Keys then mean nothing.
	All bool
	// Aggregate is one of tsdb.Sum, Count, Min and Max.
	Aggregate tsdb.Aggregate
	// Own is the consolidation of a Sum or Count: tsdb.Average, or tsdb.TotalOf after :cf-sum.
	Own tsdb.Consolidation
	// Forced is the consolidation that another :cf-* word put around the aggregate, where IsForced.
	Forced   tsdb.Consolidation
	IsForced bool
	// Keys are what the result is grouped by, where Grouped. They may be none: then all is one group.
	Keys    []string
	Grouped bool
	// Offset shifts the read into the past; what is read at T - Offset is shown at T.
	Offset Duration
}

// Consolidation returns how the values of one series combine inside a larger step.
func (d *Data) Consolidation() tsdb.Consolidation {
	switch {
	case d.All:
		return tsdb.TotalOf
	case d.IsForced:
		return d.Forced
	case d.Aggregate == tsdb.Min:
		return tsdb.LeastOf
	case d.Aggregate == tsdb.Max:
		return tsdb.GreatestOf
	}
	return d.Own
}

// IsGrouped implements Expr. The lines of All are not groups.
func (d *Data) IsGrouped() bool { return d.Grouped }

// FinalGrouping implements Expr.
func (d *Data) FinalGrouping() []string { return d.Keys }

// Inputs implements Expr: a read has none.
func (*Data) Inputs() []Expr { return nil }
