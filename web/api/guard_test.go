package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// Routes of our own take no body that a form can send.
func TestRequireJSON(t *testing.T) {
	handler := gin.New()
	handler.Any("/api/own", requireJSON, gin.WrapF(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		name, method, body, contentType string
		want                            int
	}{
		{"a tool", http.MethodPost, "{}", "application/json", http.StatusNoContent},
		{"with charset", http.MethodPost, "{}", "application/json; charset=utf-8", http.StatusNoContent},
		{"a form", http.MethodPost, "a=1", "application/x-www-form-urlencoded", http.StatusUnsupportedMediaType},
		{"text", http.MethodPost, "{}", "text/plain", http.StatusUnsupportedMediaType},
		{"no type", http.MethodPut, "{}", "", http.StatusUnsupportedMediaType},
		{"no body", http.MethodDelete, "", "", http.StatusNoContent},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1/api/own", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.contentType)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.want, w.Body)
		}
	}
}

func TestTargetLength(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for _, c := range []struct {
		path   string
		length int
		want   int
	}{
		{"/api/v1/tags?v=", maxTargetBytes, http.StatusOK},
		{"/api/v1/tags?v=", maxTargetBytes + 1, http.StatusRequestURITooLong},
		{"/api/v1/graph?q=", 100_000, http.StatusRequestURITooLong},
		{"/nope?q=", 5000, http.StatusRequestURITooLong},
		{"/explore?q=", 100_000, http.StatusOK}, // the page says what to do with it
		{"/?q=", 5000, http.StatusOK},
	} {
		if r := server.get(t, c.path+strings.Repeat("x", c.length-len(c.path))); r.status != c.want {
			t.Errorf("%s of %d bytes: status %d, want %d", c.path, c.length, r.status, c.want)
		}
	}
}

// A target that is too long is answered with a document that names the way out, as JSON to whoever wants that.
func TestTargetLengthNamesTheWayOut(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for accept, contentType := range map[string]string{
		"": "text/plain; charset=UTF-8", "*/*": "text/plain; charset=UTF-8", "application/json": "application/json",
		"application/json, text/plain, */*": "application/json",
	} {
		r := server.send(t, exchange{
			method: http.MethodGet, target: "/api/v1/graph?q=" + strings.Repeat("x", maxTargetBytes), headers: map[string]string{"Accept": accept},
		})
		var body errorBody
		if err := json.Unmarshal(r.body, &body); err != nil || body.Type != "error" || !strings.Contains(body.Message, "POST /api/v1/batch") {
			t.Errorf("Accept %q: %v in %s", accept, err, r.body)
		}
		if got := r.header.Get("Content-Type"); got != contentType {
			t.Errorf("Accept %q: answered as %s, want %s", accept, got, contentType)
		}
	}
	for path, want := range map[string]string{"/api/v1/expr/normalize": "POST /api/v1/expr/analyze", "/api/v1/tags/name": ":in", "/api/v2/fetch": "batch"} {
		if r := server.get(t, path+"?q="+strings.Repeat("x", maxTargetBytes)); !strings.Contains(string(r.body), want) {
			t.Errorf("%s: %s does not name %s", path, r.body, want)
		}
	}
}

// Before the log is replayed data are not served, and signs of life are.
func TestNotReady(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Ready = func() bool { return false }
	server := newTestServer(t, cfg)
	for path, want := range map[string]int{
		"/api/v1/graph?q=1&format=json": http.StatusServiceUnavailable,
		"/api/v2/fetch?q=1":             http.StatusServiceUnavailable,
		"/api/v1/tags":                  http.StatusServiceUnavailable,
		"/api/v1/alerts":                http.StatusServiceUnavailable,
		"/api/v1/expr/normalize?q=1":    http.StatusOK,
		"/healthcheck":                  http.StatusInternalServerError,
		"/ok":                           http.StatusOK,
		"/":                             http.StatusOK,
	} {
		if r := server.get(t, path); r.status != want {
			t.Errorf("%s: status %d, want %d", path, r.status, want)
		}
	}
}

// A mistake of ours is 500 in the form of every error, and the connection lives on in the server's log only.
func TestPanicIsAnswered(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Alerts = nil // calling it panics
	w := httptest.NewRecorder()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is hidden from the server's log")
			}
		}()
		New(cfg).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/api/v1/alerts", nil))
	}()
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `"type":"error"`) {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}
