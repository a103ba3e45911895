package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/telamon-tsdb/telamon/query/expr/inspect"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// asJSON are the headers of a request with a JSON body.
var asJSON = map[string]string{"Content-Type": "application/json"}

func (s *testServer) post(t testing.TB, target string, body any) reply {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return s.send(t, exchange{http.MethodPost, target, asJSON, string(text)})
}

func (s *testServer) analyze(t testing.TB, program string, pos int) inspect.Analysis {
	t.Helper()
	r := s.post(t, "/api/v1/expr/analyze", analyzeRequest{program, pos})
	var a inspect.Analysis
	if err := json.Unmarshal(r.body, &a); err != nil || r.status != http.StatusOK {
		t.Fatalf("%q at %d: status %d, error %v: %.200s", program, pos, r.status, err, r.body)
	}
	return a
}

// Completions come from the store: the most used first, with counts, those that suit the query alone.
func TestAnalyzeCompletesFromTheStore(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	for _, c := range []struct {
		program     string
		kind, first string
		total       int // of the kind; 0: any
	}{
		{"", inspect.KeyCandidate, "name", 0},
		{"nf.a", inspect.KeyCandidate, "nf.app", 0},
		{"NF.AP", inspect.KeyCandidate, "nf.app", 1},
		{"name,", inspect.ValueCandidate, "www.users", 0},
		{"name,sys.l", inspect.ValueCandidate, "sys.load", 1},
		{"name,sys.load,:eq,nf.app,", inspect.ValueCandidate, "www", 4},
		{"name,sys.load,:eq,:su", inspect.WordCandidate, ":sum", 0},
		{"name,.*", inspect.WordCandidate, "", 0}, // no pattern: a text that no value contains
	} {
		completions := server.analyze(t, c.program, len(c.program)).Completions
		var found []inspect.Candidate
		for _, one := range completions.Items {
			if one.Kind == c.kind {
				found = append(found, one)
			}
		}
		if c.first == "" {
			if len(completions.Items) > 0 {
				t.Errorf("%q: completions %+v, want none", c.program, completions.Items)
			}
			continue
		}
		if len(found) == 0 || found[0].Text != c.first || c.total > 0 && len(found) != c.total {
			t.Errorf("%q: completions %.30v, want %d %ss from %s on", c.program, found, c.total, c.kind, c.first)
			continue
		}
		for i, one := range found[1:] {
			if one.Series > found[i].Series || c.kind != inspect.WordCandidate && one.Series == 0 {
				t.Errorf("%q: %s with %d series behind %d", c.program, one.Text, one.Series, found[i].Series)
			}
		}
	}
}

// No prefix of a recorded expression, and no place in it, makes an analysis fail.
func TestAnalyzeAnyPrefix(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	const program = "name,http.latency,:eq,(,nf.app,),:by,(,50.0,99.0,),:percentiles,/* late */5,:gt,\\u0024name,:legend"
	for end := range len(program) + 1 {
		a := server.analyze(t, program[:end], end)
		for _, token := range a.Tokens {
			if token.Offset+token.Length > end {
				t.Errorf("%q: a token at %d+%d", program[:end], token.Offset, token.Length)
			}
		}
	}
}

func TestAnalyzeRefuses(t *testing.T) {
	server := newTestServer(t, testConfig(tsdbtest.OpenDB(t)))
	for _, c := range []struct {
		body    string
		headers map[string]string
		status  int
		want    string
	}{
		{"", asJSON, http.StatusBadRequest, "the body is empty"},
		{"{", asJSON, http.StatusBadRequest, "unexpected EOF"},
		{`{"q":1}`, asJSON, http.StatusBadRequest, "number"},
		{`{"query":"x"}`, asJSON, http.StatusBadRequest, "query"},
		{`{} {}`, asJSON, http.StatusBadRequest, "more behind"},
		{`{"q":"` + strings.Repeat("x", maxProgramBytes) + `"}`, asJSON, http.StatusRequestEntityTooLarge, "1048576 bytes"},
		{"{}", map[string]string{"Content-Type": "text/plain"}, http.StatusUnsupportedMediaType, "application/json"},
		{"{}", map[string]string{"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, http.StatusForbidden, "another origin"},
		{"{}", asJSON, http.StatusOK, `"tokens":[]`},
		{`{"q":"name","pos":-7}`, asJSON, http.StatusOK, `"tokens":[{`},
	} {
		r := server.send(t, exchange{http.MethodPost, "/api/v1/expr/analyze", c.headers, c.body})
		if r.status != c.status || !strings.Contains(string(r.body), c.want) {
			t.Errorf("%.40s: %d %.200s, want %d %s", c.body, r.status, r.body, c.status, c.want)
		}
	}
}

// FuzzContains: whatever is typed, what contains it is found.
func FuzzContains(f *testing.F) {
	for _, seed := range []string{"", "cpu", ".*", "(", "a|b", `\E`, "[^x]", "É"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, part string) {
		if len(part) > 100 || !utf8.ValidString(part) {
			return
		}
		if p := contains(part); !p.Matches("x"+part+"y") || !p.Matches(part) {
			t.Errorf("%q is not found in itself", part)
		}
	})
}
