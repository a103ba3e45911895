package api

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// chunkSteps is the number of steps that are evaluated and sent at a time.
const chunkSteps = 60

// fetch answers GET /api/v2/fetch, the lines of an expression as server-sent events: chunk by chunk, so that
// a range of any length takes the memory of two chunks, one on its way and one being computed.
func (a *API) fetch(c *gin.Context) {
	f, err := a.parseFetch(parameters(c.Request.URL.Query()))
	if err != nil {
		fail(c.Writer, err)
		return
	}
	chunks := make(chan fetchChunk)
	stop := beside(c.Request.Context(), func(ctx context.Context) { a.evalChunks(ctx, f, chunks) })
	s := newEventStream(c.Writer)
	f.send(s, chunks)
	s.close()
	_ = s.paced.wait(stop) // an error says that the client has gone
}

// beside runs f in a goroutine with a turn of its own. Stop ends its context and waits for it.
func beside(ctx context.Context, f func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		own := turn.FromContext(ctx).Fork()
		defer own.End()
		f(turn.NewContext(ctx, own))
	}()
	return func() {
		cancel()
		<-done
	}
}

// A fetchRequest is GET /api/v2/fetch with its parameters checked.
type fetchRequest struct {
	settings chart.Settings
	request  query.Request
	outline  *chart.Graph // nil: the client does not want to know about presentation
	notices  []string     // remarks on the parameters
}

// A fetchChunk is the next piece of the answer, or what ended it.
type fetchChunk struct {
	result *query.Result
	err    error
}

// parseFetch reads the parameters of graph; of those for pictures only the hints count here.
func (a *API) parseFetch(p parameters) (*fetchRequest, error) {
	g, err := a.parseGraph(p, false)
	if err != nil {
		return nil, err
	}
	exprs, err := expr.Parse(g.text, g.options)
	if err != nil {
		return nil, err
	}
	rng := g.rng
	f := &fetchRequest{settings: g.settings, request: g.query(exprs), notices: g.notices}
	if slices.Contains(g.settings.Hints, "presentation-metadata") {
		f.outline, err = chart.Outline(g.settings, exprs, rng.Start+rng.Step, rng.End, rng.Step)
	}
	f.request.Range.End -= rng.Step // differing from graph, the first step is shown and the last one not
	return f, err
}

// evalChunks computes the answer as fast as the client takes it and then closes to.
func (a *API) evalChunks(ctx context.Context, f *fetchRequest, to chan<- fetchChunk) {
	defer close(to)
	if len(f.request.Exprs) == 0 {
		return
	}
	for result, err := range a.Engine.EvalChunks(ctx, f.request, chunkSteps) {
		turn.FromContext(ctx).End() // until the next one
		select {
		case to <- fetchChunk{result, err}:
		case <-ctx.Done():
			result.Release()
			return
		}
	}
}

// send writes what comes from chunks until there is no more or the client has gone.
func (f *fetchRequest) send(s *eventStream, chunks <-chan fetchChunk) {
	if f.outline != nil {
		f.sendOutline(s)
	}
	for _, notice := range f.notices {
		s.message("warn", notice)
	}
	said := map[string]bool{}
	sendAll(s, chunks, func(chunk fetchChunk) error {
		sendWarnings(s, chunk, said)
		return f.sendChunk(s, chunk)
	})
}

// sendWarnings sends the warnings of a chunk that were not said before.
func sendWarnings(s *eventStream, chunk fetchChunk, said map[string]bool) {
	if chunk.err != nil {
		return
	}
	for _, warning := range chunk.result.Warnings {
		if !said[warning] {
			s.message("warn", warning)
		}
		said[warning] = true
	}
}

func (f *fetchRequest) sendOutline(s *eventStream) {
	s.begin()
	writeGraphMetadata(&s.w, f.outline)
	s.end()
	for i := range f.outline.Plots {
		s.begin()
		writePlotMetadata(&s.w, f.outline.Plots[i].Number, &f.outline.Plots[i])
		s.end()
	}
}

// sendChunk sends the lines of a chunk that have a value in it.
func (f *fetchRequest) sendChunk(s *eventStream, chunk fetchChunk) error {
	if chunk.err != nil {
		return chunk.err
	}
	defer chunk.result.Release()
	for i := range chunk.result.Lines {
		l := &chunk.result.Lines[i]
		if l.Stats.Count == 0 {
			continue
		}
		if s.err() != nil {
			return nil
		}
		if err := f.sendLine(s, chunk.result, l); err != nil {
			return err
		}
	}
	return nil
}

func (f *fetchRequest) sendLine(s *eventStream, r *query.Result, l *query.Line) error {
	e := r.Exprs[l.Expr]
	line := chart.Line{Line: *l, Text: e.String(), GroupBy: e.Expr.FinalGrouping()}
	var look chart.Look
	if f.outline != nil {
		var err error
		if look, err = chart.LookOf(f.settings, e, l.Legend); err != nil {
			return err
		}
	}
	s.begin()
	w := &s.w
	w.text(`{"type":"timeseries","id":`)
	w.string(lineID(&line))
	w.key("query", false)
	w.string(line.Text)
	if len(line.GroupBy) > 0 {
		w.key("groupByKeys", false)
		w.strings(line.GroupBy)
	}
	w.key("label", false)
	w.string(l.Legend)
	w.key("tags", false)
	w.tags(l.Tags)
	if f.outline != nil {
		writeLook(w, look)
	}
	w.key("start", false)
	w.int(r.Start)
	w.key("end", false)
	w.int(r.Start + int64(len(l.Values))*r.Step)
	w.key("step", false)
	w.int(r.Step)
	w.key("data", false)
	w.array(l.Values)
	w.text("}")
	s.end()
	return nil
}

func writeLook(w *responseWriter, l chart.Look) {
	w.key("plot", false)
	w.int(int64(l.Axis))
	w.key("color", false)
	w.string(l.Color.String())
	w.key("lineStyle", false)
	w.string(l.Style)
	w.key("lineWidth", false)
	w.number(l.Width)
}
