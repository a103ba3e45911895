package api

import (
	"net/http"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// Pages answer GET and, as whoever checks links asks, HEAD; nothing else.
func TestPages(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for _, page := range []string{"/", "/explore", "/alerts", "/reference?word=sum", "/assets/app.js"} {
		for method, want := range map[string]struct {
			status int
			body   string
		}{
			http.MethodGet:  {http.StatusOK, "page"},
			http.MethodHead: {http.StatusOK, ""},
		} {
			r := server.send(t, exchange{method: method, target: page})
			if r.status != want.status || string(r.body) != want.body {
				t.Errorf("%s %s: %d %q, want %d %q", method, page, r.status, r.body, want.status, want.body)
			}
		}
		if r := server.send(t, exchange{method: http.MethodPut, target: page}); r.status != http.StatusMethodNotAllowed {
			t.Errorf("PUT %s: %d, want 405", page, r.status)
		}
	}
}
