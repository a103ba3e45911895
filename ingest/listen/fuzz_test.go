package listen_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/telamon-tsdb/telamon/ingest/listen"
)

// FuzzPublish sends any body under any coding: the answer is one of those that clients know, success
// means that something was stored, and no memory stays held.
func FuzzPublish(f *testing.F) {
	text := payload(1, 2)
	for _, coding := range []string{"", "gzip", "deflate"} {
		f.Add(coding, encode(f, coding, text))
		f.Add("", encode(f, coding, text))
		f.Add(coding, []byte(text))
	}
	f.Add("gzip", encode(f, "gzip", string(encode(f, "gzip", text))))
	f.Add("br", []byte(text))
	f.Fuzz(func(t *testing.T, coding string, body []byte) {
		h, store := newPublish(func(c *listen.Config) { c.MaxBodyBytes = 64 << 10 })
		r := httptest.NewRequest("POST", "/api/v1/publish", bytes.NewReader(body))
		r.Header["Content-Encoding"] = []string{coding}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		stored := len(store.Stored()) > 0
		switch w.Code {
		case http.StatusOK, http.StatusAccepted:
			if !stored {
				t.Errorf("status %d but nothing stored", w.Code)
			}
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			if stored {
				t.Errorf("status %d but samples stored", w.Code)
			}
		default:
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
		if held := h.Stats().HeldBytes; held != 0 {
			t.Errorf("%d bytes are still held", held)
		}
	})
}
