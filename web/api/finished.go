package api

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// A graph is finished when no sample that it shows can change any more: its last value is older than the
// oldest sample that is still taken. A finished graph has an entity tag that depends on the request alone,
// so that a client which has it, or a copy kept here, costs no evaluation. It ends with the values: when some are deleted,
// or are past the retention, all finished graphs get other tags, since nobody knows which of them showed those.

// isFinished reports whether the graph of exprs is finished. One that looks at the time, or by a negative
// offset at what is to come, is not.
func (a *API) isFinished(r *graphRequest, exprs []*expr.Styled) bool {
	if a.MaxAge <= 0 || r.settings.Explain { // what evaluation did is another each time
		return false
	}
	last := r.rng.End - r.rng.Step
	if last+a.MaxAge.Milliseconds()+a.Step.Milliseconds() >= r.rng.Now.UnixMilli() {
		return false
	}
	timeless := true
	for _, s := range exprs {
		expr.Walk(s.Expr, func(e expr.Expr) bool {
			switch e := e.(type) {
			case *expr.Generated:
				timeless = timeless && e.Kind != expr.TimeSpan
			case *expr.Data:
				timeless = timeless && e.Offset.Milliseconds() >= 0
			}
			return timeless
		})
	}
	return timeless
}

// entityTag returns the weak entity tag of a finished graph: weak, since the same graph may be sent in
// several codings. It depends on the process, because the next version may draw otherwise. Take it before the graph is
// drawn: values that go meanwhile make the next one another.
func (a *API) entityTag(p parameters, r *graphRequest) string {
	h := sha256.New()
	keys := make(parameters, len(p))
	for name, values := range p {
		if name != "s" && name != "e" { // different words may name the same range
			keys[name] = values
		}
	}
	h.Write([]byte(keys.encode()))
	var numbers []byte
	for _, n := range []int64{a.started, int64(a.Removals()), r.rng.Start, r.rng.End, r.rng.Step} {
		numbers = binary.BigEndian.AppendUint64(numbers, uint64(n))
	}
	h.Write(numbers)
	return `W/"` + hex.EncodeToString(h.Sum(nil)[:16]) + `"`
}

// hasCopy reports whether the client has what the tag stands for.
func hasCopy(r *http.Request, tag string) bool {
	for entry := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		entry = strings.TrimSpace(entry)
		if entry == "*" || strings.TrimPrefix(entry, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// Bounds of the finished graphs that are kept: a wall of dashboards.
const (
	maxFinishedBytes = 32 << 20 // of all
	maxGraphBytes    = 1 << 20  // of one; a larger one is not kept
)

// A finishedGraphs keeps the last finished graphs that were drawn, the least recently used going first.
type finishedGraphs struct {
	mu    sync.Mutex
	byTag map[string]*list.Element // of *finishedGraph
	order list.List                // the most recently used in front
	bytes int
}

// A finishedGraph is the body of an answer.
type finishedGraph struct {
	tag  string
	body []byte
}

// get returns the body with that tag, or nil.
func (g *finishedGraphs) get(tag string) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.byTag[tag]
	if e == nil {
		return nil
	}
	g.order.MoveToFront(e)
	return e.Value.(*finishedGraph).body
}

// put keeps body, which must not change any more.
func (g *finishedGraphs) put(tag string, body []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byTag[tag] != nil {
		return
	}
	if g.byTag == nil {
		g.byTag = map[string]*list.Element{}
	}
	g.byTag[tag] = g.order.PushFront(&finishedGraph{tag, body})
	g.bytes += len(body)
	for g.bytes > maxFinishedBytes {
		oldest := g.order.Remove(g.order.Back()).(*finishedGraph)
		delete(g.byTag, oldest.tag)
		g.bytes -= len(oldest.body)
	}
}

// A copyingWriter keeps a copy of the body that goes through it, as long as that is small enough.
type copyingWriter struct {
	http.ResponseWriter
	body []byte
	lost bool // too large, or not sent whole
}

func (w *copyingWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	if err != nil || len(w.body)+len(b) > maxGraphBytes {
		w.lost, w.body = true, nil
	}
	if !w.lost {
		w.body = append(w.body, b...)
	}
	return n, err
}

// Unwrap lets http.ResponseController reach what is below.
func (w *copyingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
