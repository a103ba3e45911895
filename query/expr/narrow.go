package expr

import (
	"maps"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Narrow returns e as it is for one of its lines, which has these tags: to the query of each grouped read comes
// what the group has for its keys. Reads that are not told apart by groups stay, for the line is made of all of them:
// those below :sum and the like, and those that are not grouped. Ranks stay that call the rest --others--, because
// the rest is no group.
func Narrow(e Expr, tags tag.Tags) (Expr, error) {
	if tooLarge(e) {
		return nil, tooLargeError()
	}
	return narrow(e, tags.Map())
}

// narrow is Narrow for a tree whose text was found to be of a sane size, so that what is shared in it
// may be narrowed once for each of its uses.
func narrow(e Expr, group map[string]string) (Expr, error) {
	var c *change
	c = &change{expr: func(e Expr) (Expr, error) {
		switch e := e.(type) {
		case *Data:
			return narrowData(e, group), nil
		case *Percentiles:
			return narrowPercentiles(e, group)
		case *Collapse:
			return e, nil
		case *Regroup:
			return narrowRegroup(e, group)
		case *Rename:
			return narrowRename(e, group)
		case *Rank:
			if e.Others != Dropped {
				return e, nil
			}
		case *Rewrite:
			return narrowRewrite(c, e, group)
		}
		return nil, nil
	}}
	return c.apply(e)
}

// narrowData adds to a read what the group says about its keys. A series that is read by itself is told by all
// of its tags.
func narrowData(d *Data, group map[string]string) Expr {
	keys := d.Keys
	if d.All {
		keys = slices.Sorted(maps.Keys(group))
	}
	narrowed := *d
	narrowed.Query = withGroup(d.Query, keys, group)
	return &narrowed
}

// withGroup adds to p, for each of keys that the group has, that it is equal to that.
func withGroup(p tag.Predicate, keys []string, group map[string]string) tag.Predicate {
	for _, key := range keys {
		if value, ok := group[key]; ok && !demands(p, key, value) {
			p = AndQuery(p, tag.Equal{Key: key, Value: value})
		}
	}
	return p
}

// demands reports whether p says already that key is value.
func demands(p tag.Predicate, key, value string) bool {
	switch p := p.(type) {
	case tag.And:
		return demands(p.Left, key, value) || demands(p.Right, key, value)
	case tag.Equal:
		return p.Key == key && p.Value == value
	}
	return false
}

// narrowPercentiles keeps the percentile that the group is. The key of that name in the store names buckets.
func narrowPercentiles(p *Percentiles, group map[string]string) (Expr, error) {
	buckets := *p.Buckets
	buckets.Query = withGroup(p.Buckets.Query, p.Keys, group)
	values := slices.DeleteFunc(slices.Clone(p.Values), func(v float64) bool { return PercentileTag(v) != group[bucketKey] })
	if len(values) == 0 {
		values = p.Values
	}
	return newPercentiles(&buckets, values)
}

// narrowRegroup narrows what is collapsed into groups by the keys of these alone.
func narrowRegroup(r *Regroup, group map[string]string) (Expr, error) {
	kept := map[string]string{}
	for _, key := range r.Keys {
		if value, ok := group[key]; ok {
			kept[key] = value
		}
	}
	input, err := narrow(r.Collapse.Input, kept)
	if err != nil {
		return nil, err
	}
	return newRegroup(&Collapse{r.Collapse.Aggregate, input}, r.Keys)
}

// narrowRename narrows by the old key what has the new one.
func narrowRename(r *Rename, group map[string]string) (Expr, error) {
	inner := maps.Clone(group)
	delete(inner, r.To)
	if value, ok := group[r.To]; ok {
		inner[r.From] = value
	}
	input, err := narrow(r.Input, inner)
	if err != nil {
		return nil, err
	}
	return newRename(input, r.From, r.To), nil
}

// narrowRewrite narrows the operand that was written, by c where that has the groups itself.
func narrowRewrite(c *change, r *Rewrite, group map[string]string) (Expr, error) {
	if !r.groupedAsShown() {
		keys := r.Eval.FinalGrouping()
		c = &change{query: func(p tag.Predicate) (tag.Predicate, error) { return withGroup(p, keys, group), nil }}
	}
	return c.rewrite(r)
}

// PercentileTag returns a percentile as the lines of Percentiles have it in their tag, such that the text sorts as
// the number does: "  9.0", " 50.0", "100.0".
func PercentileTag(p float64) string {
	text := NumberText(p)
	switch {
	case p < 10:
		return "  " + text
	case p < 100:
		return " " + text
	}
	return text
}
