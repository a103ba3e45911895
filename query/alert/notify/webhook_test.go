package notify

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPost(t *testing.T) {
	release := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || string(body) != `{"a":1}` {
			t.Errorf("got %s with %s: %s", r.Method, r.Header.Get("Content-Type"), body)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "out\n of  order", 500) })
	mux.HandleFunc("/refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte(strings.Repeat("no ", 1000))); err != nil {
				return
			}
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	defer close(release)
	hook := NewWebhook()
	defer hook.Close()
	host := strings.TrimPrefix(server.URL, "http://")

	for _, c := range []struct{ url, want string }{
		{server.URL + "/ok", ""},
		{server.URL + "/broken?token=secret", "webhook " + host + ": answered 500 Internal Server Error: out of order"},
		{server.URL + "/refused", "webhook " + host + ": answered 404 Not Found"},
		{server.URL + "/moved", "answered 302 Found: redirects are not followed"},
		{server.URL + "/slow?token=secret", "webhook " + host + ": context deadline exceeded"},
		{server.URL + "/endless", "answered 500 Internal Server Error: no no no"},
		{"http://user:secret@127.0.0.1:1/", "webhook 127.0.0.1:1: dial tcp 127.0.0.1:1"},
		{"http://127.0.0.1:99999/secret", "webhook 127.0.0.1:99999: "},
		{"http://a b/secret", "webhook: "},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		err := hook.Post(ctx, c.url, []byte(`{"a":1}`))
		cancel()
		switch {
		case c.want == "" && err == nil:
		case c.want == "" || err == nil || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: got error %v, want one with %q", c.url, err, c.want)
		case strings.Contains(err.Error(), "secret") || len(err.Error()) > 500:
			t.Errorf("%s: the error is too long or tells a secret: %v", c.url, err)
		}
	}
}

func TestPostStopsWithItsContext(t *testing.T) {
	hook := NewWebhook()
	defer hook.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := hook.Post(ctx, "http://127.0.0.1:1/", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
