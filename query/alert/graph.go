package alert

import (
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// A GraphStatus is what to look at for an alert.
type GraphStatus struct {
	// Q is an expression of two: the line of the group that the rule compares, and what it is compared with, whose
	// legend is "threshold". Where nothing is compared it is the line alone. For an overflow it counts the groups. It is
	// empty where the rule is not known, or where the text would be too long.
	Q string `json:"q"`
	// At is the step since which the state lasts.
	At int64 `json:"at"`
}

const thresholdLegend = ",threshold,:legend"

// graphOf returns GraphStatus.Q for a group of the rule.
func (r *Rule) graphOf(g *group) string {
	if r.Parsed == nil {
		return ""
	}
	if g.overflow {
		return joined(&expr.Collapse{Aggregate: tsdb.Sum, Input: r.Parsed}, &expr.Constant{Value: maxGroups})
	}
	line, threshold, ok := expr.Comparison(r.Parsed)
	if !ok {
		line, threshold = r.Parsed, nil
	}
	if ok && len(expr.DataExprs(line)) == 0 && len(expr.DataExprs(threshold)) > 0 {
		line, threshold = threshold, line // written the other way round: 10,name,errors,:eq,:lt
	}
	line = narrowed(line, g)
	if ok {
		threshold = narrowed(threshold, g)
	}
	return joined(line, threshold)
}

// narrowed returns e for the group g alone; as it is where that cannot be written, as for words that are read again
// from their text when the tags have the end of a comment.
func narrowed(e expr.Expr, g *group) expr.Expr {
	if one, err := expr.Narrow(e, g.tags); err == nil {
		return one
	}
	return e
}

// joined returns the program that draws a line and the threshold, if there is one.
func joined(line, threshold expr.Expr) string {
	if !expr.Printable(line) || threshold != nil && !expr.Printable(threshold) {
		return ""
	}
	text := line.String()
	if threshold != nil {
		text += "," + threshold.String() + thresholdLegend
	}
	// Canonical text escapes what begins a comment and, as Atlas's, not what ends one; no comment is in it.
	return strings.ReplaceAll(text, "*/", `*\u002f`)
}

// graph returns what to look at for a group of rule. Expressions are made once for each group, because a page asks
// every few seconds; those of groups that are gone are let go of with the next many.
func (r *run) graph(rule *Rule, g *group, groups int) GraphStatus {
	if len(r.graphs) > 2*groups+maxRemembered {
		r.graphs = nil
	}
	q, ok := r.graphs[g.id]
	if !ok {
		q = rule.graphOf(g)
		if r.graphs == nil {
			r.graphs = map[string]string{}
		}
		r.graphs[g.id] = q
	}
	return GraphStatus{Q: q, At: g.state.Since}
}
