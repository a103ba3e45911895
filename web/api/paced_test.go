package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// wideAnswer is a graph of some megabytes.
func wideAnswer(format string) string {
	return "/api/v1/graph?s=2026-11-22T00:00Z&e=2026-11-26T00:00Z&w=2000&format=" + format + "&q=1" + strings.Repeat(",:random", 400)
}

// TestMemoryUntilRead asks for an answer and does not read it: its memory is lent until the client goes. Others are refused and
// told when to try again, or wait; what is small is answered.
func TestMemoryUntilRead(t *testing.T) {
	for _, format := range []string{"json", "v2.json&hints=no-image", "csv", "svg"} {
		t.Run(format, func(t *testing.T) {
			cfg := testConfig(tsdbtest.OpenDB(t))
			cfg.Engine = query.NewEngine(query.Config{Store: tsdbtest.Fleet(), MemoryBytes: 64 << 20})
			server := newNarrowServer(t, cfg)
			memory := cfg.Engine.Memory()
			conn, err := net.Dial("tcp", server.address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", wideAnswer(format), server.address)
			if reply, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil); err != nil || reply.StatusCode != http.StatusOK {
				t.Fatalf("%v, %v", reply, err)
			}
			time.Sleep(100 * time.Millisecond)
			if memory.Lent() < 4<<20 {
				t.Errorf("%d bytes are lent while the answer is read", memory.Lent())
			}
			if r := server.get(t, "/api/v1/graph?q=1&format=json"); r.status != http.StatusOK {
				t.Errorf("a small one: %d %s", r.status, r.body)
			}
			conn.Close()
			for begin := time.Now(); memory.Lent() > 0; time.Sleep(time.Millisecond) {
				if time.Since(begin) > 10*time.Second {
					t.Fatalf("%d bytes are lent, and nobody reads", memory.Lent())
				}
			}
		})
	}
}

// newNarrowServer is newTestServer with little room in the kernel.
func newNarrowServer(t *testing.T, cfg Config) *testServer {
	t.Helper()
	s := httptest.NewUnstartedServer(New(cfg))
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(4096); err != nil {
			t.Error(err)
		}
		return ctx
	}
	s.Start()
	t.Cleanup(s.Close)
	return &testServer{s, s.Listener.Addr().String()}
}

// TestBusy has all memory lent.
func TestBusy(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Engine = query.NewEngine(query.Config{Store: tsdbtest.Fleet()})
	server := newTestServer(t, cfg)
	memory := cfg.Engine.Memory()
	loan, err := memory.Borrow(t.Context(), memory.Limit())
	if err != nil {
		t.Fatal(err)
	}
	defer loan.Return()
	type answer struct {
		target string
		reply
	}
	answers := make(chan answer)
	targets := []string{"/api/v1/graph?q=1&format=json", "/api/v1/tags/name", "/api/v1/alerts", "/api/v1/expr/normalize?q=1"}
	for _, target := range targets {
		go func() { answers <- answer{target, server.get(t, target)} }()
	}
	for range targets {
		if a := <-answers; a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q", a.target, a.status, a.header.Get("Retry-After"))
		}
	}
	if r := server.get(t, "/healthcheck"); r.status != http.StatusOK {
		t.Errorf("healthcheck: %d", r.status)
	}
}

// TestAlertsInPieces writes the rules one by one and gets the document of the whole.
func TestAlertsInPieces(t *testing.T) {
	whole := alert.Status{Now: 1, Step: 2, Error: "<>", Rules: []alert.RuleStatus{
		{Name: "none", Groups: []alert.GroupStatus{}},
		{Name: "two", Groups: []alert.GroupStatus{{ID: "a", Labels: map[string]string{"x": "]}"}}, {ID: "b"}}},
		{Name: "many"},
	}}
	for i := range 1000 {
		whole.Rules[2].Groups = append(whole.Rules[2].Groups, alert.GroupStatus{ID: fmt.Sprint(i), State: strings.Repeat("x", 100)})
	}
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Alerts = func() (alert.Status, int, iter.Seq[alert.RuleStatus]) {
		head := whole
		head.Rules = nil
		return head, 1000, slices.Values(whole.Rules)
	}
	r := newTestServer(t, cfg).get(t, "/api/v1/alerts")
	var got alert.Status
	if err := json.Unmarshal(r.body, &got); err != nil {
		t.Fatal(err)
	}
	want := appendJSON(nil, whole)
	if again := appendJSON(nil, got); string(again) != string(want) || string(r.body) != string(want) {
		t.Errorf("got %.300s\nwant %.300s", r.body, want)
	}
}
