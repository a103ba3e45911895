package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// panel is an entry of a batch.
func panel(id, q string, more ...string) map[string]any {
	params := map[string]any{"q": q, "s": "2026-11-22T11:00Z", "e": "2026-11-22T12:00Z", "format": "json"}
	for i := 0; i < len(more); i += 2 {
		params[more[i]] = more[i+1]
	}
	return map[string]any{"id": id, "params": params}
}

// An answered is an event of a batch.
type answered struct {
	Type, ID, ContentType, Text, Message string
	Reason, SuggestedStep                string
	Status                               int
	Body                                 json.RawMessage
	Offset                               *int
}

func (s *testServer) batch(t *testing.T, entries ...map[string]any) map[string]answered {
	t.Helper()
	r := s.post(t, "/api/v1/batch", map[string]any{"requests": entries})
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	answers := map[string]answered{}
	text, _ := strings.CutSuffix(string(r.body), "\n\n")
	for block := range strings.SplitSeq(text, "\n\n") {
		var a answered
		if err := json.Unmarshal([]byte(strings.TrimPrefix(block, "data: ")), &a); err != nil {
			t.Fatalf("%v in %.200s", err, block)
		}
		if a.Type == "graph" || a.Type == "error" {
			answers[a.ID] = a
		}
	}
	if !strings.Contains(text, `{"type":"close","message":"operation complete"}`) {
		t.Errorf("the stream is not closed: %s", text)
	}
	return answers
}

// Each graph of a batch is what the graph API answers, its legends included; what several need is read once.
func TestBatch(t *testing.T) {
	cfg, selects := finishedConfig(t)
	server := newTestServer(t, cfg)
	entries := []map[string]any{
		panel("sum", "name,sys.load,:eq,:sum"),
		panel("avg", "name,sys.load,:eq,:avg"),
		panel("both", "name,sys.load,:eq,nf.app,www,:eq,:and,:sum,name,sys.load,:eq,nf.app,api,:eq,:and,:sum"),
		panel("half", "name,sys.load,:eq,:sum,2,:div"),
		panel("day", "name,sys.load,:eq,:sum", "s", "2026-11-22T10:00Z"),
		panel("v2", "name,sys.load,:eq,(,nf.app,),:by", "format", "v2.json", "hints", "no-image"),
	}
	answers := server.batch(t, entries...)
	if n := selects.Load(); n != 5 {
		t.Errorf("%d Selects, want 5: three of sums, one of groups, one of the longer range", n)
	}
	for _, entry := range entries {
		id, target := entry["id"].(string), graphRoute+"?"
		for name, value := range entry["params"].(map[string]any) {
			target += name + "=" + value.(string) + "&"
		}
		if got, want := string(answers[id].Body), string(server.get(t, target).body); got != want {
			t.Errorf("%s: %.300s, alone %.300s", id, got, want)
		}
	}
}

// What is wrong with one is said of that one, and the others are answered.
func TestBatchWithMistakes(t *testing.T) {
	cfg, _ := finishedConfig(t)
	server := newTestServer(t, cfg)
	answers := server.batch(t,
		panel("good", "name,sys.load,:eq,:sum"),
		panel("word", "name,sys.load,:eq,:sums"),
		panel("late", "name,sys.load,:eq,0,:rolling-count"), // seen only when it is evaluated
		panel("format", "1", "format", "gif"),
		panel("range", "1", "s", "nonsense"),
		map[string]any{"id": "empty", "params": map[string]any{}},
		map[string]any{"id": "list", "params": map[string]any{"q": "1", "tz": []string{"UTC", "Asia/Kolkata"}, "w": 300, "format": "json"}},
	)
	for id, want := range map[string]int{
		"good": 0, "list": 0, "word": http.StatusBadRequest, "late": http.StatusBadRequest,
		"format": http.StatusNotFound, "range": http.StatusBadRequest, "empty": http.StatusBadRequest,
	} {
		a, there := answers[id]
		if !there || a.Status != want || want > 0 && (a.Type != "error" || a.Message == "") || want == 0 && len(a.Body) == 0 {
			t.Errorf("%s: %+v", id, a)
		}
	}
	if at := answers["word"].Offset; at == nil || *at != 18 {
		t.Errorf("the mistake is at %v", at)
	}
}

func TestBatchRefuses(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"requests":[` + strings.Repeat(`{},`, maxBatch) + `{}]}`, http.StatusBadRequest},
		{`{"requests":[{"params":{"q":{}}}]}`, http.StatusBadRequest},
		{`{"requests":[{"params":[]}]}`, http.StatusBadRequest},
		{`{"requests":[{"q":"1"}]}`, http.StatusBadRequest},
		{fmt.Sprintf(`{"requests":[{"params":{"q":%q}}]}`, strings.Repeat("a,", maxBatchBytes/2)), http.StatusRequestEntityTooLarge},
		{`{}`, http.StatusOK},
		{`{"requests":[{"params":{"q":"1","w":null}}]}`, http.StatusOK},
	} {
		r := server.send(t, exchange{http.MethodPost, "/api/v1/batch", asJSON, c.body})
		if r.status != c.status {
			t.Errorf("%.60s: status %d, want %d: %.200s", c.body, r.status, c.status, r.body)
		}
	}
}

// FuzzBatch: any body is answered, with events or with what is wrong with it.
func FuzzBatch(f *testing.F) {
	for _, seed := range []string{
		`{"requests":[{"id":"a","params":{"q":"1","format":"json"}}]}`, `{"requests":[{"params":{"q":["1"],"w":3,"tz":["UTC"]}}]}`,
		`{"requests":[{"params":{"q":"name,a,:eq","format":"csv","s":"e-1m"}},{}]}`, `{"requests":null}`, `[]`, `{`, ``,
	} {
		f.Add(seed)
	}
	handler := New(testConfig(tsdbtest.OpenDB(f)))
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/v1/batch", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		switch w.Code {
		case http.StatusOK:
			if _, err := parseEvents(w.Body.Bytes()); err != nil {
				t.Errorf("%q: %v", body, err)
			}
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		default:
			t.Errorf("%q: status %d: %.300s", body, w.Code, w.Body)
		}
	})
}

// A query that is too long for an address is one entry of a batch, with all parameters of a graph.
func TestBatchTakesLongQueries(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	const short = "name,sys.load,:eq,(,nf.app,),:by"
	for _, length := range []int{maxTargetBytes + 1, 100_000, 900_000} {
		long := short + strings.Repeat(",:dup,:drop", (length-len(short))/len(",:dup,:drop")) // says nothing, at length
		more := []string{"format", "v2.json", "hints", "no-image", "step", "5m", "w", "400", "no_legend", "1"}
		wanted, sent := panel("short", short, more...), panel("long", long, more...)
		for _, entry := range []map[string]any{wanted, sent} {
			entry["params"].(map[string]any)["tz"] = []string{"Europe/Berlin", "UTC"}
		}
		answers := server.batch(t, wanted, sent)
		got, want := answers["long"], answers["short"]
		if got.Type != "graph" || got.ContentType != "application/json" || string(got.Body) != string(want.Body) {
			t.Errorf("%d bytes: %+v, want what the short query gives", len(long), got)
		}
	}
}
