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

	"github.com/telamon-tsdb/telamon/ingest/listen"
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
		response, err := http.Post(url+listen.PublishPath, "application/json", reader)
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
	h, _ := newPublish(func(c *listen.Config) { c.MaxBodyTime = 50 * time.Millisecond })
	url := serve(t, h)
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST "+listen.PublishPath+" HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
		t.Errorf("error %v, answer %q", err, answer)
	}
	if held := h.Stats().HeldBytes; held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
}

// TestDeadlineEndsWithBody: a store that takes its time is no reason to cut the client off.
func TestDeadlineEndsWithBody(t *testing.T) {
	h, store := newPublish(func(c *listen.Config) { c.MaxBodyTime = 300 * time.Millisecond })
	store.Refuse = func(tsdb.Point) error {
		time.Sleep(400 * time.Millisecond)
		return nil
	}
	url := serve(t, h)
	for range 2 { // on the same connection
		response, err := http.Post(url+listen.PublishPath, "application/json", strings.NewReader(payload(1)))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("status %d", response.StatusCode)
		}
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
	request, _ := http.NewRequestWithContext(ctx, "POST", url+listen.PublishPath, strings.NewReader(payload(1)))
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
