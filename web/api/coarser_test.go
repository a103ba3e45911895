package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
)

// A graph of too many values names a step with which it is answered; a graph of too many lines names none.
func TestSuggestedStep(t *testing.T) {
	db := newFleetDB(t)
	cfg := testConfig(db)
	cfg.Engine = query.NewEngine(query.Config{Store: db, MaxLines: 30, MaxDatapoints: 1500})
	server := newTestServer(t, cfg)
	small := testConfig(db)
	small.Engine = query.NewEngine(query.Config{Store: db, MaxBytes: 20_000})
	tight := newTestServer(t, small)
	ask := func(server *testServer, q, step string) (int, errorBody) {
		p := url.Values{"q": {q}, "s": {"2026-11-22T10:00Z"}, "e": {"2026-11-22T13:00Z"}, "format": {"json"}}
		if step != "" {
			p.Set("step", step)
		}
		r := server.get(t, graphRoute+"?"+p.Encode())
		var body errorBody
		if r.status != http.StatusOK {
			if err := json.Unmarshal(r.body, &body); err != nil {
				t.Fatal(err)
			}
		}
		return r.status, body
	}
	const nodes = "name,sys.cpu.utilization,:eq,(,nf.node,),:by"
	for _, c := range []struct {
		server *testServer
		q      string
		reason string
	}{{server, nodes, "too_many_datapoints"}, {tight, nodes, "too_many_bytes"}} {
		status, body := ask(c.server, c.q, "")
		if status != http.StatusBadRequest || body.Reason != c.reason || body.SuggestedStep == "" {
			t.Errorf("%s: %d %+v, want %s", c.q, status, body, c.reason)
		}
		if status, again := ask(c.server, c.q, body.SuggestedStep); status != http.StatusOK {
			t.Errorf("%s at %s: %d %+v", c.q, body.SuggestedStep, status, again)
		}
	}
	if _, body := ask(server, "name,http.requests,:eq,:all", ""); body.Reason != "too_many_lines" || body.SuggestedStep != "" {
		t.Errorf("too many lines: %+v", body)
	}
	answer := server.batch(t, panel("a", nodes, "s", "2026-11-22T10:00Z", "e", "2026-11-22T13:00Z"))["a"]
	if answer.Reason != "too_many_datapoints" || answer.SuggestedStep == "" {
		t.Errorf("batch: %+v", answer)
	}
}

func TestStepText(t *testing.T) {
	for millis, want := range map[int64]string{500: "500ms", 30_000: "30s", 90_000: "90s", 60_000: "1m", 7_200_000: "2h", 86_400_000: "1d"} {
		if got := stepText(millis); got != want {
			t.Errorf("%d ms: %s, want %s", millis, got, want)
		}
	}
	steps := eval.Steps{Primary: 10_000}
	rng := steps.Graph(0, 3*3600_000, 0, 2000)
	for times, want := range map[float64]int64{1.05: 20_000, 2.2: 30_000, 5: 60_000, 1e9: 0} {
		if got := steps.Coarser(rng, times); got != want {
			t.Errorf("%g times fewer than %d of 10 s: %d, want %d", times, rng.Len(), got, want)
		}
	}
}
