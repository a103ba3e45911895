package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// Who looks for what was just published is told when it appears, and nobody else is.
func TestGraphTellsOfOpenStep(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 18, 0, time.UTC)
	db := tsdbtest.OpenDB(t)
	for name, at := range map[string]time.Time{"fresh": now.Add(-time.Second), "older": now.Add(-2 * time.Minute)} {
		ref, err := db.Resolve(tag.Tags{{Key: "atlas.dstype", Value: "gauge"}, {Key: "name", Value: name}}.AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		point := tsdb.Point{Ref: ref, Time: at.UnixMilli(), Value: 42}
		if _, err := db.Append(context.Background(), []tsdb.Point{point}); err != nil {
			t.Fatal(err)
		}
	}
	cfg := testConfig(db)
	cfg.Now = func() time.Time { return now }
	server := newTestServer(t, cfg)
	const remark = "at the end of its step, in 42 s"
	for target, want := range map[string]bool{
		"?q=name,fresh,:eq,:sum":                            true,
		"?q=name,fresh,:eq,(,name,),:by,2,:mul&s=e-10m":     true,
		"?q=name,fresh,:eq,:sum&e=2026-11-22T12:00:10Z":     true, // the same step
		"?q=name,older,:eq,:sum":                            false,
		"?q=name,fresh,:eq,:sum,name,older,:eq,:sum":        false, // there is something to see
		"?q=name,none,:eq,:sum":                             false,
		"?q=name,fresh,:eq,:sum&s=e-1h&e=2026-11-22T11:59Z": false, // it does not end now
		"?q=name,fresh,:eq,:sum&e=2026-11-22T12:05Z":        false, // it is drawn
		"?q=nan": false,
	} {
		for _, format := range []string{"json", "v2.json"} {
			r := server.get(t, graphRoute+target+"&format="+format)
			if got := strings.Contains(string(r.body), remark); got != want {
				t.Errorf("%s as %s: told %v, want %v: %s", target, format, got, want, r.body)
			}
		}
	}
	answers := server.batch(t, map[string]any{"id": "a", "params": map[string]any{"q": "name,fresh,:eq,:sum", "format": "json"}})
	if !strings.Contains(string(answers["a"].Body), remark) {
		t.Errorf("a batch does not tell: %s", answers["a"].Body)
	}
}
