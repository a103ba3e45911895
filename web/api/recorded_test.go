package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/web/edge"
)

// A recorded is a request to Atlas and its answer; the first line of each file says where they come from.
type recorded struct {
	Provenance string

	ID, Method, Path string
	Headers          map[string]string
	Body             json.RawMessage // of expression cases the answer, else absent

	Status    int
	StatusAny []int `json:"status_any"`
	// ContentType is compared without parameters.
	ContentType     string            `json:"content_type"`
	ResponseHeaders map[string]string `json:"response_headers"`
	JSON            any
	Text            string
	Events          []any  // without heartbeats
	BodyCheck       string `json:"body_check"`
}

// TestRecorded asks what Atlas was asked, over the same data, and wants the same answers. Of errors the
// status and shape count, not the words.
func TestRecorded(t *testing.T) {
	server := newTestServer(t, recordedConfig(t))
	files, err := filepath.Glob("testdata/recorded/*.jsonl.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl.gz"), func(t *testing.T) {
			cases, passed := readRecorded(t, file), 0
			for _, c := range cases {
				if err := c.check(server.send(t, exchange{method: c.Method, target: c.Path, headers: c.Headers})); err != nil {
					t.Errorf("%s  %s %s\n\t%v", c.ID, c.Method, c.Path, err)
					continue
				}
				passed++
			}
			t.Logf("%d of %d", passed, len(cases))
		})
	}
}

// recordedConfig is a server that, as Atlas does, lets every page do everything.
func recordedConfig(t testing.TB) Config {
	cfg := testConfig(newFleetDB(t))
	cfg.Origins = mustParse(t, edge.ParseOrigins, "*")
	return cfg
}

func readRecorded(t testing.TB, file string) []recorded {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var cases []recorded
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c recorded
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if c.Provenance == "" {
			cases = append(cases, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

// check returns how r differs from the recorded reply.
func (c *recorded) check(r reply) error {
	body, err := decode(r)
	if err != nil {
		return err
	}
	switch {
	case c.Method == http.MethodHead && c.Status == http.StatusMethodNotAllowed: // here it is as GET
		return nil
	case c.StatusAny != nil && slices.Contains(c.StatusAny, r.status):
		return nil
	case c.ContentType == "": // the recordings of the expression API have none
		return c.checkExpr(r.status, body)
	case r.status != c.Status:
		return fmt.Errorf("status %d, want %d: %.200s", r.status, c.Status, body)
	case len(body) > 0 && media(r.header.Get("Content-Type")) != media(c.ContentType):
		return fmt.Errorf("content type %s, want %s", r.header.Get("Content-Type"), c.ContentType)
	}
	if err := c.checkHeaders(r); err != nil {
		return err
	}
	return c.checkBody(body)
}

func decode(r reply) ([]byte, error) {
	var reader io.Reader
	var err error
	switch r.header.Get("Content-Encoding") {
	case "gzip":
		reader, err = gzip.NewReader(bytes.NewReader(r.body))
	case "deflate":
		reader, err = zlib.NewReader(bytes.NewReader(r.body))
	default:
		return r.body, nil
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

func media(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// comparedHeaders must be as recorded, or absent if they were.
var comparedHeaders = []string{
	"x-nflx-atlas-next-offset", "access-control-allow-origin", "access-control-allow-credentials",
	"access-control-max-age", "access-control-allow-methods", "access-control-allow-headers", "content-encoding",
}

func (c *recorded) checkHeaders(r reply) error {
	names := comparedHeaders
	if c.ResponseHeaders["netflix-endpoint"] != "" {
		names = append(slices.Clone(names), "netflix-endpoint")
	}
	for _, name := range names {
		if got, want := r.header.Get(name), c.ResponseHeaders[name]; got != want {
			return fmt.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if c.ResponseHeaders["vary"] != "" && r.header.Get("Vary") != "Origin" {
		return fmt.Errorf("Vary is %q", r.header.Get("Vary"))
	}
	return nil
}

func (c *recorded) checkBody(body []byte) error {
	if c.BodyCheck == "none" || c.Status >= 400 && media(c.ContentType) == "text/plain" {
		return nil
	}
	if c.Events != nil {
		return checkEvents(c.Events, body)
	}
	if c.JSON == nil && c.BodyCheck == "" {
		if c.Text != string(body) {
			return fmt.Errorf("body %.200q, want %.200q", body, c.Text)
		}
		return nil
	}
	var got any
	if err := json.Unmarshal(body, &got); err != nil {
		return fmt.Errorf("%w in %.200s", err, body)
	}
	if c.BodyCheck == "object of booleans" {
		for name, value := range got.(map[string]any) {
			if _, isBool := value.(bool); !isBool {
				return fmt.Errorf("%s is no boolean", name)
			}
		}
		return nil
	}
	if isError(c.JSON) {
		if !isError(got) {
			return fmt.Errorf("no error document: %.200s", body)
		}
		return nil
	}
	return differ("$", got, c.JSON)
}

// isError reports whether a document is that of an error.
func isError(v any) bool {
	object, ok := v.(map[string]any)
	return ok && object["type"] == "error" && object["message"] != ""
}

// checkExpr compares an answer of the expression API. The mistake of a program is 400 here throughout.
func (c *recorded) checkExpr(status int, body []byte) error {
	if status != c.Status && !(status == 400 && (c.Status == 404 || c.Status == 500)) {
		return fmt.Errorf("status %d, want %d: %.200s", status, c.Status, body)
	}
	if c.Status != 200 || len(c.Body) == 0 || string(c.Body) == "null" {
		return nil
	}
	var got, want any
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if err := json.Unmarshal(c.Body, &want); err != nil {
		return err
	}
	if strings.HasPrefix(c.Path, exprRoute+"/complete") {
		for _, item := range got.([]any) { // its words are our own
			if item.(map[string]any)["description"] == "" {
				return fmt.Errorf("a candidate without description in %.200s", body)
			}
			delete(item.(map[string]any), "description")
		}
	}
	return differ("$", got, want)
}

// differ returns the first difference of two JSON documents.
func differ(at string, got, want any) error {
	switch want := want.(type) {
	case float64:
		if number, ok := got.(float64); ok && near(number, want) {
			return nil
		}
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			break
		}
		for key := range object {
			if _, wanted := want[key]; !wanted {
				return fmt.Errorf("%s.%s is too much", at, key)
			}
		}
		for key, value := range want {
			if err := differ(at+"."+key, object[key], value); err != nil {
				return err
			}
		}
		return nil
	case []any:
		list, ok := got.([]any)
		if !ok {
			break
		}
		if len(list) != len(want) {
			return fmt.Errorf("%s has %d items, want %d", at, len(list), len(want))
		}
		if strings.HasSuffix(at, ".renderingHints") { // a set
			sortHints(list)
			sortHints(want)
		}
		for i := range want {
			if err := differ(fmt.Sprintf("%s[%d]", at, i), list[i], want[i]); err != nil {
				return err
			}
		}
		return nil
	default:
		if reflect.DeepEqual(got, want) {
			return nil
		}
	}
	return fmt.Errorf("%s is %.200v, want %.200v", at, got, want)
}

func sortHints(list []any) {
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
}

func near(a, b float64) bool {
	return a == b || max(a-b, b-a) <= max(1e-12, 1e-9*max(a, b, -a, -b))
}

// checkEvents compares streams: the order of chunks counts, that of the lines of one chunk does not.
func checkEvents(want []any, body []byte) error {
	got, err := parseEvents(body)
	if err != nil {
		return err
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d events, want %d: %.300s", len(got), len(want), body)
	}
	last := 0.0
	for _, e := range got {
		if start, ok := e.(map[string]any)["start"].(float64); ok {
			if start < last {
				return fmt.Errorf("chunks out of order in %.300s", body)
			}
			last = start
		}
	}
	sortEvents(got)
	sortEvents(want)
	for i := range want {
		if isError(want[i]) && isError(got[i]) {
			continue
		}
		if err := differ(fmt.Sprintf("event %d", i), got[i], want[i]); err != nil {
			return err
		}
	}
	return nil
}

// parseEvents splits a stream, of which it checks the form, and leaves out heartbeats.
func parseEvents(body []byte) ([]any, error) {
	text, closed := strings.CutSuffix(string(body), "\n\n")
	if !closed {
		return nil, fmt.Errorf("the stream does not end with an empty line: %.200s", body)
	}
	var events []any
	for block := range strings.SplitSeq(text, "\n\n") {
		data, ok := strings.CutPrefix(block, "data: ")
		if !ok || strings.Contains(data, "\n") {
			return nil, fmt.Errorf("bad event %.200q", block)
		}
		var e map[string]any
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return nil, fmt.Errorf("%w in %.200q", err, data)
		}
		if e["message"] != "heartbeat" {
			events = append(events, e)
		}
	}
	return events, nil
}

// sortEvents puts lines in order; of what is no line the place counts.
func sortEvents(events []any) {
	rank := func(v any) string {
		e := v.(map[string]any)
		if e["type"] != "timeseries" {
			return ""
		}
		return fmt.Sprintf("%015.0f %v %v", e["start"], e["label"], e["id"])
	}
	slices.SortStableFunc(events, func(a, b any) int {
		x, y := rank(a), rank(b)
		if x == "" || y == "" {
			return 0
		}
		return strings.Compare(x, y)
	})
}
