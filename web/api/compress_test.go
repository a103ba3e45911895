package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// What is sent compressed is what is sent plain, for every kind of answer.
func TestCompression(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	for _, target := range []string{
		"/api/v1/graph?q=name,sys.load,:eq,(,nf.node,),:by&s=1795348800000&e=1795352400000&format=json",
		"/api/v2/fetch?q=name,sys.load,:eq,(,nf.node,),:by&s=1795348800000&e=1795359600000",
		"/api/v1/tags/name",
		"/api/v1/expr/words",
	} {
		plain := server.get(t, target)
		for _, coding := range []string{"gzip", "deflate"} {
			packed := server.send(t, exchange{http.MethodGet, target, map[string]string{"Accept-Encoding": coding}, ""})
			if got := packed.header.Get("Content-Encoding"); got != coding {
				t.Errorf("%s: Content-Encoding %q, want %s", target, got, coding)
			}
			body, err := decode(packed)
			if err != nil || string(body) != string(plain.body) || packed.status != plain.status {
				t.Errorf("%s as %s: status %d, error %v, not the plain body", target, coding, packed.status, err)
			}
			if len(packed.body) > len(plain.body) && len(plain.body) > 1000 {
				t.Errorf("%s as %s: %d bytes, plain %d", target, coding, len(packed.body), len(plain.body))
			}
		}
	}
}

// Pictures are packed already, errors are short, and what has no body gets none.
func TestNotCompressed(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.UI = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".png") {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte("picture"))
			return
		}
		w.WriteHeader(http.StatusNotModified)
	})
	server := newTestServer(t, cfg)
	for _, path := range []string{"/assets/icon.png", "/assets/same.js", "/api/v1/graph?q=:foo&format=json"} {
		r := server.send(t, exchange{http.MethodGet, path, map[string]string{"Accept-Encoding": "gzip"}, ""})
		if coding := r.header.Get("Content-Encoding"); coding != "" {
			t.Errorf("%s: Content-Encoding %s", path, coding)
		}
	}
}

// Errors are sent as they are: recorded, http-0067.
func TestErrorsAreNotCompressed(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	got := server.send(t, exchange{http.MethodGet, "/api/v1/graph?q=:foo", map[string]string{"Accept-Encoding": "gzip"}, ""})
	if coding := got.header.Get("Content-Encoding"); got.status != http.StatusBadRequest || coding != "" {
		t.Errorf("status %d with Content-Encoding %q, want a plain 400", got.status, coding)
	}
}
