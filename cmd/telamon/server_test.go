package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// testSettings are those of a server over the fleet: history of any age, on a grid of a minute.
func testSettings(t *testing.T) Settings {
	return Settings{
		Listen:    "127.0.0.1:0",
		Data:      t.TempDir(),
		Step:      time.Minute,
		MaxAge:    87600 * time.Hour,
		Timezone:  "US/Pacific",
		EvalDelay: time.Minute,
	}
}

// runServer runs a server in this process until stop or the end of the test, and waits until it is ready.
func runServer(t *testing.T, settings Settings) (c client, stop func()) {
	t.Helper()
	s, err := openServer(settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	stop = goRun(t, s)
	c = client{url: s.url()}
	if err := c.waitReady(); err != nil {
		t.Fatal(err)
	}
	return c, stop
}

// goRun runs a server that is open until stop or the end of the test.
func goRun(t *testing.T, s *server) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.run(ctx); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	stop = sync.OnceFunc(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		running.Wait()
	})
	t.Cleanup(stop)
	return stop
}

// TestStarting stops the replay of the log half way: the server answers, but has no data and takes none. Told to end,
// it ends.
func TestStarting(t *testing.T) {
	t.Parallel()
	var held atomic.Bool
	release := make(chan struct{})
	settings := testSettings(t)
	settings.fs = vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if held.Load() && c.Op == vfstest.OpRead {
			<-release
		}
		return nil
	})
	gauge := sample{map[string]string{"name": "queue.depth"}, time.Now().UnixMilli(), 1}
	c, stop := runServer(t, settings)
	if err := c.publish(t.Context(), []sample{gauge}); err != nil {
		t.Fatal(err)
	}
	stop()
	s, err := openServer(settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	held.Store(true)
	stop = goRun(t, s)
	for path, want := range map[string]int{
		"/ok": 200, "/healthcheck": 500, "/api/v1/graph?q=1&format=json": 503, "/api/v1/tags": 503, "/api/v1/alerts": 503,
	} {
		r := badRequest{method: http.MethodGet, path: path, status: want}
		if err := r.check(client{s.url()}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := (client{s.url()}).publish(t.Context(), []sample{gauge}); err == nil || !strings.Contains(err.Error(), "503 ") {
		t.Errorf("publishing while the log is replayed: %v", err)
	}
	time.AfterFunc(10*time.Millisecond, func() { close(release) })
	stop()
}

// TestHangupDuringReplay sends SIGHUP while the log is read: nobody has asked the server to end.
func TestHangupDuringReplay(t *testing.T) {
	settings := testSettings(t)
	c, stop := runServer(t, settings)
	point := sample{Tags: map[string]string{"name": "one"}, Time: time.Now().Truncate(time.Minute).UnixMilli(), Value: 1}
	if err := c.publish(t.Context(), []sample{point}); err != nil {
		t.Fatal(err)
	}
	stop()
	sent := false
	settings.fs = vfstest.NewFaulty(vfs.OS{}, func(call vfstest.Call) error {
		if call.Op == vfstest.OpRead && strings.HasSuffix(call.Name, ".wal") && !sent {
			sent = true
			err := syscall.Kill(os.Getpid(), syscall.SIGHUP)
			time.Sleep(100 * time.Millisecond) // without a taker the process ends here
			return err
		}
		return nil
	})
	_, stop = runServer(t, settings)
	stop()
	if !sent {
		t.Error("the log was not read")
	}
}

var errNotReady = errors.New("the server does not become ready")

// waitReady waits until the server has replayed its log.
func (c client) waitReady() error {
	return poll(func() error {
		resp, err := http.Get(c.url + "/healthcheck")
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return errNotReady
		}
		return nil
	}, neverHopeless)
}
