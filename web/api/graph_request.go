package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// A graphRequest is a request for a graph, its parameters checked, but for those that only matter to how
// the graph is shown.
type graphRequest struct {
	text     string // of the expressions
	options  expr.Options
	rng      eval.Range
	settings chart.Settings
	format   string
	// notices are remarks on the parameters: words in s and e that name no time.
	notices []string
}

// query returns what the engine is asked for exprs, those of the request.
func (r *graphRequest) query(exprs []*expr.Styled) query.Request {
	q := query.Request{Exprs: exprs, Range: r.rng}
	for i := range r.settings.Axes {
		q.Binary[i] = r.settings.Axes[i].TickLabels == "BINARY"
	}
	return q
}

// parameters are those of a request. Of a name that is repeated the first value counts, but for tz.
type parameters url.Values

func (p parameters) get(name string) (text string, given bool) {
	if values := p[name]; len(values) > 0 {
		return values[0], true
	}
	return "", false
}

// encode returns p as a query string, sorted by name.
func (p parameters) encode() string { return url.Values(p).Encode() }

func (p parameters) text(name, otherwise string) string {
	if text, given := p.get(name); given {
		return text
	}
	return otherwise
}

// parseGraph reads the parameters in Atlas's order, so that of several mistakes the same one is named.
// Where the range is scaled it has at most a point per pixel.
func (a *API) parseGraph(p parameters, scaled bool) (*graphRequest, error) {
	r := &graphRequest{format: p.text("format", "png")}
	var given bool
	if r.text, given = p.get("q"); !given {
		return nil, illegalArgument("missing required parameter 'q'")
	}
	var err error
	if r.settings, err = chart.Parse(p.get); err != nil {
		return nil, err
	}
	if r.options, err = parseOptions(p); err != nil {
		return nil, err
	}
	r.settings.Fonts = a.Fonts
	r.settings.Zones = p["tz"]
	if len(r.settings.Zones) == 0 {
		r.settings.Zones = []string{a.Timezone}
	}
	r.options.Zone = r.settings.Zones[0]
	if r.rng, err = a.parseRange(p, r.settings, scaled); err != nil {
		return nil, err
	}
	zone, err := expr.LoadZone(r.options.Zone)
	r.notices = timesOf(p, zone, r.rng.Now).Notices()
	return r, err
}

// parseOptions reads what concerns the language: cq and features.
func parseOptions(p parameters) (expr.Options, error) {
	var o expr.Options
	switch features := p.text("features", "stable"); {
	case strings.EqualFold(features, "unstable"):
		o.Unstable = true
	case !strings.EqualFold(features, "stable"):
		return o, illegalArgument("No enum constant com.netflix.atlas.core.util.Features." + strings.ToUpper(features))
	}
	if text, given := p.get("cq"); given {
		common, err := expr.ParseQuery(text)
		if err != nil {
			return o, &badRequest{http.StatusBadRequest, stack.IllegalState, "invalid cq parameter: " + text}
		}
		o.Common = common
	}
	return o, nil
}

// parseRange reads s, e, tz, step and w. Where the range is scaled it has at most a point per pixel.
func (a *API) parseRange(p parameters, s chart.Settings, scaled bool) (eval.Range, error) {
	var zone *time.Location
	for i, id := range s.Zones {
		z, err := expr.LoadZone(id)
		if err != nil {
			return eval.Range{}, &badRequest{http.StatusBadRequest, stack.DateTime, err.Error()}
		}
		if i == 0 {
			zone = z
		}
	}
	now := a.Now()
	start, end, err := timesOf(p, zone, now).Resolve()
	if err != nil {
		return eval.Range{}, err
	}
	var step int64
	if text, given := p.get("step"); given {
		d, err := expr.ParseDuration(text)
		if err != nil {
			return eval.Range{}, illegalArgument(err.Error())
		}
		step = d.Milliseconds()
	}
	steps := eval.Steps{Primary: a.Step.Milliseconds()}
	rng := steps.Fetch(start, end, step)
	if scaled {
		rng = steps.Graph(start, end, step, s.Width)
	}
	rng.Now = now
	return rng, nil
}

// timesOf returns the texts of s and e. The zone is for times that name none.
func timesOf(p parameters, zone *time.Location, now time.Time) eval.TimeRange {
	return eval.TimeRange{Start: p.text("s", "e-3h"), End: p.text("e", "now"), Zone: zone, Now: now}
}

// define decides how result, the answer to r.query(exprs), is shown.
func (a *API) define(ctx context.Context, r *graphRequest, exprs []*expr.Styled, result *query.Result) (*chart.Graph, error) {
	g, err := chart.Define(r.settings, result, r.rng.End)
	if err != nil {
		return nil, err
	}
	g.Warnings = append(g.Warnings, r.notices...)
	if r.format == "v2.json" && slices.Contains(r.settings.Hints, whyEmpty) {
		g.Unmatched = a.remarkUnmatched(ctx, exprs, result)
	}
	return g, nil
}
