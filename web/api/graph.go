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
var graphFormats = map[string]graphFormat{
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

// answerGraph writes the graph. If it returns an error nothing has been written.
func (a *API) answerGraph(c *gin.Context, p parameters, r *graphRequest) error {
	format, err := r.findFormat()
	if err != nil {
		return err
	}
	exprs, err := expr.Parse(r.text, r.options)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-cache") // who keeps a graph asks whether it still is the same
	if a.isFinished(r, exprs) {
		return a.sendFinished(c, r, exprs, format, a.entityTag(p, r))
	}
	g, err := a.draw(c.Request.Context(), r, exprs)
	if err != nil {
		return err
	}
	a.noteOpenStep(c.Request.Context(), r, exprs, g)
	return a.sendGraph(c.Writer, format, g)
}

// sendFinished answers with a graph that will never be another.
func (a *API) sendFinished(c *gin.Context, r *graphRequest, exprs []*expr.Styled, format graphFormat, tag string) error {
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	c.Header("ETag", tag)
	if hasCopy(c.Request, tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	if body := a.finished.get(tag); body != nil {
		c.Data(http.StatusOK, format.contentType, body)
		return nil
	}
	w := &copyingWriter{ResponseWriter: c.Writer}
	g, err := a.draw(c.Request.Context(), r, exprs)
	if err == nil {
		err = a.sendGraph(w, format, g)
	}
	if err != nil {
		c.Header("ETag", "") // takes it back: the next time the store may answer
		return err
	}
	if !w.lost {
		a.finished.put(tag, w.body)
	}
	return nil
}

// sendGraph answers with g. If it returns an error nothing has been written.
func (a *API) sendGraph(w http.ResponseWriter, format graphFormat, g *chart.Graph) error {
	out := newPatientWriter(w)
	defer out.release()
	memo := a.memos.Get().(*numberMemo)
	defer a.memos.Put(memo)
	buffered := &responseWriter{w: out, memo: memo}
	w.Header().Set("Content-Type", format.contentType)
	if err := format.write(buffered, g); err != nil {
		return err
	}
	buffered.flush()
	return nil
}

// findFormat returns the format that the request asks for.
func (r *graphRequest) findFormat() (graphFormat, error) {
	format, known := graphFormats[r.format]
	if !known {
		return graphFormat{}, &badRequest{http.StatusNotFound, stack.NoSuchElement, "key not found: " + r.format}
	}
	return format, nil
}

// draw evaluates the expressions and decides how the lines are shown.
func (a *API) draw(ctx context.Context, r *graphRequest, exprs []*expr.Styled) (*chart.Graph, error) {
	result, err := a.Engine.Eval(ctx, r.query(exprs))
	if err != nil {
		return nil, err
	}
	return a.define(ctx, r, exprs, result)
}
