package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// On a loopback listener a page that points a name of its own at this machine gets nothing.
func TestForeignHostIsMisdirected(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	_, port, _ := strings.Cut(server.address, ":")
	for host, want := range map[string]int{
		server.address:           http.StatusOK,
		"localhost:" + port:      http.StatusOK,
		"LOCALHOST":              http.StatusOK,
		"app.localhost:1":        http.StatusOK,
		"[::1]:7101":             http.StatusOK,
		"evil.example":           http.StatusMisdirectedRequest,
		"evil.example:" + port:   http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example": http.StatusMisdirectedRequest,
		"localhost.evil.example": http.StatusMisdirectedRequest,
		"10.0.0.1":               http.StatusMisdirectedRequest,
	} {
		r := server.send(t, exchange{method: http.MethodGet, target: "/healthcheck", headers: map[string]string{"Host": host}})
		if r.status != want {
			t.Errorf("Host %s: status %d, want %d", host, r.status, want)
		}
	}
}

// Where the listener is no loopback one, any name may be this machine's.
func TestForeignHostElsewhere(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "http://metrics.example/healthcheck", nil)
	w := httptest.NewRecorder()
	New(testConfig(tsdbtest.OpenDB(t))).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("status %d", w.Code)
	}
}

// Routes of our own that change something take no request from a page of another origin, and no form.
func TestGuardOwn(t *testing.T) {
	handler := gin.New()
	handler.Any("/api/own", guardOwn(), gin.WrapF(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, c := range []struct {
		name, method, body string
		headers            map[string]string
		want               int
	}{
		{"a tool", http.MethodPost, "{}", map[string]string{"Content-Type": "application/json"}, http.StatusNoContent},
		{"with charset", http.MethodPost, "{}", map[string]string{"Content-Type": "application/json; charset=utf-8"}, http.StatusNoContent},
		{"our page", http.MethodPost, "{}", map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}, http.StatusNoContent},
		{"a foreign page", http.MethodPost, "{}", map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		{"a foreign page, old browser", http.MethodPost, "{}", map[string]string{"Content-Type": "application/json", "Origin": "https://evil.example"}, http.StatusForbidden},
		{"a form", http.MethodPost, "a=1", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType},
		{"text", http.MethodPost, "{}", map[string]string{"Content-Type": "text/plain"}, http.StatusUnsupportedMediaType},
		{"no type", http.MethodPut, "{}", nil, http.StatusUnsupportedMediaType},
		{"no body", http.MethodDelete, "", nil, http.StatusNoContent},
		{"reading from anywhere", http.MethodGet, "", map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusNoContent},
	} {
		r := httptest.NewRequest(c.method, "http://127.0.0.1/api/own", strings.NewReader(c.body))
		for name, value := range c.headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.want, w.Body)
		}
	}
}

func TestTargetLength(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	const path = "/api/v1/tags?v="
	for length, want := range map[int]int{maxTargetBytes: http.StatusOK, maxTargetBytes + 1: http.StatusRequestURITooLong} {
		if r := server.get(t, path+strings.Repeat("x", length-len(path))); r.status != want {
			t.Errorf("a target of %d bytes: status %d, want %d", length, r.status, want)
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

// Pages of other origins may read what Atlas has, and nothing of ours.
func TestOwnRoutesHaveNoOrigins(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for path, allowed := range map[string]string{
		"/api/v1/tags": "http://example.com", "/nope": "http://example.com", "/api/v1/alertsx": "http://example.com",
		"/api/v1/alerts": "", "/api/v1/expr/words": "", "/api/v1/admin/snapshot": "",
	} {
		got := server.send(t, exchange{http.MethodGet, path, map[string]string{"Origin": "http://example.com"}, ""})
		if origin := got.header.Get("Access-Control-Allow-Origin"); origin != allowed {
			t.Errorf("%s: allowed origin %q, want %q", path, origin, allowed)
		}
	}
}
