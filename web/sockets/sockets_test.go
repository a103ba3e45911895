package sockets

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve starts a server with bounds and a limit for bodies, whose handler reads the body and answers with its length.
func serve(t *testing.T, bounds Bounds, bodyTime time.Duration) (*Listener, string) {
	t.Helper()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(inner, bounds)
	handler := http.NewServeMux()
	handler.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusRequestTimeout)
			return
		}
		fmt.Fprint(w, len(data))
	})
	handler.HandleFunc("/ignore", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") })
	handler.HandleFunc("/work", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		select {
		case <-time.After(3 * bodyTime):
			fmt.Fprint(w, "done")
		case <-r.Context().Done():
			http.Error(w, "taken for gone", http.StatusTeapot)
		}
	})
	server := &http.Server{Handler: BoundBodies(bodyTime, handler), ConnState: l.Track, ConnContext: l.Context}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return l, inner.Addr().String()
}

func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// answer returns the status and body of the next response on c.
func answer(t *testing.T, c net.Conn) (int, string) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, strings.TrimSpace(string(data))
}

// TestSlowClientsGiveWay: whatever slow clients wait with, a client that does not wait is served.
func TestSlowClientsGiveWay(t *testing.T) {
	const quick = "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
	for name, slow := range map[string]string{
		"nothing sent":     "",
		"half a header":    "POST /read HTTP/1.1\r\nHost: x\r\n",
		"half a body":      "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
		"body not wanted":  "POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
		"idle between two": quick,
	} {
		t.Run(name, func(t *testing.T) {
			for _, bounds := range []Bounds{{All: 8, PerAddress: 100}, {All: 100, PerAddress: 8}} {
				l, address := serve(t, bounds, time.Minute)
				for range 40 {
					dial(t, address, slow)
				}
				for range 20 {
					c := dial(t, address, quick)
					if status, body := answer(t, c); status != 200 || body != "2" {
						t.Fatalf("%+v: %d %q", bounds, status, body)
					}
				}
				if s := l.Stats(); s.Open > 8 || s.GaveWay == 0 || s.Refused != 0 {
					t.Errorf("%+v: %+v", bounds, s)
				}
			}
		})
	}
}

// TestWorkIsNotInterrupted: connections for which the server works keep their place, and a new one is refused.
func TestWorkIsNotInterrupted(t *testing.T) {
	l, address := serve(t, Bounds{All: 4, PerAddress: 4}, 300*time.Millisecond)
	var working []net.Conn
	for range 4 {
		working = append(working, dial(t, address, "GET /work HTTP/1.1\r\nHost: x\r\n\r\n"))
	}
	time.Sleep(200 * time.Millisecond) // all headers have come
	refused := dial(t, address, "")
	_ = refused.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := refused.Read(make([]byte, 1)); err == nil {
		t.Error("the fifth connection was admitted")
	}
	for _, c := range working {
		if status, body := answer(t, c); status != 200 || body != "done" {
			t.Errorf("%d %q", status, body)
		}
	}
	if s := l.Stats(); s.GaveWay != 0 || s.Refused == 0 {
		t.Errorf("%+v", s)
	}
}

// TestBodyTime: a body that does not come ends, read or not by the handler, and one that came leaves a handler as
// much time as it needs.
func TestBodyTime(t *testing.T) {
	_, address := serve(t, Bounds{All: 10, PerAddress: 10}, 200*time.Millisecond)
	slow := dial(t, address, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
	if status, body := answer(t, slow); status != http.StatusRequestTimeout || !strings.Contains(body, "timeout") {
		t.Errorf("a slow body: %d %q", status, body)
	}
	ignored := dial(t, address, "POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
	_ = ignored.SetReadDeadline(time.Now().Add(20 * time.Second))
	if data, err := io.ReadAll(ignored); err != nil {
		t.Errorf("a connection with a body that was not read stays: %q, %v", data, err)
	}
	working := dial(t, address, "POST /work HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab")
	if status, body := answer(t, working); status != 200 || body != "done" {
		t.Errorf("long work behind a body: %d %q", status, body)
	}
}

func TestBoundsFor(t *testing.T) {
	for descriptors, want := range map[uint64]Bounds{
		16: {8, 4}, 64: {32, 16}, 1024: {768, 384}, 1 << 30: {8192, 4096}, 1<<64 - 1: {8192, 4096},
	} {
		if got := boundsFor(descriptors); got != want {
			t.Errorf("%d descriptors: %+v, want %+v", descriptors, got, want)
		}
	}
}

func TestNetworkOf(t *testing.T) {
	for _, c := range []struct{ ip, want string }{
		{"10.1.2.3", "10.1.2.3/32"},
		{"::ffff:10.1.2.3", "10.1.2.3/32"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"2001:db8:1:2::9", "2001:db8:1:2::/64"},
	} {
		got := networkOf(&net.TCPAddr{IP: net.ParseIP(c.ip), Port: 1})
		if got.String() != c.want {
			t.Errorf("%s is of %s, want %s", c.ip, got, c.want)
		}
	}
}

func BenchmarkAdmitAtBound(b *testing.B) {
	l := Listen(nil, Bounds{All: 8192, PerAddress: 8192})
	add := func() {
		c := &connection{Conn: discarded{}, listener: l}
		c.waitForClient()
		l.admit(c)
	}
	for range 8192 {
		add()
	}
	for b.Loop() {
		add()
	}
}

type discarded struct{ net.Conn }

func (discarded) Close() error { return nil }
