package main

import (
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// TestSameBytes asks what Atlas was asked: of open and sealed windows in memory, after a restart, and after every
// window has gone to a file and is read from there. Each answer is the same, to the last byte.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	settings := testSettings(t)
	settings.MemoryHorizon = time.Minute
	server, stop := runServer(t, settings)
	publishFleet(t, server)
	first := answers(t, server)
	stop()

	s, err := openServer(settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	goRun(t, s)
	server = client{url: s.url()}
	if err := server.waitReady(); err != nil {
		t.Fatal(err)
	}
	compareAnswers(t, "after a restart", answers(t, server), first)

	later := time.UnixMilli(tsdbtest.FleetLast).Add(12 * time.Hour)
	for range 2 { // the second time releases what the first has filed
		if err := s.db.Maintain(t.Context(), later); err != nil {
			t.Fatal(err)
		}
	}
	if st := s.db.Stats(); st.OpenWindows+st.SealedWindows > 0 {
		t.Fatalf("%d open and %d sealed windows are still in memory", st.OpenWindows, st.SealedWindows)
	}
	compareAnswers(t, "from files", answers(t, server), first)
}

// answers returns a hash of each answer, by the query string.
func answers(t *testing.T, server client) map[string][sha256.Size]byte {
	t.Helper()
	got := make(map[string][sha256.Size]byte)
	eachRecorded(t, func(c *recordedCase) {
		query := c.parameters().Encode()
		resp, err := http.Get(server.url + "/api/v1/graph?format=json&" + query)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", query, resp.Status, err)
		}
		got[query] = sha256.Sum256(body)
	})
	return got
}

func compareAnswers(t *testing.T, when string, got, want map[string][sha256.Size]byte) {
	t.Helper()
	different := 0
	for query, sum := range want {
		if got[query] != sum {
			different++
			if different <= 5 {
				t.Errorf("%s another answer: %s", when, query)
			}
		}
	}
	if different > 0 {
		t.Errorf("%s %d of %d answers differ", when, different, len(want))
	}
}

// parameters returns the request of the recording.
func (c *recordedCase) parameters() url.Values {
	p := url.Values{}
	for name, value := range map[string]string{"q": c.Q, "s": c.S, "e": c.E, "step": c.Step, "tz": c.TZ, "cq": c.CQ} {
		if value != "" {
			p.Set(name, value)
		}
	}
	return p
}
