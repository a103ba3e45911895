package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// Bounds of a batch: more than the panels of any dashboard.
const (
	maxBatch      = 100
	maxBatchBytes = 1 << 20
)

// A batchRequest is the body of POST /api/v1/batch: graphs for one page.
type batchRequest struct {
	Requests []batchEntry `json:"requests"`
}

// A batchEntry asks for one graph.
type batchEntry struct {
	// ID names the answer; it may be empty.
	ID string `json:"id"`
	// Params are those of GET /api/v1/graph.
	Params batchParams `json:"params"`
}

// batchParams are parameters whose values are texts, numbers or lists of texts.
type batchParams parameters

// UnmarshalJSON implements json.Unmarshaler.
func (p *batchParams) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*p = batchParams{}
	for name, value := range raw {
		var text string
		var list []string
		var number json.Number
		switch {
		case json.Unmarshal(value, &text) == nil:
			list = []string{text}
		case json.Unmarshal(value, &list) == nil:
		case json.Unmarshal(value, &number) == nil:
			list = []string{number.String()}
		default:
			return fmt.Errorf("parameter %q is no text, number or list of texts", name)
		}
		(*p)[name] = list
	}
	return nil
}

// batch answers with the graphs of a list as server-sent events, as they finish. Those over the same range
// are evaluated together: what several of them read is read once, and one budget holds for all. The
// ranges come one after the other.
func (a *API) batch(c *gin.Context) {
	var r batchRequest
	if err := readBodyOutside(c, maxBatchBytes, &r); err != nil {
		fail(c.Writer, err)
		return
	}
	if len(r.Requests) > maxBatch {
		fail(c.Writer, &statusError{http.StatusBadRequest, fmt.Sprintf("%d requests in one batch; at most %d", len(r.Requests), maxBatch)})
		return
	}
	answers := make(chan *batchGraph)
	stop := beside(c.Request.Context(), func(ctx context.Context) { a.evalBatch(ctx, r.Requests, answers) })
	s := newEventStream(c.Writer)
	sendAll(s, answers, func(g *batchGraph) error {
		defer g.done()
		g.send(s)
		return nil
	})
	s.close()
	_ = s.paced.wait(stop) // an error says that the client has gone
}

// A batchGraph is one graph of a batch on its way from the request to the answer.
type batchGraph struct {
	id      string
	request *graphRequest
	exprs   []*expr.Styled
	format  graphFormat

	// What came of it: one of both.
	graph *chart.Graph
	err   error
	// release gives the memory of graph back; nil: there is none.
	release func()
}

// done releases what the graph holds.
func (g *batchGraph) done() {
	if g.release != nil {
		g.release()
	}
}

// evalBatch sends the answers and closes to.
func (a *API) evalBatch(ctx context.Context, entries []batchEntry, to chan<- *batchGraph) {
	defer close(to)
	send := func(g *batchGraph) bool {
		turn.FromContext(ctx).End() // until the next one is computed
		select {
		case to <- g:
			return true
		case <-ctx.Done():
			g.done()
			return false
		}
	}
	var ranges []eval.Range
	byRange := map[eval.Range][]*batchGraph{}
	now := a.Now() // one for all, so that equal ranges are equal
	for _, entry := range entries {
		g := a.parseBatchGraph(entry)
		if g.err != nil {
			if !send(g) {
				return
			}
			continue
		}
		g.request.rng.Now = now
		if byRange[g.request.rng] == nil {
			ranges = append(ranges, g.request.rng)
		}
		byRange[g.request.rng] = append(byRange[g.request.rng], g)
	}
	for _, rng := range ranges {
		if !a.drawTogether(ctx, byRange[rng], send) {
			return
		}
		delete(byRange, rng) // the lines that were sent
	}
}

func (a *API) parseBatchGraph(entry batchEntry) *batchGraph {
	g := &batchGraph{id: entry.ID}
	if g.request, g.err = a.parseGraph(parameters(entry.Params), true); g.err != nil {
		return g
	}
	if g.format, g.err = g.request.findFormat(); g.err != nil {
		return g
	}
	g.exprs, g.err = expr.Parse(g.request.text, g.request.options)
	return g
}

// drawTogether draws graphs over one range and sends each, until send returns false. If they cannot be evaluated together, because
// one of them is wrong or all are too much, each is by itself, so that only those fail that must; then one is sent before the
// next is evaluated, which waits for memory perhaps.
func (a *API) drawTogether(ctx context.Context, graphs []*batchGraph, send func(*batchGraph) bool) bool {
	requests := make([]query.Request, len(graphs))
	for i, g := range graphs {
		requests[i] = g.request.query(g.exprs)
	}
	results, err := a.Engine.EvalTogether(ctx, requests)
	goOn := true
	for i, g := range graphs {
		if err == nil {
			g.release = results[i].Release
		}
		if !goOn {
			g.done()
			continue
		}
		switch {
		case err == nil:
			g.graph, g.err = a.define(ctx, g.request, g.exprs, results[i])
		case statusOf(err) == http.StatusServiceUnavailable:
			g.err = err
		default:
			g.graph, g.release, g.err = a.draw(ctx, g.request, g.exprs)
		}
		if g.err == nil {
			a.noteOpenStep(ctx, g.request, g.exprs, g.graph)
		}
		goOn = send(g)
	}
	return goOn
}

// send writes the answer as one event: {"type":"graph","id":…,"contentType":…} with the document as body
// where it is JSON, as text where it is text, as base64 where it is a picture; or
// {"type":"error","id":…,"status":…,"message":…} with what the graph API says of the error.
func (g *batchGraph) send(s *eventStream) {
	s.begin()
	defer s.end()
	if g.err == nil {
		body := &eventBody{w: &s.w, id: g.id, contentType: g.format.contentType}
		document := &responseWriter{w: body}
		if g.err = g.format.write(document, g.graph); g.err == nil {
			document.flush()
			body.close()
		}
	}
	if g.err != nil {
		g.sendError(&s.w)
	}
}

func (g *batchGraph) sendError(w *responseWriter) {
	answer := struct {
		errorBody
		ID     string `json:"id"`
		Status int    `json:"status"`
	}{g.request.describe(g.err), g.id, statusOf(g.err)}
	data, err := json.Marshal(answer)
	if err != nil {
		panic("api: an answer that is not JSON: " + err.Error())
	}
	w.text(string(data))
}
