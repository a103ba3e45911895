package main

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// TestPatience sends more than the kernel holds to a client that reads slowly, which gets all of it, and to one that reads
// nothing, which is cut off.
func TestPatience(t *testing.T) {
	const patience = 200 * time.Millisecond
	body := make([]byte, 8<<20)
	for _, c := range []struct {
		name  string
		pause time.Duration // between two reads of a sixteenth; 0: it reads nothing
		want  error
	}{
		{"slow", 60 * time.Millisecond, nil},
		{"standing still", 0, os.ErrDeadlineExceeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, client := tcpPair(t)
			conn := &patientConn{Conn: server, patience: patience, unread: unreadBytes}
			if c.pause > 0 {
				go func() {
					part := make([]byte, len(body)/64)
					for {
						if _, err := io.ReadFull(client, part); err != nil {
							return
						}
						time.Sleep(c.pause)
					}
				}()
			}
			begin := time.Now()
			n, err := conn.Write(body)
			if !errors.Is(err, c.want) || err == nil && n != len(body) {
				t.Errorf("wrote %d bytes in %s: %v, want %v", n, time.Since(begin), err, c.want)
			}
			if took := time.Since(begin); c.want == nil && took < 3*patience {
				t.Logf("the client took all in %s, before anybody lost patience", took)
			}
		})
	}
}

// tcpPair returns both ends of a connection.
func tcpPair(t *testing.T) (server, client net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		client.Close()
	})
	return server, client
}

// TestPatienceHearsOfTheEnd lets the HTTP server end a write.
func TestPatienceHearsOfTheEnd(t *testing.T) {
	server, _ := tcpPair(t)
	conn := &patientConn{Conn: server, patience: time.Hour, unread: unreadBytes}
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Write(make([]byte, 64<<20))
		ended <- err
	}()
	time.Sleep(50 * time.Millisecond)
	if err := conn.SetWriteDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the write goes on")
	}
}
