package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// A graphFormat writes a graph. An error of write is that of a graph which cannot be drawn; it comes before
// anything is written.
type graphFormat struct {
	contentType string
	write       func(*responseWriter, *chart.Graph) error
}

// graphFormats are the formats of the graph API. Differing from Atlas there is svg, the picture of png.
var graphFormats = map[string]*graphFormat{
	"json":       {"application/json", writeGraphJSON},
	"std.json":   {"application/json", writeGraphJSON},
	"v2.json":    {"application/json", writeGraphV2},
	"stats.json": {"application/json", writeGraphStats},
	"csv":        {"text/csv", writeGraphCSV},
	"txt":        {"text/plain", writeGraphTSV},
	"png":        {"image/png", writeGraphPNG},
	"svg":        {"image/svg+xml", writeGraphSVG},
}

// graph answers with the lines of an expression, to GET and HEAD.
func (a *API) graph(c *gin.Context) {
	p := parameters(c.Request.URL.Query())
	r, err := a.parseGraph(p, true)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	if err := a.answerGraph(c, p, r); err != nil {
		failGraph(c, r, err)
	}
}

// answerGraph evaluates the expressions and sends the graph. After an error nothing was sent.
func (a *API) answerGraph(c *gin.Context, p parameters, r *graphRequest) error {
	format, err := r.findFormat()
	if err != nil {
		return err
	}
	exprs, err := expr.Parse(r.text, r.options)
	if err != nil {
		return err
	}
	if a.isFinished(r, exprs) {
		return a.sendFinished(c, r, exprs, format, a.entityTag(p, r))
	}
	c.Header("Cache-Control", "no-cache")
	return a.drawTo(c.Request.Context(), c.Writer, r, exprs, format)
}

// sendFinished answers with a graph that will never be another. After an error nothing was sent.
func (a *API) sendFinished(c *gin.Context, r *graphRequest, exprs []*expr.Styled, format *graphFormat, tag string) error {
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	headers := func() {
		c.Header("ETag", tag)
		c.Header("Cache-Control", finishedMaxAge)
	}
	if hasCopy(c.Request, tag) {
		headers()
		c.Status(http.StatusNotModified)
		return nil
	}
	if body := a.finished.get(tag); body != nil {
		headers()
		c.Data(http.StatusOK, format.contentType, body)
		return nil
	}
	g, err := a.draw(c.Request.Context(), r, exprs)
	if err != nil {
		return err
	}
	w := &copyingWriter{ResponseWriter: c.Writer}
	headers()
	if err := sendGraph(w, format, g); err != nil {
		c.Writer.Header().Del("ETag")
		c.Header("Cache-Control", "no-cache")
		return err
	}
	if !w.lost {
		a.finished.put(tag, w.body)
	}
	return nil
}

// drawTo evaluates the expressions and sends the graph. After an error nothing was sent.
func (a *API) drawTo(ctx context.Context, w http.ResponseWriter, r *graphRequest, exprs []*expr.Styled, format *graphFormat) error {
	g, err := a.draw(ctx, r, exprs)
	if err != nil {
		return err
	}
	return sendGraph(w, format, g)
}

// sendGraph answers with g. After an error nothing was sent.
func sendGraph(w http.ResponseWriter, format *graphFormat, g *chart.Graph) error {
	w.Header().Set("Content-Type", format.contentType)
	buffered := &responseWriter{w: w}
	if err := format.write(buffered, g); err != nil {
		return err
	}
	buffered.flush()
	return nil
}

// findFormat returns the format that the request asks for.
func (r *graphRequest) findFormat() (*graphFormat, error) {
	format, known := graphFormats[r.format]
	if !known {
		return nil, &badRequest{http.StatusNotFound, stack.NoSuchElement, "key not found: " + r.format}
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
