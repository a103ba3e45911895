package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLogReader: a reader of the log that goes away, or that stands still, stops nothing.
func TestLogReader(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]bool{"goes away": true, "stands still": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			reader, writer, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			cmd := exec.Command("telamon", "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--log-level", "debug")
			p := &process{cmd: cmd, output: filepath.Join(dir, "out"), done: make(chan struct{})}
			out, err := os.Create(p.output)
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdout, cmd.Stderr = out, writer
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			out.Close()
			writer.Close()
			go func() {
				_ = cmd.Wait()
				close(p.done)
			}()
			t.Cleanup(p.kill)
			url, err := p.address(0)
			if err != nil {
				t.Fatal(err)
			}
			c := client{url: url}
			if err := c.waitReady(); err != nil {
				t.Fatal(err)
			}
			if gone {
				reader.Close()
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for i := range 2000 { // each leaves a line: more than a pipe holds
				if err := p.signal(syscall.SIGHUP); err != nil {
					t.Fatal(err)
				}
				if i%100 == 0 {
					if err := c.publish(ctx, []sample{{map[string]string{"name": "queue.depth"}, time.Now().UnixMilli(), number(i)}}); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(100 * time.Microsecond)
			}
			if err := p.signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if status, err := p.wait(); status != 0 || err != nil {
				t.Errorf("SIGTERM: status %d, %v", status, err)
			}
		})
	}
}

// TestLogStreamIsBounded: lines are lost for want of a reader, and the log says how many.
func TestLogStreamIsBounded(t *testing.T) {
	reader, writer := io.Pipe()
	s := newLogStream(writer)
	line := strings.Repeat("x", 1023) + "\n"
	const lines = 5000
	for range lines {
		if n, err := s.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	read := make(chan string)
	go func() {
		all, _ := io.ReadAll(reader)
		read <- string(all)
	}()
	for s.pending() > 0 { // its turn has come
		time.Sleep(time.Millisecond)
	}
	fmt.Fprintln(s, "last")
	s.Close()
	writer.Close()
	got := <-read
	kept := strings.Count(got, line)
	if want := fmt.Sprintf("telamon: %d lines of the log are lost here, because its reader did not read\nlast\n", lines-kept); !strings.HasSuffix(got, want) {
		t.Errorf("%d lines kept; the end is %q, want %q", kept, got[max(0, len(got)-200):], want)
	}
	if kept > 2*logStreamBytes/len(line) || kept < logStreamBytes/len(line)/2 {
		t.Errorf("%d lines kept", kept)
	}
}

func (s *logStream) pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}
