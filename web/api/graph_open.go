package api

import (
	"context"
	"fmt"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// noteOpenStep adds a warning to a graph that ends now and shows nothing, if that is because all there is has come in
// the step that is still open: a step is drawn once it has ended, and who has just published would look in vain. That
// costs one more evaluation, of one step, and graphs that show something none.
func (a *API) noteOpenStep(ctx context.Context, r *graphRequest, exprs []*expr.Styled, g *chart.Graph) {
	now := r.rng.Now.UnixMilli()
	if opens := r.rng.End - r.rng.Step; showsAnything(g) || now < opens || now >= r.rng.End {
		return
	}
	open := r.query(exprs)
	open.Range.Start, open.Range.End = r.rng.End-r.rng.Step, r.rng.End+r.rng.Step
	result, err := a.Engine.Eval(ctx, open)
	if err != nil { // the graph is good without the remark
		return
	}
	for i := range result.Lines {
		if result.Lines[i].Stats.Count > 0 {
			wait := time.Duration(r.rng.End-now) * time.Millisecond
			g.Warnings = append(g.Warnings, fmt.Sprintf(
				"nothing to draw yet: what has come in appears at the end of its step, in %.0f s", max(1, wait.Seconds())))
			return
		}
	}
}

// showsAnything reports whether a line of a graph has a value.
func showsAnything(g *chart.Graph) bool {
	for i := range g.Plots {
		for j := range g.Plots[i].Lines {
			if g.Plots[i].Lines[j].Stats.Count > 0 {
				return true
			}
		}
	}
	return false
}
