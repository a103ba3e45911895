package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/web/edge"
)

// refusing fails when a body is read.
type refusing struct{ t *testing.T }

func (r refusing) Read([]byte) (int, error) {
	r.t.Error("the body of a refused request is read")
	return 0, io.EOF
}

// Pages of other origins change nothing, and nothing of what they send is read.
func TestForeignPagesChangeNothing(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Publish = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	foreign := []http.Header{
		{"Origin": {"http://evil.example"}},
		{"Origin": {"null"}},
		{"Origin": {"http://metrics.example:8080"}},
		{"Origin": {"http://metrics.example.evil.example"}},
		{"Origin": {"nonsense"}},
		{"Origin": {"http://metrics.example"}, "Sec-Fetch-Site": {"same-site"}}, // the scheme differs
		{"Sec-Fetch-Site": {"cross-site"}},
	}
	for _, r := range (&API{Config: cfg}).router().Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		for _, headers := range foreign {
			request := httptest.NewRequest(r.Method, "http://metrics.example"+r.Path, refusing{t})
			request.Header = headers.Clone()
			request.Header.Set("Content-Type", "text/plain")
			w := httptest.NewRecorder()
			New(cfg).ServeHTTP(w, request)
			if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "--cors-origins") {
				t.Errorf("%s %s with %v: status %d: %s", r.Method, r.Path, headers, w.Code, w.Body)
			}
		}
	}
}

// Our own pages and programs are not foreign, whatever stands between them and the server.
func TestOwnPagesPublish(t *testing.T) {
	for _, c := range []struct {
		name, host string
		headers    http.Header
	}{
		{"a program", "metrics.example:7101", nil},
		{"a page", "metrics.example:7101", http.Header{"Origin": {"http://metrics.example:7101"}}},
		{"in capitals", "Metrics.Example:7101", http.Header{"Origin": {"http://metrics.example:7101"}}},
		{"a full name", "metrics.example.", http.Header{"Origin": {"http://metrics.example."}}},
		{"behind TLS", "metrics.example", http.Header{"Origin": {"https://metrics.example"}}},
		{"behind TLS, with the port", "metrics.example:443", http.Header{"Origin": {"https://metrics.example"}}},
		{"the usual port", "metrics.example:80", http.Header{"Origin": {"http://metrics.example"}}},
		{"an address", "[::1]:7101", http.Header{"Origin": {"http://[::1]:7101"}}},
		{"behind a proxy that changes the host", "127.0.0.1:7101",
			http.Header{"Origin": {"https://metrics.example"}, "Sec-Fetch-Site": {"same-origin"}}},
		{"typed", "metrics.example", http.Header{"Sec-Fetch-Site": {"none"}}},
	} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+publishRoute, nil)
		r.Host, r.Header = c.host, c.headers
		if r.Header == nil {
			r.Header = http.Header{}
		}
		w := httptest.NewRecorder()
		New(testConfig(tsdbtest.OpenDB(t))).ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %s", c.name, w.Code, w.Body)
		}
	}
}

// Without permission no answer has a header of CORS; with it all are as Atlas sends them.
func TestOriginHeaders(t *testing.T) {
	for _, c := range []struct {
		origins []string
		origin  string
		allowed string
		status  int // of OPTIONS and POST
	}{
		{nil, "http://example.com", "", http.StatusForbidden},
		{nil, "null", "", http.StatusForbidden},
		{[]string{"http://other.example"}, "http://example.com", "", http.StatusForbidden},
		{[]string{"http://example.com:8080"}, "http://example.com", "", http.StatusForbidden},
		{[]string{"https://example.com"}, "http://example.com", "", http.StatusForbidden},
		{[]string{"http://other.example", "HTTP://Example.com/"}, "http://example.com", "http://example.com", http.StatusOK},
		{[]string{"http://example.com:80"}, "http://example.com", "http://example.com", http.StatusOK},
		{[]string{"null"}, "null", "*", http.StatusOK},
		{[]string{"*"}, "http://example.com", "http://example.com", http.StatusOK},
		{[]string{"*"}, "null", "*", http.StatusOK},
		{[]string{"*"}, "nonsense", "", http.StatusOK},
	} {
		cfg := testConfig(tsdbtest.OpenDB(t))
		cfg.Origins = mustParse(t, edge.ParseOrigins, c.origins...)
		server := newTestServer(t, cfg)
		for _, x := range []exchange{
			{method: http.MethodGet, target: "/api/v1/tags"}, {method: http.MethodGet, target: "/nope"},
			{method: http.MethodOptions, target: publishRoute}, {method: http.MethodPost, target: publishRoute},
		} {
			x.headers = map[string]string{"Origin": c.origin, "Access-Control-Request-Method": "POST"}
			r := server.send(t, x)
			if got := r.header.Get("Access-Control-Allow-Origin"); got != c.allowed {
				t.Errorf("%q, %s of %s to %s: allowed is %q, want %q", c.origins, x.method, c.origin, x.target, got, c.allowed)
			}
			if x.method != http.MethodGet && r.status != c.status {
				t.Errorf("%q, %s of %s: status %d, want %d", c.origins, x.method, c.origin, r.status, c.status)
			}
			for name := range r.header {
				if c.status != http.StatusOK && strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%q, %s of %s: header %s", c.origins, x.method, c.origin, name)
				}
			}
		}
	}
}

func TestParseOriginsRefuses(t *testing.T) {
	for _, entry := range []string{"", "example.com", "http://", "http://example.com/page", "https://*.example", "http://u@example.com", "http://a?b"} {
		if _, err := edge.ParseOrigins([]string{entry}); err == nil || !strings.Contains(err.Error(), "such as https://") {
			t.Errorf("%q: error %v", entry, err)
		}
	}
}
