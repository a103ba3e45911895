package api

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A gated store answers each Select when it is told to, with one line of ones.
type gated struct{ open chan struct{} }

func (g gated) Select(ctx context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	return func(yield func(tsdb.Column, error) bool) {
		select {
		case <-g.open:
		case <-ctx.Done():
			yield(tsdb.Column{}, context.Cause(ctx))
			return
		}
		values := make([]float64, q.Len())
		for i := range values {
			values[i] = 1
		}
		yield(tsdb.Column{Tags: tag.New("name", "a"), Sum: values, SubSteps: 1, Series: 1}, nil)
	}
}

func gatedConfig(t *testing.T, store tsdb.Selector) Config {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Engine = query.NewEngine(query.Config{Store: store})
	return cfg
}

const threeChunks = "/api/v2/fetch?q=name,a,:eq&s=0&e=10800" // 180 minutes

// The first lines leave before the last are computed, also when they are compressed on the way or go to a
// page of another origin.
func TestFetchStreams(t *testing.T) {
	for _, header := range []http.Header{
		{}, {"Accept-Encoding": {"gzip"}}, {"Origin": {"https://boards.example"}},
	} {
		store := gated{make(chan struct{})}
		server := newTestServer(t, gatedConfig(t, store))
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+threeChunks, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = header
		reply, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		store.open <- struct{}{}
		var body io.Reader = reply.Body
		if header.Get("Accept-Encoding") != "" {
			if body, err = gzip.NewReader(reply.Body); err != nil {
				t.Fatal(err)
			}
		}
		lines := bufio.NewScanner(body)
		for lines.Scan() && !strings.Contains(lines.Text(), `"timeseries"`) {
		}
		if !strings.Contains(lines.Text(), `"start":0,"end":3600000,`) {
			t.Errorf("%v: the first line is %.200s, error %v", header, lines.Text(), lines.Err())
		}
		cancel()
		reply.Body.Close()
		server.CloseClientConnections()
	}
}

// While nothing is ready the client hears a heartbeat every ten seconds.
func TestFetchHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chunks := make(chan fetchChunk)
		go func() {
			time.Sleep(35 * time.Second)
			close(chunks)
		}()
		w := httptest.NewRecorder()
		(&fetchRequest{}).send(newEventStream(w), chunks)
		want := strings.Repeat(`data: {"type":"info","message":"heartbeat"}`+"\n\n", 4) +
			`data: {"type":"close","message":"operation complete"}` + "\n\n"
		if got := w.Body.String(); got != want {
			t.Errorf("got %s", got)
		}
	})
}

// An error in the middle is said, and the stream is closed in order.
func TestFetchFailsInTheMiddle(t *testing.T) {
	chunks := make(chan fetchChunk, 2)
	chunks <- fetchChunk{result: &query.Result{}}
	chunks <- fetchChunk{err: errors.New("the store is on fire")}
	w := httptest.NewRecorder()
	(&fetchRequest{}).send(newEventStream(w), chunks)
	events, err := parseEvents(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(events); got != "[map[message:the store is on fire type:error] map[message:operation complete type:close]]" {
		t.Errorf("got %s", got)
	}
}

// A client that hangs up ends the evaluation at once.
func TestFetchClientGone(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan time.Time, 1)
	server := newTestServer(t, gatedConfig(t, endless{begun, ended}))
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+threeChunks, nil)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	<-begun // the head of the answer comes before that
	gone := time.Now()
	cancel()
	select {
	case at := <-ended:
		// 0.1 s is what is promised; the rest is for a machine with other things to do.
		if took := at.Sub(gone); took > time.Second {
			t.Errorf("evaluation went on for %s", took)
		} else {
			t.Logf("evaluation ended after %s", took)
		}
	case <-time.After(5 * time.Second):
		t.Error("evaluation goes on")
	}
}

// An endless store sends columns until the query is cancelled, and tells when it began and when that was. It is for one
// query.
type endless struct {
	begun chan<- struct{}
	ended chan<- time.Time
}

func (e endless) Select(_ context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	return func(yield func(tsdb.Column, error) bool) {
		close(e.begun)
		for yield(tsdb.Column{Sum: make([]float64, q.Len()), SubSteps: 1, Series: 1}, nil) {
			time.Sleep(time.Millisecond)
		}
		e.ended <- time.Now()
	}
}

// An answer a thousand chunks long takes the memory of a few.
func TestFetchIsConstantInMemory(t *testing.T) {
	store := gated{make(chan struct{})}
	close(store.open)
	handler := New(gatedConfig(t, store))
	peak := &peakWriter{header: http.Header{}}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/api/v2/fetch?q=name,a,:eq,20,1,:rolling-mean&s=0&e=3600000", nil)
	handler.ServeHTTP(peak, r)
	if peak.bytes < 200_000 {
		t.Fatalf("only %d bytes came", peak.bytes)
	}
	if grown := int64(peak.heap) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("the heap grew by %d kB for %d kB of answer", grown>>10, peak.bytes>>10)
	}
}

// A peakWriter throws the answer away and looks at the heap now and then.
type peakWriter struct {
	header http.Header
	bytes  int
	writes int
	heap   uint64
}

func (w *peakWriter) Header() http.Header { return w.header }
func (w *peakWriter) WriteHeader(int)     {}
func (w *peakWriter) Flush()              {}
func (w *peakWriter) Write(b []byte) (int, error) {
	w.bytes += len(b)
	if w.writes++; w.writes%200 == 0 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.heap = max(w.heap, m.HeapAlloc)
	}
	return len(b), nil
}

// What is wrong with a request is said before the stream begins.
func TestFetchRefuses(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for target, want := range map[string]string{
		"/api/v2/fetch":                                         "missing required parameter 'q'",
		"/api/v2/fetch?q=:foo":                                  "unknown word ':foo'",
		"/api/v2/fetch?q=1&step=x":                              "invalid period x",
		"/api/v2/fetch?q=1&tz=Mars":                             "Mars",
		"/api/v2/fetch?q=1&cq=x":                                "invalid cq parameter: x",
		"/api/v2/fetch?q=1,9,:axis&hints=presentation-metadata": "invalid axis: 9",
	} {
		r := server.get(t, target)
		if r.status != http.StatusBadRequest || !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %d %s, want %q", target, r.status, r.body, want)
		}
	}
}

// A client that reads nothing for a while is hung up on, and its evaluation ends; time is that of the test.
func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe() // without buffers: a Write waits for its reader
		defer client.Close()
		w := &pipeWriter{conn: server}
		s := newEventStream(w)
		begin := time.Now()
		s.heartbeat()
		if s.err() == nil || time.Since(begin) != writePatience {
			t.Errorf("after %s: error %v", time.Since(begin), s.err())
		}
		s.close()
		if !w.deadline.IsZero() {
			t.Errorf("the connection keeps the deadline %s", w.deadline)
		}
	})
}

// A pipeWriter is an answer over one end of a pipe.
type pipeWriter struct {
	conn     net.Conn
	deadline time.Time
}

func (w *pipeWriter) Header() http.Header         { return http.Header{} }
func (w *pipeWriter) WriteHeader(int)             {}
func (w *pipeWriter) Flush()                      {}
func (w *pipeWriter) Write(b []byte) (int, error) { return w.conn.Write(b) }
func (w *pipeWriter) SetWriteDeadline(at time.Time) error {
	w.deadline = at
	return w.conn.SetWriteDeadline(at)
}
