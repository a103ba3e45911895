package api

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/web/edge"
)

// On a loopback listener a page that points a name of its own at this machine gets nothing.
func TestForeignHostIsMisdirected(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Hosts = mustParse(t, edge.ParseHosts, "Metrics.Example", "10.0.0.7", "other.example:8080", "[fd00::0:7]")
	server := newTestServer(t, cfg)
	_, port, _ := strings.Cut(server.address, ":")
	for host, want := range map[string]int{
		server.address:           http.StatusOK,
		"localhost:" + port:      http.StatusOK,
		"LOCALHOST":              http.StatusOK,
		"localhost.":             http.StatusOK,
		"localhost.:1":           http.StatusOK,
		"app.localhost:1":        http.StatusOK,
		"[::1]:7101":             http.StatusOK,
		"[::1]":                  http.StatusOK,
		"[0:0:0:0:0:0:0:1]":      http.StatusOK,
		"127.1.2.3":              http.StatusOK,
		"evil.example":           http.StatusMisdirectedRequest,
		"evil.example:" + port:   http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example": http.StatusMisdirectedRequest,
		"localhost.evil.example": http.StatusMisdirectedRequest,
		"evil-localhost":         http.StatusMisdirectedRequest,
		"10.0.0.1":               http.StatusMisdirectedRequest,
		"[fd00::1]":              http.StatusMisdirectedRequest,

		"metrics.example":       http.StatusOK,
		"METRICS.example.":      http.StatusOK,
		"metrics.example:9":     http.StatusOK,
		"10.0.0.7:80":           http.StatusOK,
		"other.example:8080":    http.StatusOK,
		"[FD00:0::7]:1":         http.StatusOK,
		"other.example":         http.StatusMisdirectedRequest,
		"other.example:80":      http.StatusMisdirectedRequest,
		"a.metrics.example":     http.StatusMisdirectedRequest,
		"metrics.example.evil":  http.StatusMisdirectedRequest,
		"evil.example.:" + port: http.StatusMisdirectedRequest,
	} {
		r := server.send(t, exchange{method: http.MethodGet, target: "/healthcheck", headers: map[string]string{"Host": host}})
		if r.status != want {
			t.Errorf("Host %s: status %d, want %d", host, r.status, want)
		}
		if want == http.StatusMisdirectedRequest && !strings.Contains(string(r.body), "--allowed-hosts") {
			t.Errorf("Host %s: %s does not name the setting", host, r.body)
		}
	}
}

// A sender is no page, whatever it calls the server.
func TestPublishUnderAnyHost(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for _, c := range []struct {
		name, method, path string
		headers            map[string]string
		want               int
	}{
		{"a sender", http.MethodPost, publishRoute, nil, http.StatusOK},
		{"a sender in a hurry", http.MethodPost, publishFastRoute, nil, http.StatusOK},
		{"a page", http.MethodPost, publishRoute, map[string]string{"Origin": "http://evil.example"}, http.StatusMisdirectedRequest},
		{"a page without origin", http.MethodPost, publishRoute, map[string]string{"Origin": "null"}, http.StatusMisdirectedRequest},
		{"a page that hides", http.MethodPost, publishRoute, map[string]string{"Sec-Fetch-Site": "same-origin"}, http.StatusMisdirectedRequest},
		{"another route", http.MethodPost, "/api/v1/batch", nil, http.StatusMisdirectedRequest},
		{"another method", http.MethodGet, publishRoute, nil, http.StatusMisdirectedRequest},
	} {
		headers := map[string]string{"Host": "evil.example"}
		for name, value := range c.headers {
			headers[name] = value
		}
		if r := server.send(t, exchange{method: c.method, target: c.path, headers: headers}); r.status != c.want {
			t.Errorf("%s: status %d, want %d: %s", c.name, r.status, c.want, r.body)
		}
	}
}

// Where the listener is no loopback one, any name may be this machine's, unless names are set.
func TestForeignHostElsewhere(t *testing.T) {
	for _, c := range []struct {
		hosts []string
		host  string
		want  int
	}{
		{nil, "metrics.example", http.StatusOK},
		{[]string{"metrics.example"}, "metrics.example", http.StatusOK},
		{[]string{"metrics.example"}, "evil.example", http.StatusMisdirectedRequest},
		{[]string{"metrics.example"}, "10.0.0.5:7101", http.StatusOK}, // an address is nobody's to point elsewhere
		{[]string{"metrics.example"}, "localhost", http.StatusOK},
		{[]string{"metrics.example", "*"}, "evil.example", http.StatusOK},
	} {
		cfg := testConfig(tsdbtest.OpenDB(t))
		cfg.Hosts = mustParse(t, edge.ParseHosts, c.hosts...)
		r := httptest.NewRequest(http.MethodGet, "http://"+c.host+"/healthcheck", nil)
		local := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 7101}
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local))
		w := httptest.NewRecorder()
		New(cfg).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("hosts %q, Host %s: status %d, want %d", c.hosts, c.host, w.Code, c.want)
		}
	}
}

func TestParseHostsRefuses(t *testing.T) {
	for _, entry := range []string{"", "http://metrics.example", "metrics.example/", "*.example", "a b", ":80"} {
		if _, err := edge.ParseHosts([]string{"metrics.example", entry}); err == nil || !strings.Contains(err.Error(), "such as") {
			t.Errorf("%q: error %v", entry, err)
		}
	}
}

func mustParse[T any](t testing.TB, parse func([]string) (T, error), list ...string) T {
	t.Helper()
	parsed, err := parse(list)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
