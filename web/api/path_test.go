package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// TestAmbiguousPaths: what a proxy in front might read otherwise is refused, and ordinary paths are not.
func TestAmbiguousPaths(t *testing.T) {
	h := New(testConfig(tsdbtest.OpenDB(t)))
	for path, want := range map[string]int{
		"/api%2fv1%2fstatus":        http.StatusBadRequest,
		"/api/v1%2Fstatus":          http.StatusBadRequest,
		"//api/v1/status":           http.StatusNotFound,
		"/api//v1/status":           http.StatusNotFound,
		"/api/v1/x/../status":       http.StatusBadRequest,
		"/api/v1/x/%2e%2E/status":   http.StatusBadRequest,
		"/api/./v1/status":          http.StatusBadRequest,
		"/api%5cv1%5cstatus":        http.StatusBadRequest,
		"/api/v1/status%00":         http.StatusBadRequest,
		"/assets/..%2f..%2fsecret":  http.StatusBadRequest,
		"/api/v1/status":            http.StatusOK,
		"/api/v1/tags/nf.node":      http.StatusOK,
		"/api/v1/tags/a...b":        http.StatusOK,
		"/api/v1/tags/%6e%61%6d%65": http.StatusOK,
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil))
		if w.Code != want {
			t.Errorf("%s: %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
}

// TestNoSniffing: every answer, errors of every layer included, says that its type is meant.
func TestNoSniffing(t *testing.T) {
	h := New(testConfig(tsdbtest.OpenDB(t)))
	for _, target := range []string{
		"http://127.0.0.1/api/v1/status", "http://127.0.0.1/api/v1/tags", "http://127.0.0.1/api/v1/graph?q=:x",
		"http://127.0.0.1/api/v1/graph?q=1&s=e-1h", "http://127.0.0.1/nowhere", "http://127.0.0.1/healthcheck",
		"http://127.0.0.1/api%2f", "http://127.0.0.1/api/openapi.json", "http://elsewhere/ok",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", target, got)
		}
	}
}
