package listen_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/ingest/listen"
	"github.com/telamon-tsdb/telamon/tsdb"
)

const onTime = 1795362300000 // a step boundary just before recordedAt

// payload returns a publish payload with one gauge for each value.
func payload(values ...float64) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"tags":{"name":"n%02d"},"timestamp":%d,"value":%v}`, i, int64(onTime), v)
	}
	return `{"metrics":[` + b.String() + `]}`
}

func post(h http.Handler, coding string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/api/v1/publish", body)
	if coding != "" {
		r.Header.Set("Content-Encoding", coding)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestBodies(t *testing.T) {
	text := payload(1, 2)
	zipped := string(encode(t, "gzip", text))
	var bare bytes.Buffer
	w, _ := flate.NewWriter(&bare, flate.BestSpeed)
	w.Write([]byte(text))
	w.Close()
	for _, c := range []struct {
		name, coding, body string
		status             int
	}{
		{"plain", "", text, 200},
		{"gzip", "gzip", zipped, 200},
		{"GZIP", "GZIP", zipped, 200},
		{"gzip that does not say so", "", zipped, 200},
		{"gzip twice, said once", "gzip", string(encode(t, "gzip", zipped)), 200},
		{"zlib", "deflate", string(encode(t, "deflate", text)), 200},
		{"bare deflate", "deflate", bare.String(), 200},
		{"several gzip members", "gzip", string(encode(t, "gzip", text[:20])) + string(encode(t, "gzip", text[20:])), 200},
		{"cut gzip", "gzip", zipped[:len(zipped)-9], 400},
		{"gzip with rubbish behind", "gzip", zipped + "rubbish", 400},
		{"gzip with a wrong sum", "gzip", zipped[:len(zipped)-5] + "x" + zipped[len(zipped)-4:], 400},
		{"no gzip", "gzip", text, 400},
		{"no gzip but its magic", "", "\x1f\x8b", 400},
		{"no zlib", "deflate", "\x78\x9cxx", 400},
		{"no deflate", "deflate", "\xff", 400},
		{"nothing in gzip", "gzip", "", 400},
		{"unknown coding", "zstd", text, 400},
		{"two codings", "gzip, gzip", text, 400},
	} {
		h, store := newPublish(nil)
		for range 2 { // the second time with used buffers
			if w := post(h, c.coding, strings.NewReader(c.body)); w.Code != c.status {
				t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.status, w.Body)
			}
		}
		want := 0
		if c.status == 200 {
			want = 4
		}
		if got := len(store.Stored()); got != want {
			t.Errorf("%s: %d samples stored, want %d", c.name, got, want)
		}
	}
}

func TestMethod(t *testing.T) {
	h, _ := newPublish(nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/publish", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("status %d", w.Code)
	}
}

// TestTooLarge sends more than the limit: as it is, without a length, and as a small gzip.
func TestTooLarge(t *testing.T) {
	const limit = 100_000
	h, _ := newPublish(func(c *listen.Config) { c.MaxBodyBytes = limit })
	fits := strings.Repeat(" ", limit-len(payload(1))) + payload(1)
	for _, c := range []struct {
		name, coding, body string
		status             int
	}{
		{"just fits", "", fits, 200},
		{"just fits, zipped", "gzip", string(encode(t, "gzip", fits)), 200},
		{"one too many", "", fits + " ", 413},
		{"one too many, zipped", "gzip", string(encode(t, "gzip", fits+" ")), 413},
		{"one too many, zipped in silence", "", string(encode(t, "gzip", fits+" ")), 413},
		{"one too many, deflated", "deflate", string(encode(t, "deflate", fits+" ")), 413},
	} {
		w := post(h, c.coding, strings.NewReader(c.body))
		if w.Code != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.name, w.Code, c.status, w.Body)
		}
		// io.MultiReader hides the length, as chunked encoding does.
		w = post(h, c.coding, io.MultiReader(strings.NewReader(c.body)))
		if w.Code != c.status {
			t.Errorf("%s, length unknown: status %d, want %d: %s", c.name, w.Code, c.status, w.Body)
		}
	}
	if held := h.Stats().HeldBytes; held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
}

// TestBomb: what a small gzip unfolds to costs no more than the limit of a body.
func TestBomb(t *testing.T) {
	h, _ := newPublish(nil)
	bomb := encode(t, "gzip", strings.Repeat("\x00", 24<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := post(h, "gzip", bytes.NewReader(bomb))
	runtime.ReadMemStats(&after)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	// The buffer doubles up to 8 MiB, 16 MiB in all.
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

// TestBusy: bodies that are held take the memory from others, which are told to come again.
func TestBusy(t *testing.T) {
	h, store := newPublish(func(c *listen.Config) { c.MaxHeldBytes = 100 << 10 })
	slow, feed := io.Pipe()
	var wait sync.WaitGroup
	wait.Go(func() {
		if w := post(h, "", slow); w.Code != http.StatusOK {
			t.Errorf("slow client: status %d: %s", w.Code, w.Body)
		}
	})
	feed.Write([]byte(strings.Repeat(" ", 60<<10))) // the handler holds 64 KiB now
	w := post(h, "gzip", bytes.NewReader(encode(t, "gzip", payload(1))))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("while another is held: status %d, header %v", w.Code, w.Header())
	}
	feed.Write([]byte(payload(1)))
	feed.Close()
	wait.Wait()
	if w := post(h, "gzip", bytes.NewReader(encode(t, "gzip", payload(1)))); w.Code != http.StatusOK {
		t.Errorf("afterwards: status %d: %s", w.Code, w.Body)
	}
	if n := len(store.Stored()); n != 2 {
		t.Errorf("%d samples stored", n)
	}
	want := listen.Stats{OK: 2, Unavailable: 1, BodyBytes: 60<<10 + 2*uint64(len(payload(1)))}
	if diff := cmp.Diff(want, h.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestStoreFails(t *testing.T) {
	h, store := newPublish(nil)
	store.FailAppend(errors.New("no space left on device"))
	w := post(h, "", strings.NewReader(payload(1)))
	var answer struct{ Type, Message string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusServiceUnavailable || answer.Type != "error" || !strings.Contains(answer.Message, "no space left") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	store.FailAppend(nil)
	if w := post(h, "", strings.NewReader(payload(1))); w.Code != http.StatusOK {
		t.Errorf("space is back: status %d: %s", w.Code, w.Body)
	}
}

func TestStoreRefuses(t *testing.T) {
	h, store := newPublish(nil)
	store.Refuse = func(p tsdb.Point) error {
		if p.Value < 0 {
			return errors.New("negative")
		}
		return nil
	}
	w := post(h, "", strings.NewReader(payload(1, -1, 2)))
	want := `{"type":"partial","errorCount":1,"message":["negative (tags={\"name\":\"n01\"})"]}` + "\n"
	if w.Code != http.StatusAccepted || w.Body.String() != want {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	w = post(h, "", strings.NewReader(payload(-1)))
	if w.Code != http.StatusBadRequest {
		t.Errorf("all refused: status %d: %s", w.Code, w.Body)
	}
}

// TestClientGone: a request that was cancelled stores nothing and is no success.
func TestClientGone(t *testing.T) {
	h, store := newPublish(nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequest("POST", "/api/v1/publish", strings.NewReader(payload(1))).WithContext(ctx)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || len(store.Stored()) > 0 {
		t.Errorf("status %d, %d samples stored", w.Code, len(store.Stored()))
	}
	w = post(h, "", io.MultiReader(strings.NewReader(payload(1)[:20]), brokenReader{}))
	if w.Code != http.StatusBadRequest || len(store.Stored()) > 0 {
		t.Errorf("body cut short: status %d, %d samples stored", w.Code, len(store.Stored()))
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestManyClients publishes at the same time from several goroutines, zipped and plain; run it with -race.
func TestManyClients(t *testing.T) {
	h, store := newPublish(nil)
	const clients, requests = 8, 20
	var wait sync.WaitGroup
	for c := range clients {
		wait.Go(func() {
			for r := range requests {
				coding := []string{"", "gzip"}[(c+r)%2]
				body := encode(t, coding, payload(float64(c), float64(r)))
				if w := post(h, coding, bytes.NewReader(body)); w.Code != http.StatusOK {
					t.Errorf("status %d: %s", w.Code, w.Body)
				}
			}
		})
	}
	wait.Wait()
	if n := len(store.Stored()); n != 2*clients*requests {
		t.Errorf("%d samples stored, want %d", n, 2*clients*requests)
	}
	if n := store.Resolved(); n > 2*clients {
		t.Errorf("%d look-ups for 2 series: the memo did not help", n)
	}
	if s := h.Stats(); s.OK != clients*requests || s.HeldBytes != 0 {
		t.Errorf("stats %+v", s)
	}
}
