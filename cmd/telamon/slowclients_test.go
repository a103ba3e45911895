package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestSlowClients: beside more slow clients than there are descriptors, publishing and health checks are answered.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, err := startCommand(dir, "server", nil, exec.Command("sh", "-c", "ulimit -n 64; exec telamon serve --listen 127.0.0.1:0 --data data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	url, err := p.address(0)
	if err != nil {
		t.Fatal(err)
	}
	c := client{url: url}
	if err := c.waitReady(); err != nil {
		t.Fatal(err)
	}
	paths := []string{"/api/v1/batch", "/api/v1/expr/analyze", "/api/v1/publish", "/nowhere", "/healthcheck"}
	for i := range 200 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 1000\r\n\r\n{", paths[i%len(paths)], conn.RemoteAddr())
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for i := range 20 {
		http.DefaultClient.CloseIdleConnections()
		if err := c.publish(ctx, []sample{{map[string]string{"name": "queue.depth"}, time.Now().UnixMilli(), number(i)}}); err != nil {
			t.Fatal(err)
		}
		if err := c.waitReady(); err != nil {
			t.Fatal(err)
		}
	}
}
