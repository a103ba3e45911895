package listen_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/telamon-tsdb/telamon/tsdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a real server and returns its address.
func serve(t *testing.T, h http.Handler) string {
	server := httptest.NewServer(h)
	t.Cleanup(func() {
		server.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return server.URL
}

// TestTooLargeOverNetwork: a client that writes all before it reads gets to see the answer.
func TestTooLargeOverNetwork(t *testing.T) {
	h, _ := newPublish(nil)
	url := serve(t, h)
	body := bytes.Repeat([]byte(" "), 9<<20)
	for _, reader := range []io.Reader{bytes.NewReader(body), io.MultiReader(bytes.NewReader(body))} {
		response, err := http.Post(url+"/api/v1/publish", "application/json", reader)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("status %d: %s", response.StatusCode, text)
		}
	}
}

// TestSlowClient: who does not go on sending is cut off, and gives its memory back.
func TestSlowClient(t *testing.T) {
	h, _ := newPublish(nil)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			t.Error(err)
		}
		h.ServeHTTP(w, r)
	}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST /api/v1/publish HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
		t.Errorf("error %v, answer %q", err, answer)
	}
	if held := h.Stats().HeldBytes; held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
}

// TestClientLeaves: the store is told when the client goes while it waits.
func TestClientLeaves(t *testing.T) {
	h, store := newPublish(nil)
	entered, left := make(chan struct{}), make(chan struct{})
	store.Refuse = func(tsdb.Point) error {
		close(entered)
		<-left
		return nil
	}
	var seen context.Context
	answered := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(answered)
		seen = r.Context()
		h.ServeHTTP(w, r)
	}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	request, _ := http.NewRequestWithContext(ctx, "POST", url+"/api/v1/publish", strings.NewReader(payload(1)))
	if _, err := http.DefaultClient.Do(request); err == nil {
		t.Error("the request was not cancelled")
	}
	close(left)
	<-answered
	select {
	case <-seen.Done():
	case <-time.After(10 * time.Second):
		t.Error("the context given to the store lives on")
	}
}
