package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// A graphFormat writes a graph.
type graphFormat struct {
	contentType string
	write       func(*responseWriter, *chart.Graph)
}

// graphFormats are the formats of the graph API. nil is a format that Atlas has and this server not yet.
var graphFormats = map[string]*graphFormat{
	"json":       {"application/json", writeGraphJSON},
	"std.json":   {"application/json", writeGraphJSON},
	"v2.json":    {"application/json", writeGraphV2},
	"stats.json": nil,
	"csv":        nil,
	"txt":        nil,
	"png":        nil,
}

// graph answers with the lines of an expression.
func (a *API) graph(c *gin.Context) {
	r, err := a.parseGraph(parameters(c.Request.URL.Query()), true)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	format, err := r.findFormat()
	if err != nil {
		fail(c.Writer, err)
		return
	}
	g, err := a.draw(c.Request.Context(), r)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	c.Header("Content-Type", format.contentType)
	w := &responseWriter{w: c.Writer}
	format.write(w, g)
	w.flush()
}

// findFormat returns the format that the request asks for.
func (r *graphRequest) findFormat() (*graphFormat, error) {
	format, known := graphFormats[r.format]
	if !known {
		return nil, &badRequest{http.StatusNotFound, stack.NoSuchElement, "key not found: " + r.format}
	}
	if format == nil {
		return nil, &statusError{http.StatusNotImplemented, "format " + r.format + " is not here yet; there are json, std.json and v2.json"}
	}
	return format, nil
}

// draw evaluates the expressions and decides how the lines are shown.
func (a *API) draw(ctx context.Context, r *graphRequest) (*chart.Graph, error) {
	exprs, err := expr.Parse(r.text, r.options)
	if err != nil {
		return nil, err
	}
	result, err := a.Engine.Eval(ctx, r.query(exprs))
	if err != nil {
		return nil, err
	}
	return chart.Define(r.settings, result, r.rng.End)
}
