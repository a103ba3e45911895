package api

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// A counting store counts the Selects.
type counting struct {
	tsdb.Selector
	selects *atomic.Int32
}

func (s counting) Select(ctx context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	s.selects.Add(1)
	return s.Selector.Select(ctx, q)
}

// finishedConfig is a server at the end of the fleet's data that takes samples up to an hour old.
func finishedConfig(t *testing.T) (Config, *atomic.Int32) {
	db := newFleetDB(t)
	cfg := testConfig(db)
	selects := &atomic.Int32{}
	cfg.Engine = query.NewEngine(query.Config{Store: counting{db, selects}})
	cfg.MaxAge = time.Hour
	cfg.Now = func() time.Time { return time.UnixMilli(tsdbtest.FleetLast) }
	return cfg, selects
}

const load = "/api/v1/graph?q=name,sys.load,:eq,:sum&format=json"

// A finished graph is evaluated once, whoever asks and however the range is written.
func TestFinishedIsDrawnOnce(t *testing.T) {
	cfg, selects := finishedConfig(t)
	server := newTestServer(t, cfg)
	first := server.get(t, load+"&s=e-1h&e=2026-11-22T12:00Z")
	tag := first.header.Get("ETag")
	if first.status != http.StatusOK || tag == "" || first.header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("status %d, headers %v", first.status, first.header)
	}
	for _, target := range []string{
		load + "&s=e-1h&e=2026-11-22T12:00Z",
		load + "&e=2026-11-22T12:00Z&s=2026-11-22T11:00Z",
		load + "&s=1795345200&e=1795348800",
	} {
		again := server.get(t, target)
		if again.header.Get("ETag") != tag || !bytes.Equal(again.body, first.body) || again.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: another graph: %v", target, again.header)
		}
	}
	kept := server.send(t, exchange{http.MethodGet, load + "&s=1795345200&e=1795348800", map[string]string{"If-None-Match": `"other", ` + tag}, ""})
	if kept.status != http.StatusNotModified || len(kept.body) > 0 || kept.header.Get("ETag") != tag {
		t.Errorf("status %d, %d bytes", kept.status, len(kept.body))
	}
	packed := server.send(t, exchange{http.MethodGet, load + "&s=1795345200&e=1795348800", map[string]string{"Accept-Encoding": "gzip"}, ""})
	if body, err := decode(packed); err != nil || !bytes.Equal(body, first.body) {
		t.Errorf("compressed it is another: %v", err)
	}
	if n := selects.Load(); n != 1 {
		t.Errorf("%d Selects, want 1", n)
	}
	for name, target := range map[string]string{
		"another range":      load + "&s=1795345200&e=1795348860",
		"another step":       load + "&s=1795345200&e=1795348800&step=5m",
		"another expression": strings.Replace(load, "sum", "max", 1) + "&s=1795345200&e=1795348800",
		"another title":      load + "&s=1795345200&e=1795348800&title=x",
	} {
		if other := server.get(t, target); other.header.Get("ETag") == tag {
			t.Errorf("%s has the same tag", name)
		}
	}
}

// What may still change is asked for again each time.
func TestUnfinishedIsNotKept(t *testing.T) {
	cfg, _ := finishedConfig(t)
	server := newTestServer(t, cfg)
	for name, target := range map[string]string{
		"up to now":         load + "&s=e-1h&e=now",
		"a late sample":     load + "&s=e-1h&e=2026-11-22T13:59Z",
		"the time itself":   "/api/v1/graph?q=now-1h,now,:time-span&format=json&s=e-1h&e=2026-11-22T12:00Z",
		"an error":          "/api/v1/graph?q=name,a,:eq,0,:rolling-count&format=json&s=e-1h&e=2026-11-22T12:00Z",
		"what is to come":   "/api/v1/graph?q=name,a,:eq,:sum,-3h,:offset&format=json&s=e-1h&e=2026-11-22T12:00Z",
		"a mistake in it":   "/api/v1/graph?q=:foo&format=json&s=e-1h&e=2026-11-22T12:00Z",
		"a parameter wrong": load + "&w=0&s=e-1h&e=2026-11-22T12:00Z",
	} {
		r := server.get(t, target)
		if r.header.Get("ETag") != "" {
			t.Errorf("%s: %v", name, r.header)
		}
	}
}

// HEAD has the headers of GET and no body.
func TestHead(t *testing.T) {
	cfg, _ := finishedConfig(t)
	server := newTestServer(t, cfg)
	for _, target := range []string{
		load + "&s=e-1h&e=2026-11-22T12:00Z", load + "&s=e-1h&e=now", "/api/v1/graph?q=:foo&format=json", "/api/v1/graph",
	} {
		get := server.get(t, target)
		head := server.send(t, exchange{method: http.MethodHead, target: target})
		if head.status != get.status || len(head.body) > 0 {
			t.Errorf("%s: status %d with %d bytes, GET %d", target, head.status, len(head.body), get.status)
		}
		for _, name := range []string{"Content-Type", "ETag", "Cache-Control"} {
			if got, want := head.header.Get(name), get.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, GET %q", target, name, got, want)
			}
		}
	}
}

// The graphs that are kept stay within their bound, and those in use stay.
func TestFinishedGraphsAreBounded(t *testing.T) {
	var g finishedGraphs
	body := make([]byte, maxGraphBytes)
	for i := range 3 * maxFinishedBytes / maxGraphBytes {
		g.put(strconv.Itoa(i), body)
		if g.get("0") == nil {
			t.Fatalf("the graph that is asked for all the time is gone after %d others", i)
		}
	}
	if g.bytes > maxFinishedBytes || g.order.Len() != len(g.byTag) || g.get("1") != nil {
		t.Errorf("%d bytes, %d graphs, %d tags", g.bytes, g.order.Len(), len(g.byTag))
	}
}
