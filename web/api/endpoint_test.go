package api

import "testing"

// TestEndpointHeader: the routes that Atlas has name themselves, publishing among them; ours do not.
func TestEndpointHeader(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	for _, c := range []struct{ method, path, want string }{
		{"POST", "/api/v1/publish", "/api/v1/publish"},
		{"POST", "/api/v1/publish-fast", "/api/v1/publish-fast"},
		{"GET", "/api/v1/publish", "/api/v1/publish"}, // 405
		{"GET", "/api/v1/tags/app", "/api/v1/tags"},
		{"GET", "/api/v1/status", ""},
	} {
		reply := server.send(t, exchange{method: c.method, target: c.path})
		if got := reply.header.Get(endpointHeader); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.method, c.path, got, c.want)
		}
	}
}
