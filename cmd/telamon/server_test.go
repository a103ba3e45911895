package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"
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
