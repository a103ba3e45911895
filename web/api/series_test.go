package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// shownBy returns how many values a graph shows.
func shownBy(t *testing.T, server *testServer, target string) (n int) {
	t.Helper()
	r := server.get(t, target)
	var g struct{ Values [][]any }
	if err := json.Unmarshal(r.body, &g); err != nil || r.status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", target, r.status, r.body)
	}
	for _, row := range g.Values {
		for _, v := range row {
			if v != "NaN" {
				n++
			}
		}
	}
	return n
}

// What a graph of the same s and e shows is gone, and no more; tags go with the last value.
func TestDeleteSeries(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	remove := func(query string) (body deletedBody) {
		t.Helper()
		r := server.send(t, exchange{method: http.MethodDelete, target: "/api/v1/series?" + query})
		if err := json.Unmarshal(r.body, &body); err != nil || r.status != http.StatusOK {
			t.Fatalf("%s: status %d: %s", query, r.status, r.body)
		}
		return body
	}
	const graph = "/api/v1/graph?format=json&step=1m&w=1000&q=name,sys.load,:eq,:sum"
	const hour = "&s=2026-11-22T11:00Z&e=2026-11-22T12:00Z"
	all := shownBy(t, server, graph+"&s=2026-11-22T10:00Z&e=2026-11-22T13:00Z")
	if n := shownBy(t, server, graph+hour); n != 60 {
		t.Fatalf("%d values in an hour", n)
	}
	body := remove("q=name,sys.load,:eq" + hour)
	if body.Series == 0 || body.Start == nil || body.End == nil || *body.End-*body.Start != 59*60_000 {
		t.Errorf("answer %+v, want an hour", body)
	}
	if n := shownBy(t, server, graph+hour); n != 0 {
		t.Errorf("%d values are there", n)
	}
	if n := shownBy(t, server, graph+"&s=2026-11-22T10:00Z&e=2026-11-22T13:00Z"); n != all-60 {
		t.Errorf("%d values around it, want %d", n, all-60)
	}
	if again := remove("q=name,sys.load,:eq" + hour); again.Series != 0 {
		t.Errorf("%+v, and there was nothing left", again)
	}
	names := func() (list []string) {
		t.Helper()
		if err := json.Unmarshal(server.get(t, "/api/v1/tags/name").body, &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	before := names()
	body = remove("q=name,sys.load,:eq")
	if body.Series == 0 || body.Start != nil || body.End != nil {
		t.Errorf("answer %+v", body)
	}
	want := slices.DeleteFunc(before, func(name string) bool { return name == "sys.load" })
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	if remove("q=:true").Series == 0 || len(names()) > 0 {
		t.Errorf(":true leaves %v", names())
	}
}

// What is not understood removes nothing.
func TestDeleteSeriesRefuses(t *testing.T) {
	cfg := testConfig(newFleetDB(t))
	failure := error(nil)
	cfg.Delete = func(context.Context, tag.Predicate, int64, int64) (int, error) {
		if failure == nil {
			t.Error("something is deleted")
		}
		return 0, failure
	}
	server := newTestServer(t, cfg)
	for _, c := range []struct {
		name   string
		x      exchange
		status int
		want   string
	}{
		{"no query", exchange{target: "?s=e-1h"}, http.StatusBadRequest, "'q'"},
		{"an empty one", exchange{target: "?q="}, http.StatusBadRequest, "expected a single query"},
		{"an aggregate", exchange{target: "?q=name,sys.load,:eq,:sum"}, http.StatusBadRequest, "expected a single query, found ["},
		{"two queries", exchange{target: "?q=name,a,:eq,name,b,:eq"}, http.StatusBadRequest, "expected a single query"},
		{"q twice", exchange{target: "?q=:true&q=:false"}, http.StatusBadRequest, "each once"},
		{"a range misspelt", exchange{target: "?q=:true&start=e-1h"}, http.StatusBadRequest, "found 'start'"},
		{"a time that is none", exchange{target: "?q=:true&s=2026-13-01"}, http.StatusBadRequest, "invalid date"},
		{"a word that names no time", exchange{target: "?q=:true&e=yesterday"}, http.StatusBadRequest, `\"yesterday\" names no time`},
		{"a word as a start", exchange{target: "?q=:true&s=midnight"}, http.StatusBadRequest, "nothing was removed"},
		{"relative to such a word", exchange{target: "?q=:true&s=start-1h"}, http.StatusBadRequest, `\"start\" names no time`},
		{"a slip of now", exchange{target: "?q=:true&e=nwo-5m"}, http.StatusBadRequest, `\"nwo\" names no time`},
		{"now in capitals", exchange{target: "?q=:true&e=NOW"}, http.StatusBadRequest, "invalid date NOW"},
		{"a start relative to itself", exchange{target: "?q=:true&s=s-1h"}, http.StatusBadRequest, `\"s\" names no time`},
		{"both relative", exchange{target: "?q=:true&s=e-1h&e=s+1h"}, http.StatusBadRequest, "invalid date"},
		{"each relative to the other", exchange{target: "?q=:true&s=e-1h&e=s%2B1h"}, http.StatusBadRequest, "both relative"},
		{"an empty start", exchange{target: "?q=:true&s="}, http.StatusBadRequest, "nothing was removed"},
		{"an empty end", exchange{target: "?q=:true&e="}, http.StatusBadRequest, "nothing was removed"},
		{"an unknown unit", exchange{target: "?q=:true&s=now-3parsecs"}, http.StatusBadRequest, "unknown unit parsecs"},
		{"no unit", exchange{target: "?q=:true&s=now-3"}, http.StatusBadRequest, "invalid period 3"},
		{"a unit in capitals", exchange{target: "?q=:true&s=now-3H"}, http.StatusBadRequest, "invalid period 3H"},
		{"a number that overflows", exchange{target: "?q=:true&s=99999999999999999999"}, http.StatusBadRequest, "invalid date"},
		{"a duration that overflows", exchange{target: "?q=:true&s=now-99999999999999y"}, http.StatusBadRequest, "out of range"},
		{"milliseconds that overflow", exchange{target: "?q=:true&e=now-292277026596y"}, http.StatusBadRequest, "out of range"},
		{"a negative number", exchange{target: "?q=:true&s=-3600"}, http.StatusBadRequest, "invalid date"},
		{"a year", exchange{target: "?q=:true&s=2026"}, http.StatusBadRequest, "reads as a date"},
		{"a day without dashes", exchange{target: "?q=:true&e=20261122"}, http.StatusBadRequest, "reads as a date"},
		{"a time and a blank", exchange{target: "?q=:true&e=2026-11-22+12:00"}, http.StatusBadRequest, "invalid date"},
		{"a zone that is none", exchange{target: "?q=:true&e=2026-11-22T12:00&tz=US/Atlantis"}, http.StatusBadRequest, "US/Atlantis"},
		{"an empty zone", exchange{target: "?q=:true&e=2026-11-22T12:00&tz="}, http.StatusBadRequest, "nothing was removed"},
		{"a zone in the time that is none", exchange{target: "?q=:true&e=2026-11-22T12:00[Atlantis]"}, http.StatusBadRequest, "invalid date"},
		{"the end given twice", exchange{target: "?q=:true&e=now-1h&e=now"}, http.StatusBadRequest, "each once"},
		{"an end with a blank name", exchange{target: "?q=:true&=now-1h"}, http.StatusBadRequest, "each once"},
		{"back to front", exchange{target: "?q=:true&s=now&e=now-1h"}, http.StatusBadRequest, "end time is before start time"},
		{"a body", exchange{target: "?q=:true", headers: asJSON, body: `{"s":"e-1h"}`}, http.StatusBadRequest, "no body"},
		{"another page", exchange{target: "?q=:true", headers: map[string]string{"Origin": "http://elsewhere.example"}}, http.StatusForbidden, "origin"},
		{"another host", exchange{target: "?q=:true", headers: map[string]string{"Host": "elsewhere.example"}}, http.StatusMisdirectedRequest, "elsewhere"},
		{"reading", exchange{method: http.MethodGet, target: "?q=:true"}, http.StatusMethodNotAllowed, "DELETE"},
	} {
		if c.x.method == "" {
			c.x.method = http.MethodDelete
		}
		c.x.target = "/api/v1/series" + c.x.target
		if r := server.send(t, c.x); r.status != c.status || !strings.Contains(string(r.body), c.want) {
			t.Errorf("%s: status %d, want %d with %q: %s", c.name, r.status, c.status, c.want, r.body)
		}
	}
	for want, err := range map[int]error{
		http.StatusServiceUnavailable: tsdb.ErrNotLogged, http.StatusInternalServerError: errors.New("damaged"),
	} {
		failure = err
		if r := server.send(t, exchange{method: http.MethodDelete, target: "/api/v1/series?q=:true"}); r.status != want {
			t.Errorf("%v: status %d, want %d: %s", err, r.status, want, r.body)
		}
	}
}

// A finished graph is another when values of it are gone.
func TestDeletedIsNotFinished(t *testing.T) {
	cfg, _ := finishedConfig(t)
	server := newTestServer(t, cfg)
	const graph = load + "&s=e-1h&e=2026-11-22T12:00Z"
	first := server.get(t, graph)
	r := server.send(t, exchange{method: http.MethodDelete, target: "/api/v1/series?q=name,sys.load,:eq&e=2026-11-22T11:30Z"})
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	again := server.send(t, exchange{http.MethodGet, graph, map[string]string{"If-None-Match": first.header.Get("ETag")}, ""})
	if again.status != http.StatusOK || string(again.body) == string(first.body) {
		t.Errorf("status %d, and the same as before", again.status)
	}
	if shown := shownBy(t, server, graph); shown != 30 {
		t.Errorf("%d values are shown, want 30", shown)
	}
}

// The route is there once the log has been replayed.
func TestDeleteNotReady(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Ready = func() bool { return false }
	if r := newTestServer(t, cfg).send(t, exchange{method: http.MethodDelete, target: "/api/v1/series?q=:true"}); r.status != http.StatusServiceUnavailable {
		t.Errorf("status %d", r.status)
	}
}
