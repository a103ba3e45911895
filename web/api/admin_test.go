package api

import (
	"errors"
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
	failure = errors.New("no space")
	if w := post(""); w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "no space") {
		t.Errorf("failed: status %d: %s", w.Code, w.Body)
	}
}

func TestStatusRoute(t *testing.T) {
	cfg := testConfig(tsdbtest.OpenDB(t))
	cfg.Stats = func() tsdb.Stats {
		return tsdb.Stats{Series: 3, Active: 2, Limits: []tsdb.LimitStatus{
			{Limit: "max-series", Max: 3, Used: 3, Refused: 7, Last: &tsdb.LimitError{Limit: "max-series", Max: 3, Key: "node", Value: "i-9"}},
		}, Damage: tsdb.DamageStats{Lost: 1, Recent: []tsdb.Damage{
			{Cause: "a.blk: checksum", Lost: "window 3, series 4", From: time.UnixMilli(60_000), To: time.UnixMilli(120_000)},
		}}}
	}
	w := httptest.NewRecorder()
	New(cfg).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1/api/v1/status", nil))
	for _, want := range []string{`"known":3`, `"active":2`, `"refused":7`, `"key":"node"`, `"value":"i-9"`,
		`"lost":1`, `"cause":"a.blk: checksum","lost":"window 3, series 4","from":60000,"to":120000`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
}
