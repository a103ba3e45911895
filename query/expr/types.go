package expr

import "github.com/telamon-tsdb/telamon/tsdb"

// The type names that messages show, as Atlas calls them.

var aggregateTypes = map[tsdb.Aggregate]string{tsdb.Sum: "Sum", tsdb.Count: "Count", tsdb.Min: "Min", tsdb.Max: "Max"}

// TypeName implements stack.Value.
func (d *Data) TypeName() string {
	switch {
	case d.All:
		return "All"
	case d.Grouped:
		return "GroupBy"
	case d.IsForced:
		return "Consolidation"
	}
	return aggregateTypes[d.Aggregate]
}

// TypeName implements stack.Value.
func (*Constant) TypeName() string { return "Constant" }

// TypeName implements stack.Value.
func (g *Generated) TypeName() string {
	return [...]string{Random: "Random$", SeededRandom: "SeededRandom", Time: "Time", TimeSpan: "TimeSpan"}[g.Kind]
}

// TypeName implements stack.Value.
func (u *Unary) TypeName() string { return unaryNames[u.Op].typeName }

// TypeName implements stack.Value.
func (b *Binary) TypeName() string { return binaryNames[b.Op].typeName }

// TypeName implements stack.Value.
func (c *Collapse) TypeName() string { return aggregateTypes[c.Aggregate] }

// TypeName implements stack.Value.
func (*Regroup) TypeName() string { return "GroupBy" }

// TypeName implements stack.Value.
func (*Rename) TypeName() string { return "As" }

// TypeName implements stack.Value.
func (*Percentiles) TypeName() string { return "Percentiles" }

// TypeName implements stack.Value.
func (*ApproxDistinct) TypeName() string { return "ApproxDistinct" }

// TypeName implements stack.Value.
func (*Rewrite) TypeName() string { return "NamedRewrite" }

// TypeName implements stack.Value.
func (s *Stateful) TypeName() string { return statefulNames[s.Op].typeName }

// TypeName implements stack.Value.
func (*Consolidate) TypeName() string { return "Consolidate" }

// TypeName implements stack.Value.
func (*Stat) TypeName() string { return "Stat" }

var statTypes = map[string]string{
	"avg": "StatAvg$", "max": "StatMax$", "min": "StatMin$", "last": "StatLast$", "count": "StatCount$", "total": "StatTotal$",
}

// TypeName implements stack.Value.
func (s *StatOf) TypeName() string { return statTypes[s.Name] }

// TypeName implements stack.Value.
func (*Filter) TypeName() string { return "Filter" }

// TypeName implements stack.Value.
func (r *Rank) TypeName() string {
	if r.Bottom {
		return "BottomK" + othersNames[r.Others].typeName
	}
	return "TopK" + othersNames[r.Others].typeName
}

// TypeName implements stack.Value.
func (*Styled) TypeName() string { return "StyleExpr" }

// TypeName implements stack.Value.
func (e *Event) TypeName() string {
	return [...]string{EventRaw: "Raw", EventTable: "Table", EventSample: "Sample"}[e.Kind]
}

// String returns the canonical text.
func (d *Data) String() string { return textOf(d) }

// String returns the canonical text.
func (c *Constant) String() string { return textOf(c) }

// String returns the canonical text.
func (g *Generated) String() string { return textOf(g) }

// String returns the canonical text.
func (u *Unary) String() string { return textOf(u) }

// String returns the canonical text.
func (b *Binary) String() string { return textOf(b) }

// String returns the canonical text.
func (c *Collapse) String() string { return textOf(c) }

// String returns the canonical text.
func (r *Regroup) String() string { return textOf(r) }

// String returns the canonical text.
func (r *Rename) String() string { return textOf(r) }

// String returns the canonical text.
func (p *Percentiles) String() string { return textOf(p) }

// String returns the canonical text.
func (a *ApproxDistinct) String() string { return textOf(a) }

// String returns the canonical text.
func (r *Rewrite) String() string { return textOf(r) }

// String returns the canonical text.
func (s *Stateful) String() string { return textOf(s) }

// String returns the canonical text.
func (c *Consolidate) String() string { return textOf(c) }

// String returns the canonical text.
func (s *Stat) String() string { return textOf(s) }

// String returns the canonical text.
func (s *StatOf) String() string { return textOf(s) }

// String returns the canonical text.
func (f *Filter) String() string { return textOf(f) }

// String returns the canonical text.
func (r *Rank) String() string { return textOf(r) }

// String returns the canonical text.
func (s *Styled) String() string { return textOf(s) }

// String returns the canonical text.
func (e *Event) String() string { return textOf(e) }
