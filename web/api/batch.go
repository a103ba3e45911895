package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
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
	if err := readBody(c.Writer, c.Request, maxBatchBytes, &r); err != nil {
		fail(c.Writer, err)
		return
	}
	if len(r.Requests) > maxBatch {
		fail(c.Writer, &statusError{http.StatusBadRequest, fmt.Sprintf("%d requests in one batch; at most %d", len(r.Requests), maxBatch)})
		return
	}
	ctx, cancel := context.WithCancel(c.Request.Context())
	answers := make(chan *batchGraph)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.evalBatch(ctx, r.Requests, answers)
	}()
	s := newEventStream(c.Writer)
	sendAll(s, answers, func(g *batchGraph) error {
		g.send(s)
		return nil
	})
	s.close()
	cancel()
	<-done
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
}

// evalBatch sends the answers and closes to.
func (a *API) evalBatch(ctx context.Context, entries []batchEntry, to chan<- *batchGraph) {
	defer close(to)
	send := func(graphs ...*batchGraph) bool {
		for _, g := range graphs {
			select {
			case to <- g:
			case <-ctx.Done():
				return false
			}
		}
		return true
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
		a.drawTogether(ctx, byRange[rng])
		for _, g := range byRange[rng] {
			if g.err == nil {
				a.noteOpenStep(ctx, g.request, g.exprs, g.graph)
			}
		}
		if !send(byRange[rng]...) {
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

// drawTogether draws graphs over one range. If they cannot be evaluated together, because one of them is
// wrong or all are too much, each is by itself, so that only those fail that must.
func (a *API) drawTogether(ctx context.Context, graphs []*batchGraph) {
	requests := make([]query.Request, len(graphs))
	for i, g := range graphs {
		requests[i] = g.request.query(g.exprs)
	}
	results, err := a.Engine.EvalTogether(ctx, requests)
	for i, g := range graphs {
		if err != nil {
			g.graph, g.err = a.draw(ctx, g.request, g.exprs)
			continue
		}
		g.graph, g.err = a.define(ctx, g.request, g.exprs, results[i])
	}
}

// send writes the answer as one event: {"type":"graph","id":…,"contentType":…} with the document as body
// where it is JSON, as text where it is text, as base64 where it is a picture; or
// {"type":"error","id":…,"status":…,"message":…} with what the graph API says of the error.
func (g *batchGraph) send(s *eventStream) {
	var body bytes.Buffer
	if g.err == nil {
		whole := &responseWriter{w: &body}
		g.err = g.format.write(whole, g.graph)
		whole.flush()
	}
	s.begin()
	defer s.end()
	w := &s.w
	if g.err != nil {
		g.sendError(w)
		return
	}
	w.text(`{"type":"graph","id":`)
	w.string(g.id)
	w.key("contentType", false)
	w.string(g.format.contentType)
	switch {
	case g.format.contentType == "application/json":
		w.key("body", false)
		w.text(body.String())
	case strings.HasPrefix(g.format.contentType, "text/"), g.format.contentType == "image/svg+xml":
		w.key("text", false)
		w.string(body.String())
	default:
		w.key("base64", false)
		w.string(base64.StdEncoding.EncodeToString(body.Bytes()))
	}
	w.text("}")
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
