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

// graph answers with the lines of an expression, to GET and HEAD.
func (a *API) graph(c *gin.Context) {
	p := parameters(c.Request.URL.Query())
	r, err := a.parseGraph(p, true)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	format, err := r.findFormat()
	if err != nil {
		fail(c.Writer, err)
		return
	}
	exprs, err := expr.Parse(r.text, r.options)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	if a.isFinished(r, exprs) {
		a.sendFinished(c, r, exprs, format, a.entityTag(p, r))
		return
	}
	c.Header("Cache-Control", "no-cache")
	if err := a.drawTo(c.Request.Context(), c.Writer, r, exprs, format); err != nil {
		fail(c.Writer, err)
	}
}

// sendFinished answers with a graph that will never be another.
func (a *API) sendFinished(c *gin.Context, r *graphRequest, exprs []*expr.Styled, format *graphFormat, tag string) {
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	headers := func() {
		c.Header("ETag", tag)
		c.Header("Cache-Control", finishedMaxAge)
	}
	if hasCopy(c.Request, tag) {
		headers()
		c.Status(http.StatusNotModified)
		return
	}
	if body := a.finished.get(tag); body != nil {
		headers()
		c.Data(http.StatusOK, format.contentType, body)
		return
	}
	w := &copyingWriter{ResponseWriter: c.Writer}
	g, err := a.draw(c.Request.Context(), r, exprs)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	headers()
	sendGraph(w, format, g)
	if !w.lost {
		a.finished.put(tag, w.body)
	}
}

// drawTo evaluates the expressions and sends the graph. After an error nothing was sent.
func (a *API) drawTo(ctx context.Context, w http.ResponseWriter, r *graphRequest, exprs []*expr.Styled, format *graphFormat) error {
	g, err := a.draw(ctx, r, exprs)
	if err == nil {
		sendGraph(w, format, g)
	}
	return err
}

// sendGraph answers with g.
func sendGraph(w http.ResponseWriter, format *graphFormat, g *chart.Graph) {
	w.Header().Set("Content-Type", format.contentType)
	buffered := &responseWriter{w: w}
	format.write(buffered, g)
	buffered.flush()
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
func (a *API) draw(ctx context.Context, r *graphRequest, exprs []*expr.Styled) (*chart.Graph, error) {
	result, err := a.Engine.Eval(ctx, r.query(exprs))
	if err != nil {
		return nil, err
	}
	return chart.Define(r.settings, result, r.rng.End)
}
