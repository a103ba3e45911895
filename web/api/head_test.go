package api

import (
	"net/http"
	"regexp"
	"testing"
	"time"
)

// Every path that answers GET answers HEAD with the same status and headers, without a body.
func TestEveryRouteAnswersHead(t *testing.T) {
	cfg := testConfig(newFleetDB(t))
	server := newTestServer(t, cfg)
	targets := []string{
		"/nope", "/api/v1/tags/nope", "/api/v1/tags?verbose=1", "/api/v2/fetch?q=:foo", "/api/v1/graph?q=1&format=csv", "/api/v1/publish",
		"/api/v1/expr/complete?q=name,a", "/api/v1/expr?q=:foo", "/api/v2/fetch?q=name,sys.load,:eq&s=e-1h&e=2026-11-22T12:00Z",
	}
	parameter := regexp.MustCompile(`[:*]\w+`)
	for _, r := range (&API{Config: cfg}).router().Routes() {
		if path := parameter.ReplaceAllString(r.Path, "nf.app"); r.Method == http.MethodGet {
			targets = append(targets, path, path+"?q=name,sys.load,:eq&s=e-1h&e=2026-11-22T12:00Z&format=json")
		}
	}
	if len(targets) < 40 {
		t.Errorf("only %d targets", len(targets))
	}
	for _, target := range targets {
		for _, coding := range []string{"identity", "gzip"} {
			headers := map[string]string{"Accept-Encoding": coding}
			get := server.send(t, exchange{method: http.MethodGet, target: target, headers: headers})
			head := server.send(t, exchange{method: http.MethodHead, target: target, headers: headers})
			if head.status != get.status || len(head.body) > 0 {
				t.Errorf("HEAD %s: status %d with %d bytes, GET %d", target, head.status, len(head.body), get.status)
			}
			for name := range get.header {
				if got, want := head.header.Get(name), get.header.Get(name); got != want && name != "Date" {
					t.Errorf("HEAD %s: %s is %q, GET %q", target, name, got, want)
				}
			}
		}
	}
}

// The headers of a stream are there before what it would say is computed.
func TestHeadOfStreamEvaluatesNothing(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	begin := time.Now()
	r := server.send(t, exchange{method: http.MethodHead, target: "/api/v2/fetch?q=name,sys.load,:eq&s=2000-01-01&e=2026-11-22&step=1m"})
	if took := time.Since(begin); r.status != http.StatusOK || r.header.Get("Content-Type") != "text/event-stream" || took > 5*time.Second {
		t.Errorf("status %d, %v, after %s", r.status, r.header, took)
	}
}
