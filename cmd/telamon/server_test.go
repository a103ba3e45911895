package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
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
	c = client{url: s.url()}
	if err := c.waitReady(); err != nil {
		t.Fatal(err)
	}
	return c, stop
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
	settings.fs = vfs.NewFaulty(vfs.OS{}, func(call vfs.Call) error {
		if call.Op == vfs.OpRead && strings.HasSuffix(call.Name, ".wal") && !sent {
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
