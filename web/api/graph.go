package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
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

// A graphRequest is GET /api/v1/graph with its parameters checked, but for those that only matter to
// how the graph is shown.
type graphRequest struct {
	text     string // of the expressions
	options  expr.Options
	rng      eval.Range
	settings chart.Settings
	format   string
}

// graph answers with the lines of an expression.
func (a *API) graph(c *gin.Context) {
	r, err := a.parseGraph(c, true)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	if err := a.answerGraph(c, r); err != nil {
		failGraph(c, r, err)
	}
}

// answerGraph writes the graph. If it returns an error nothing has been written.
func (a *API) answerGraph(c *gin.Context, r graphRequest) error {
	format, known := graphFormats[r.format]
	if !known {
		return &badRequest{http.StatusNotFound, stack.NoSuchElement, "key not found: " + r.format}
	}
	g, err := a.draw(c, r)
	if err != nil {
		return err
	}
	c.Header("Content-Type", format.contentType)
	w := &responseWriter{w: c.Writer}
	if err := format.write(w, g); err != nil {
		return err
	}
	w.flush()
	return nil
}

// draw evaluates the expressions and decides how the lines are shown.
func (a *API) draw(c *gin.Context, r graphRequest) (*chart.Graph, error) {
	exprs, err := expr.Parse(r.text, r.options)
	if err != nil {
		return nil, err
	}
	result, err := a.Engine.Eval(c.Request.Context(), query.Request{Exprs: exprs, Range: r.rng})
	if err != nil {
		return nil, err
	}
	return chart.Define(r.settings, result, r.rng.End)
}

// parseGraph reads the parameters in Atlas's order, so that of several mistakes the same one is named.
// Where the range is scaled it has at most a point per pixel.
func (a *API) parseGraph(c *gin.Context, scaled bool) (graphRequest, error) {
	r := graphRequest{format: c.DefaultQuery("format", "png")}
	var given bool
	if r.text, given = c.GetQuery("q"); !given {
		return r, illegalArgument("missing required parameter 'q'")
	}
	var err error
	if r.settings, err = chart.Parse(c.GetQuery); err != nil {
		return r, err
	}
	if r.options, err = parseOptions(c); err != nil {
		return r, err
	}
	r.settings.Zones = c.QueryArray("tz")
	if len(r.settings.Zones) == 0 {
		r.settings.Zones = []string{a.Timezone}
	}
	r.options.Zone = r.settings.Zones[0]
	r.rng, err = a.parseRange(c, r.settings, scaled)
	return r, err
}

// parseOptions reads what concerns the language: cq and features.
func parseOptions(c *gin.Context) (expr.Options, error) {
	var o expr.Options
	switch features := c.DefaultQuery("features", "stable"); {
	case strings.EqualFold(features, "unstable"):
		o.Unstable = true
	case !strings.EqualFold(features, "stable"):
		return o, illegalArgument("No enum constant com.netflix.atlas.core.util.Features." + strings.ToUpper(features))
	}
	if text, given := c.GetQuery("cq"); given {
		common, err := expr.ParseQuery(text)
		if err != nil {
			return o, &badRequest{http.StatusBadRequest, stack.IllegalState, "invalid cq parameter: " + text}
		}
		o.Common = common
	}
	return o, nil
}

// parseRange reads s, e, tz, step and w. Where the range is scaled it has at most a point per pixel.
func (a *API) parseRange(c *gin.Context, s chart.Settings, scaled bool) (eval.Range, error) {
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
	times := eval.TimeRange{Start: c.DefaultQuery("s", "e-3h"), End: c.DefaultQuery("e", "now"), Zone: zone, Now: now}
	start, end, err := times.Resolve()
	if err != nil {
		return eval.Range{}, err
	}
	var step int64
	if text, given := c.GetQuery("step"); given {
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

// A responseWriter gathers output in a buffer and sends it when that is full. A failed write means that
// the client has gone; what follows is thrown away.
type responseWriter struct {
	w   http.ResponseWriter
	buf []byte
	err error
}

const responseBufferBytes = 32 << 10

// room sends the buffer if it is nearly full.
func (w *responseWriter) room() {
	if len(w.buf) > responseBufferBytes-1024 {
		w.flush()
	}
}

func (w *responseWriter) flush() {
	if w.err == nil {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

func (w *responseWriter) text(s string) { w.buf = append(w.buf, s...) }

// key writes a property's name, with a comma before it unless it is the first.
func (w *responseWriter) key(name string, first bool) {
	if !first {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
}

func (w *responseWriter) int(v int64) { w.buf = strconv.AppendInt(w.buf, v, 10) }

// number writes a value. What JSON has no number for is a string, as Atlas does it.
func (w *responseWriter) number(v float64) {
	w.room()
	if v-v != 0 { // NaN or infinite
		w.buf = append(w.buf, '"')
		w.buf = expr.AppendNumber(w.buf, v)
		w.buf = append(w.buf, '"')
		return
	}
	w.buf = expr.AppendNumber(w.buf, v)
}

func (w *responseWriter) string(s string) {
	w.room()
	w.buf = appendJSONString(w.buf, s)
}

func (w *responseWriter) strings(list []string) {
	w.text("[")
	for i, s := range list {
		if i > 0 {
			w.text(",")
		}
		w.string(s)
	}
	w.text("]")
}

func (w *responseWriter) tags(t tag.Tags) {
	w.text("{")
	for i, one := range t {
		if i > 0 {
			w.text(",")
		}
		w.string(one.Key)
		w.text(":")
		w.string(one.Value)
	}
	w.text("}")
}

func (w *responseWriter) bool(v bool) { w.buf = strconv.AppendBool(w.buf, v) }
