package eval

import (
	"math"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// keyString returns the label of a group: "(app=www node=i1)", keys in the order given. Without keys it
// is ")", as in Atlas. t has all keys.
func keyString(t tag.Tags, keys []string) string {
	if len(keys) == 0 {
		return ")"
	}
	size := len("()")
	for _, one := range t {
		size += len(one.Key) + len(one.Value) + len("= ")
	}
	var b strings.Builder
	b.Grow(size)
	for i, key := range keys {
		if i == 0 {
			b.WriteByte('(')
		} else {
			b.WriteByte(' ')
		}
		value, _ := t.Get(key)
		b.WriteString(key)
		b.WriteByte('=')
		b.WriteString(value)
	}
	b.WriteByte(')')
	return b.String()
}

func hasAll(t tag.Tags, keys []string) bool {
	for _, key := range keys {
		if _, ok := t.Get(key); !ok {
			return false
		}
	}
	return true
}

// collapse combines all lines into one. It keeps the tags that the query holds fast.
func (r *run) collapse(e *expr.Collapse, n *node) (lineSet, error) {
	in := r.input(n, 0)
	if len(in) == 0 {
		return lineSet{lines: []line{noData(r.rng.Len())}}, nil
	}
	one, err := r.combine(e.Aggregate, in)
	if err != nil {
		return lineSet{}, err
	}
	one.tags = in[0].tags
	if data := expr.DataExprs(e.Input); len(data) > 0 {
		one.tags = one.tags.Only(expr.ExactKeys(data[0].Query))
	}
	one.label = label{text: statNames[e.Aggregate] + "(" + one.tags.String() + ")"}
	return lineSet{lines: []line{one}}, nil
}

// regroup combines the lines that have the same values of fewer keys. A line without one of
// the keys is left out.
func (r *run) regroup(e *expr.Regroup, n *node) (lineSet, error) {
	kept := append(commonExactKeys(e), e.Keys...)
	groups := map[string][]line{}
	var labels []string
	for _, l := range r.input(n, 0) {
		if !hasAll(l.tags, e.Keys) {
			continue
		}
		key := keyString(l.tags, e.Keys)
		if groups[key] == nil {
			labels = append(labels, key)
		}
		groups[key] = append(groups[key], l)
	}
	slices.Sort(labels)
	var set lineSet
	for _, key := range labels {
		one, err := r.combine(e.Collapse.Aggregate, groups[key])
		if err != nil {
			return lineSet{}, err
		}
		one.tags = groups[key][0].tags.Only(kept)
		one.label = label{text: key}
		set.lines = append(set.lines, one)
	}
	return set, nil
}

// commonExactKeys returns the keys that all reads below e hold fast.
func commonExactKeys(e expr.Expr) []string {
	var common []string
	for i, d := range expr.DataExprs(e) {
		keys := expr.ExactKeys(d.Query)
		if i == 0 {
			common = keys
			continue
		}
		common = slices.DeleteFunc(common, func(key string) bool { return !slices.Contains(keys, key) })
	}
	return common
}

// combine aggregates lines, of which there is at least one, in their order. The result is of the kind
// (gauge or rate) of the first; tags and label are left to the caller.
func (p pace) combine(aggregate tsdb.Aggregate, lines []line) (line, error) {
	values := make([]float64, len(lines[0].values))
	copy(values, lines[0].values)
	if aggregate == tsdb.Count {
		countInto(values, values, true)
	}
	err := p.eachLine(len(lines)-1, func(i int) {
		src := lines[i+1].values
		switch aggregate {
		case tsdb.Sum:
			apply(values, values, src, addSkip)
		case tsdb.Count:
			countInto(values, src, false)
		case tsdb.Min:
			apply(values, values, src, least)
		case tsdb.Max:
			apply(values, values, src, greatest)
		}
	})
	return line{values: values, gauge: lines[0].gauge}, err
}

// countInto counts the values of src into dst, from nothing where first.
func countInto(dst, src []float64, first bool) {
	for i, v := range src {
		one := 1.0
		if isNaN(v) {
			one = math.NaN()
		}
		if first {
			dst[i] = one
		} else {
			dst[i] = addSkip(dst[i], one)
		}
	}
}

// rename gives a tag another key. A line without it stays as it is.
func (r *run) rename(e *expr.Rename, n *node) (lineSet, error) {
	in := r.pass(n)
	set := lineSet{lines: slices.Clone(in.lines), shared: in.shared}
	for i := range set.lines {
		l := &set.lines[i]
		value, ok := l.tags.Get(e.From)
		if !ok {
			continue
		}
		if l.label.words != "" && l.label.text == "" {
			l.label.text = l.tags.String() // a word has put the old tags into the label
		}
		l.tags = renamed(l.tags, e.From, tag.Tag{Key: e.To, Value: value})
	}
	return set, nil
}

// renamed returns t without the key from and with the tag to.
func renamed(t tag.Tags, from string, to tag.Tag) tag.Tags {
	var changed tag.Tags
	for _, one := range t {
		if one.Key != from && one.Key != to.Key {
			changed = append(changed, one)
		}
	}
	return tag.Sort(append(changed, to))
}
