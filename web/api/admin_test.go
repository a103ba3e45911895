package api

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

func TestSnapshotRoute(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	failure := error(nil)
	cfg.Snapshot = func() (string, error) { return "/data/snapshots/1", failure }
	h := New(cfg)
	post := func(origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/v1/admin/snapshot", nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	if w := post(""); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"path":"/data/snapshots/1"}` {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if w := post("http://elsewhere.example"); w.Code != http.StatusForbidden {
		t.Errorf("from a page of another origin: status %d", w.Code)
	}
	r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/v1/admin/snapshot?s=yesterday", nil)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "found 's'") {
		t.Errorf("with a parameter: status %d: %s", w.Code, w.Body)
	}
	failure = errors.New("no space")
	if w := post(""); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "no space") {
		t.Errorf("failed: status %d: %s", w.Code, w.Body)
	}
}

func TestStatusRoute(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Stats = func() tsdb.Stats {
		return tsdb.Stats{Series: 3, Active: 2, Limits: []tsdb.LimitStatus{
			{Limit: "max-series", Max: 3, Used: 3, Refused: 7, Last: &tsdb.LimitError{Limit: "max-series", Max: 3, Key: "node", Value: "i-9", Grown: 9, Since: time.UnixMilli(1795348800000)}},
		}, Damage: tsdb.DamageStats{Lost: 1, Recent: []tsdb.Damage{
			{Cause: "a.blk: checksum", Lost: "window 3, series 4", From: time.UnixMilli(60_000), To: time.UnixMilli(120_000)},
		}}}
	}
	w := httptest.NewRecorder()
	New(cfg).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/api/v1/status", nil))
	for _, want := range []string{`"known":3`, `"active":2`, `"refused":7`, `"key":"node"`, `"value":"i-9"`, `"grown":9`, `"since":1795348800000`,
		`by 9 values since 2026-11-22T12:00:00Z`, `"lost":1`, `"cause":"a.blk: checksum","lost":"window 3, series 4","from":60000,"to":120000`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
}

// TestAudit: what removes something, and a snapshot, leave a line that says who, what, how much and how long.
func TestAudit(t *testing.T) {
	var log bytes.Buffer
	cfg := testConfig(newFleetDB(t))
	cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
	failure := error(nil)
	cfg.Snapshot = func() (string, error) { return "/data/snapshots/1", failure }
	server := newTestServer(t, cfg)
	for _, c := range []struct {
		method, target string
		want           []string
	}{
		{http.MethodDelete, "/api/v1/series?q=name,sys.load,:eq&e=2026-11-22T11:00Z",
			[]string{"level=INFO", `msg="deletion of series"`, `query=name,sys.load,:eq`, `from="the beginning"`, "to=2026-11-22T11:00:00Z", "series=", "client=", "took="}},
		{http.MethodPost, "/api/v1/admin/snapshot", []string{"level=INFO", "msg=snapshot", "path=/data/snapshots/1", "client=", "took="}},
		{http.MethodDelete, "/api/v1/series?q=:true&e=yesterday", nil},
	} {
		log.Reset()
		server.send(t, exchange{method: c.method, target: c.target})
		for _, want := range c.want {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s: no %s in %q", c.target, want, log.String())
			}
		}
		if (log.Len() > 0) != (c.want != nil) {
			t.Errorf("%s: logged %q", c.target, log.String())
		}
	}
	failure = errors.New("no space")
	log.Reset()
	server.send(t, exchange{method: http.MethodPost, target: "/api/v1/admin/snapshot"})
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "no space") {
		t.Errorf("failed: logged %q", log.String())
	}
}
