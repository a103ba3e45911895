package api

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// newFleetDB returns a store with the fleet. Series of counters have other values than in the fleet, because
// the store takes their points, which are rates already, for counts.
func newFleetDB(t testing.TB) *tsdb.DB {
	t.Helper()
	db := tsdbtest.OpenDB(t)
	for tags, points := range tsdbtest.Fleet().All() {
		ref, err := db.Resolve(tags.AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		for i := range points {
			points[i].Ref = ref
		}
		if refused, err := db.Append(context.Background(), points); err != nil || len(refused) > 0 {
			t.Fatalf("%s: %d refused, error %v", tags, len(refused), err)
		}
	}
	return db
}

// testConfig is a server over a store, set up as the recorded one was.
func testConfig(db *tsdb.DB) Config {
	return Config{
		Engine:   query.NewEngine(query.Config{Store: db}),
		Store:    db,
		Stats:    db.Stats,
		Delete:   db.Delete,
		Removals: db.Removals,
		Alerts:   func() alert.Status { return alert.Status{Held: []string{}, Rules: []alert.RuleStatus{}} },
		Publish:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }),
		UI:       http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") }),
		Ready:    func() bool { return true },
		Timezone: "US/Pacific",
	}
}

// A testServer is the API behind a real socket.
type testServer struct {
	*httptest.Server
	address string
}

func newTestServer(t testing.TB, cfg Config) *testServer {
	t.Helper()
	s := httptest.NewServer(New(cfg))
	t.Cleanup(s.Close)
	return &testServer{s, s.Listener.Addr().String()}
}

// An exchange is a request and what came back.
type exchange struct {
	method, target string
	headers        map[string]string
	body           string
}

// A reply is an answer as it came over the wire, but for the chunks.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send writes the request line as it is, so that odd characters reach the server unchanged.
func (s *testServer) send(t testing.TB, x exchange) reply {
	t.Helper()
	conn, err := net.DialTimeout("tcp", s.address, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(x.method + " " + x.target + " HTTP/1.1\r\nConnection: close\r\n")
	if x.headers["Host"] == "" {
		b.WriteString("Host: " + s.address + "\r\n")
	}
	for name, value := range x.headers {
		b.WriteString(name + ": " + value + "\r\n")
	}
	if x.body != "" {
		b.WriteString("Content-Length: " + strconv.Itoa(len(x.body)) + "\r\n")
	}
	b.WriteString("\r\n" + x.body)
	if _, err := io.WriteString(conn, b.String()); err != nil {
		t.Fatal(err)
	}
	return readReply(t, conn, x.method)
}

func readReply(t testing.TB, conn io.Reader, method string) reply {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{r.StatusCode, r.Header, body}
}

func (s *testServer) get(t testing.TB, target string) reply {
	t.Helper()
	return s.send(t, exchange{method: http.MethodGet, target: target})
}
