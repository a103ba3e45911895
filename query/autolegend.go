package query

import (
	"maps"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// withLegends returns the expressions, those that set no legend with the automatic one.
func withLegends(exprs []*expr.Styled) []*expr.Styled {
	shown := slices.Clone(exprs)
	for i, legend := range automaticLegends(exprs) {
		if legend != "" {
			shown[i] = exprs[i].WithLegend(legend)
		}
	}
	return shown
}

// automaticLegends returns a legend for each expression that sets none: what its queries say that those
// of the others do not. "" where there is nothing to say.
func automaticLegends(exprs []*expr.Styled) []string {
	conditions := make([]map[string]string, len(exprs))
	var common map[string]string
	for i, s := range exprs {
		conditions[i] = conditionsOf(s.Expr)
		switch {
		case len(conditions[i]) == 0:
		case common == nil:
			common = conditions[i]
		default:
			common = intersection(common, conditions[i])
		}
	}
	legends := make([]string, len(exprs))
	for i, s := range exprs {
		if _, ok := s.Settings.Get("legend"); ok {
			continue
		}
		own := maps.Clone(conditions[i])
		maps.DeleteFunc(own, func(k, v string) bool { return common[k] == v })
		if len(own) == 0 {
			own = common
		}
		if len(conditions[i]) > 0 && len(own) > 0 {
			legends[i] = legendText(s.Expr, own)
		}
	}
	return legends
}

// legendText returns the legend of e given what is worth saying about it.
func legendText(e expr.Expr, said map[string]string) string {
	var parts []string
	switch name, named := said[tag.Name]; {
	case e.IsGrouped():
		for _, key := range e.FinalGrouping() {
			parts = append(parts, "$("+key+")")
		}
	case named:
		parts = []string{name}
	default:
		for _, key := range slices.Sorted(maps.Keys(said)) {
			parts = append(parts, said[key])
		}
	}
	text := strings.Join(parts, " ")
	if OffsetOf(e).Milliseconds() > 0 {
		text += " (offset=$(atlas.offset))"
	}
	return text
}

// conditionsOf returns what all reads of e have in common, as key and text.
func conditionsOf(e expr.Expr) map[string]string {
	var common map[string]string
	for i, p := range shownQueries(e) {
		conditions := map[string]string{}
		addConditions(conditions, p)
		if i > 0 {
			conditions = intersection(common, conditions)
		}
		common = conditions
	}
	return common
}

// shownQueries returns the queries of the reads of e; of a rewrite those that were written.
func shownQueries(e expr.Expr) []tag.Predicate {
	var queries []tag.Predicate
	expr.Walk(e, func(e expr.Expr) bool {
		switch e := e.(type) {
		case *expr.Data:
			queries = append(queries, e.Query)
		case *expr.Rewrite:
			switch shown := e.Shown.(type) {
			case expr.Query:
				queries = append(queries, shown.Predicate)
			case expr.Expr: // of what was written, rewrites inside count as what they stand for
				for _, d := range expr.DataExprs(shown) {
					queries = append(queries, d.Query)
				}
			}
			return false
		}
		return true
	})
	return queries
}

// addConditions adds what p says about single keys to conditions; of two that concern the same key the
// right one wins.
func addConditions(conditions map[string]string, p tag.Predicate) {
	switch p := p.(type) {
	case tag.And:
		addConditions(conditions, p.Left)
		addConditions(conditions, p.Right)
	case tag.Equal:
		conditions[p.Key] = p.Value
	case tag.Compare:
		conditions[p.Key] = p.Value
	case tag.Match:
		conditions[p.Key] = patternText(p.Pattern)
	case tag.Not:
		inner := map[string]string{}
		if _, isPair := p.Inner.(tag.And); isPair {
			return
		}
		addConditions(inner, p.Inner)
		for key, text := range inner {
			conditions[key] = "!" + text
		}
	}
}

func intersection(a, b map[string]string) map[string]string {
	both := map[string]string{}
	for k, v := range a {
		if w, ok := b[k]; ok && w == v {
			both[k] = v
		}
	}
	return both
}
