package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/web/edge"
)

// A badRequest is a request that is wrong in some way, and what the answer must be.
type badRequest struct {
	name   string
	method string // POST if empty
	path   string // that of publish if empty
	body   string
	header map[string]string // Host among them
	status int
	text   string // part of the body
}

// check sends r.
func (r *badRequest) check(server client) error {
	if r.method == "" {
		r.method = http.MethodPost
	}
	if r.path == "" {
		r.path = "/api/v1/publish"
	}
	req, err := http.NewRequest(r.method, server.url+r.path, strings.NewReader(r.body))
	if err != nil {
		return err
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	req.Host = req.Header.Get("Host")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	text, err := readAnswer(resp)
	if err == nil && (resp.StatusCode != r.status || !strings.Contains(text, r.text)) {
		err = fmt.Errorf("%.300s\nwant status %d and %q", text, r.status, r.text)
	}
	return err
}

// defaultServer is a server with the defaults of serve, but for where it is.
func defaultServer(t *testing.T) client {
	settings := testSettings(t)
	settings.MaxAge, settings.Timezone = 15*time.Minute, "UTC"
	c, _ := runServer(t, settings)
	return c
}

// TestBadPublish sends what no client should. Statuses and texts are those recorded from Atlas, except where it
// fails with 500.
func TestBadPublish(t *testing.T) {
	t.Parallel()
	server := defaultServer(t)
	now := time.Now().UnixMilli()
	gauge := func(tags string, at int64, value string) string {
		return fmt.Sprintf(`{"tags":{"atlas.dstype":"gauge"%s},"timestamp":%d,"value":%s}`, tags, at, value)
	}
	named := func(name string) string { return gauge(`,"name":"`+name+`"`, now, "1") }
	metrics := func(list ...string) string { return `{"metrics":[` + strings.Join(list, ",") + `]}` }
	var userTags strings.Builder
	for i := range 20 { // and the name
		fmt.Fprintf(&userTags, `,"tag%d":"v"`, i)
	}
	for _, r := range []badRequest{
		{name: "cut off", body: `{"metrics":[{"tags":`, status: 400, text: `"type":"error"`},
		{name: "no JSON", body: "disk.used 17 1795359600", status: 400, text: `"type":"error"`},
		{name: "empty body", status: 400, text: "empty payload"},
		{name: "no metrics", body: `{"metrics":[]}`, status: 400, text: "empty payload"},
		{name: "unknown field", body: `{"foo":1,"metrics":[]}`, status: 400, text: "invalid field: 'foo'"},
		{name: "time as text", body: `{"metrics":[{"tags":{"name":"aa"},"timestamp":"1","value":1}]}`, status: 400, text: "expected VALUE_NUMBER_INT"},
		{name: "value as truth", body: `{"metrics":[{"tags":{"name":"aa"},"timestamp":1,"value":true}]}`, status: 400, text: `"type":"error"`},
		{name: "tags as list", body: `{"metrics":[{"tags":[],"timestamp":1,"value":1}]}`, status: 400, text: `"type":"error"`},
		{name: "no name", body: metrics(gauge("", now, "1")), status: 400, text: "missing key 'name'"},
		{name: "a name too short", body: metrics(named("x")), status: 400, text: "value too short: name = [x] (1 < 2)"},
		{name: "a name too long", body: metrics(named(strings.Repeat("n", 256))), status: 400, text: "(256 > 255)"},
		{name: "bad characters", body: metrics(named("disk used")), status: 400, text: "invalid characters in value"},
		{name: "too many tags", body: metrics(gauge(`,"name":"many"`+userTags.String(), now, "1")), status: 400, text: "too many user tags: 21 > 20"},
		{name: "reserved", body: metrics(gauge(`,"name":"nn","nf.foo":"x"`, now, "1")), status: 400, text: "invalid key for reserved prefix 'nf.': nf.foo"},
		{name: "too old", body: metrics(gauge(`,"name":"old"`, now-16*60_000, "1")), status: 400, text: "data is too old"},
		{name: "two steps ahead", body: metrics(gauge(`,"name":"future"`, now+120_000, "1")), status: 400, text: "data is from future"},
		{name: "half a step ahead", body: metrics(gauge(`,"name":"soon"`, now+30_000, "1")), status: 200},
		{name: "NaN", body: metrics(gauge(`,"name":"nan"`, now, `"NaN"`)), status: 200},
		{name: "infinite", body: metrics(gauge(`,"name":"inf"`, now, `"-Infinity"`)), status: 200},
		{name: "one of two", body: metrics(named("x"), named("bad.one-good")), status: 202, text: `"type":"partial","errorCount":1,"message":["value too short`},
		{name: "no gzip", header: map[string]string{"Content-Encoding": "gzip"}, body: metrics(named("plain")), status: 400, text: "gzip"},
		{name: "unknown coding", header: map[string]string{"Content-Encoding": "br"}, body: metrics(named("plain")), status: 400, text: "br"},
		{name: "9 MB", body: metrics(named("big")) + strings.Repeat(" ", 9<<20), status: 413, text: "too large"},
		{name: "gzip bomb", header: map[string]string{"Content-Encoding": "gzip"}, body: bomb(t), status: 413, text: "too large"},
		{name: "gzip bomb unsaid", body: bomb(t), status: 413, text: "too large"},
		{name: "wrong method", method: http.MethodPut, body: metrics(named("put")), status: 405, text: "method not allowed"},
		{name: "after all that", body: metrics(named("fine")), status: 200},
	} {
		if err := r.check(server); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
	got, err := server.slots("name,:has", now-20*60_000, now+5*60_000, 60_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"soon", "inf", "bad.one-good", "fine"} {
		if len(got["atlas.dstype=gauge, name="+name]) != 1 {
			t.Errorf("%s is not stored", name)
		}
		delete(got, "atlas.dstype=gauge, name="+name)
	}
	for key := range got {
		t.Errorf("%s is stored", key)
	}
}

// bomb is 64 MiB of spaces, zipped twice as small as a page.
func bomb(t *testing.T) string {
	t.Helper()
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	spaces := bytes.Repeat([]byte{' '}, 1<<20)
	for range 64 {
		if _, err := w.Write(spaces); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return zipped.String()
}

// TestBadQuery asks what cannot be answered.
func TestBadQuery(t *testing.T) {
	t.Parallel()
	server := defaultServer(t)
	for _, r := range []badRequest{
		{name: "no query", path: "/api/v1/graph", status: 400, text: "missing required parameter 'q'"},
		{name: "an unknown format", path: "/api/v1/graph?q=1&format=gif", status: 404, text: "gif"},
		{name: "no time", path: "/api/v1/graph?q=1&s=2026-13-01&e=now&format=json", status: 400, text: "invalid date 2026-13-01"},
		{name: "no zone", path: "/api/v1/graph?q=1&tz=US/Atlantis&format=json", status: 400, text: "US/Atlantis"},
		{name: "no expression", path: "/api/v1/graph?q=:foo&format=json", status: 400, text: "unknown word ':foo'"},
		{name: "a deep pattern", path: "/api/v1/graph?q=name,((a*)*)*b,:re&format=json", status: 200},
		{name: "no path", path: "/api/v1/graphs", status: 404, text: "path not found"},
		{name: "a foreign host", path: "/api/v1/alerts", header: map[string]string{"Host": "evil.example"}, status: 421, text: "evil.example"},
		{name: "a foreign host for pages", path: "/", header: map[string]string{"Host": "evil.example:7101"}, status: 421},
		{name: "localhost", path: "/healthcheck", header: map[string]string{"Host": "localhost:1"}, status: 200},
	} {
		r.method = http.MethodGet
		if err := r.check(server); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
}

// TestMatching asks for no series, for one, and for more than one expression may read.
func TestMatching(t *testing.T) {
	t.Parallel()
	settings := testSettings(t)
	settings.MaxLines = 2
	server, _ := runServer(t, settings)
	at := time.Now().UnixMilli()
	for _, node := range []string{"i-1", "i-2", "i-3"} {
		if err := server.publish(t.Context(), []sample{{map[string]string{"name": "load", "nf.node": node, "atlas.dstype": "gauge"}, at, 1}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []badRequest{
		{name: "none", path: "/api/v1/graph?q=name,nothing,:eq,:all&format=json", status: 200, text: `"legend":[]`},
		{name: "one", path: "/api/v1/graph?q=nf.node,i-1,:eq,:all&format=json&e=now%2B1m", status: 200, text: "i-1"},
		{name: "many, added up", path: "/api/v1/graph?q=name,load,:eq,:sum&format=json&e=now%2B1m", status: 200, text: "3.0"},
		{name: "more than are allowed", path: "/api/v1/graph?q=name,load,:eq,:all&format=json&e=now%2B1m", status: 400, text: "too many lines: 3 > 2"},
	} {
		r.method = http.MethodGet
		if err := r.check(server); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
}

// TestLanguageErrors wants the place, the word and the way out beside Atlas's message.
func TestLanguageErrors(t *testing.T) {
	t.Parallel()
	server := defaultServer(t)
	type document struct {
		Type, Message, Word, Suggestion string
		Offset, Length                  *int
		Stack, Candidates               []string
	}
	for q, want := range map[string]string{
		"name,cpu,:eq,:summ":       `error 13+5 "summ" [Equal] suggests :sum`,
		"name,cpu,:eq,(,a,),:summ": `error 19+5 "summ" [Equal List] suggests :sum`,
		"name,:eq":                 `error 5+3 "eq" [String] candidates`,
	} {
		resp, err := http.Get(server.url + "/api/v1/graph?format=json&q=" + q)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		var d document
		if err != nil || resp.StatusCode != http.StatusBadRequest || json.Unmarshal(body, &d) != nil || d.Offset == nil || d.Length == nil {
			t.Errorf("%s: %s %s", q, resp.Status, body)
			continue
		}
		got := fmt.Sprintf("%s %d+%d %q %v", d.Type, *d.Offset, *d.Length, d.Word, d.Stack)
		if d.Suggestion != "" {
			got += " suggests " + d.Suggestion
		}
		if len(d.Candidates) > 0 {
			got += " candidates"
		}
		if got != want {
			t.Errorf("%s: %s, want %s\n%s", q, got, want, body)
		}
	}
}

// TestOrigins asks as a browser does for a page of another origin: without settings it may do nothing, with
// cors-origins all that our own pages may.
func TestOrigins(t *testing.T) {
	t.Parallel()
	strict := defaultServer(t)
	settings := testSettings(t)
	settings.MaxAge, settings.Timezone = 15*time.Minute, "UTC"
	var err error
	if settings.Origins, err = edge.ParseOrigins([]string{"*"}); err != nil {
		t.Fatal(err)
	}
	open, _ := runServer(t, settings)
	sample := `{"metrics":[{"tags":{"name":"aa"},"timestamp":` + fmt.Sprint(time.Now().UnixMilli()) + `,"value":1}]}`
	for _, c := range []struct {
		method, path, body string
		strict, open       int
	}{
		{http.MethodGet, "/api/v1/graph?q=1&format=json", "", 200, 200},
		{http.MethodGet, "/api/v1/tags", "", 200, 200},
		{http.MethodOptions, "/api/v1/publish", "", 403, 200},
		{http.MethodPost, "/api/v1/publish", sample, 403, 200},
		{http.MethodPost, "/api/v1/batch", `{"requests":[]}`, 403, 200},
		{http.MethodDelete, "/api/v1/series?q=name,none,:eq", "", 403, 200},
	} {
		for _, server := range []struct {
			url, allowed string
			status       int
		}{{strict.url, "", c.strict}, {open.url, "https://dashboards.example", c.open}} {
			req, err := http.NewRequest(c.method, server.url+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Origin", "https://dashboards.example")
			req.Header.Set("Content-Type", "application/json")
			if c.method == http.MethodDelete {
				req.Body, req.ContentLength = nil, 0
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if allowed := resp.Header.Get("Access-Control-Allow-Origin"); resp.StatusCode != server.status || allowed != server.allowed {
				t.Errorf("%s %s: %s, allowed origin %q; want %d and %q", c.method, c.path, resp.Status, allowed, server.status, server.allowed)
			}
		}
	}
}
