package listen_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/internal/fakestore"
	"github.com/telamon-tsdb/telamon/ingest/listen"
)

// recordedAt is when the answers in testdata were recorded, about.
var recordedAt = time.UnixMilli(1795362334000)

// newPublish returns a handler as the recorded server was set up, and its store.
func newPublish(change func(*listen.Config)) (*listen.Publish, *fakestore.Store) {
	store := new(fakestore.Store)
	config := listen.Config{Pipeline: ingest.New(ingest.Config{
		Store:  store,
		MaxAge: 13 * time.Hour,
		Now:    func() time.Time { return recordedAt },
	})}
	if change != nil {
		change(&config)
	}
	return listen.NewPublish(config), store
}

// A recordedCase is a line of testdata/publish.jsonl.
type recordedCase struct {
	ID         string
	Path       string
	Headers    map[string]string
	Encode     string
	Body       string
	BodyRepeat *struct {
		Prefix, Unit, Suffix string
		Count                int
	} `json:"body_repeat"`
	Status int
	JSON   map[string]any
	Quirk  string
}

func (c *recordedCase) request(t *testing.T) *http.Request {
	text := c.Body
	if r := c.BodyRepeat; r != nil {
		text = r.Prefix + strings.Repeat(r.Unit, r.Count) + r.Suffix
	}
	r := httptest.NewRequest("POST", c.Path, bytes.NewReader(encode(t, c.Encode, text)))
	for k, v := range c.Headers {
		r.Header.Set(k, v)
	}
	return r
}

func encode(t testing.TB, coding, text string) []byte {
	var b bytes.Buffer
	switch coding {
	case "gzip":
		w := gzip.NewWriter(&b)
		w.Write([]byte(text))
		w.Close()
	case "deflate":
		w := zlib.NewWriter(&b)
		w.Write([]byte(text))
		w.Close()
	case "":
		b.WriteString(text)
	default:
		t.Fatalf("unknown encoding %q", coding)
	}
	return b.Bytes()
}

func TestRecordedAnswers(t *testing.T) {
	file, err := os.Open("testdata/publish.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the provenance
	h, _ := newPublish(nil)
	count := 0
	for lines.Scan() {
		var c recordedCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		count++
		t.Run(c.ID, func(t *testing.T) { checkRecorded(t, h, c) })
	}
	if count < 100 {
		t.Errorf("%d cases, want more than 100", count)
	}
}

func checkRecorded(t *testing.T, h http.Handler, c recordedCase) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, c.request(t))
	status := c.Status
	if c.Quirk != "" {
		status = http.StatusBadRequest
	}
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if c.JSON == nil {
		if w.Body.Len() > 0 || w.Header().Get("Content-Type") != "" {
			t.Errorf("body %q of type %q, want none", w.Body, w.Header().Get("Content-Type"))
		}
		return
	}
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v in %q", err, w.Body)
	}
	dropHints(got)
	if _, isReport := c.JSON["errorCount"]; !isReport {
		// The wording of other errors is our own.
		c.JSON["message"] = got["message"].(string)
	}
	if diff := cmp.Diff(withoutClock(c.JSON), withoutClock(got)); diff != "" {
		t.Errorf("answer (-recorded +ours):\n%s", diff)
	}
}

// dropHints takes away what we say behind the words of Atlas.
func dropHints(answer map[string]any) {
	messages, _ := answer["message"].([]any)
	for i := range messages {
		text := messages[i].(string)
		if at := strings.LastIndex(text, "}); "); at >= 0 {
			messages[i] = text[:at+len("})")]
		}
	}
}

// withoutClock returns j as text, without the numbers that depend on when it was made.
func withoutClock(j map[string]any) string {
	text, _ := json.MarshalIndent(j, "", "  ")
	return regexp.MustCompile(`now = \d+|\d+ \\u003e 46800000`).ReplaceAllString(string(text), "N")
}
