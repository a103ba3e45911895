package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// fillableDisk is a disk in memory that takes nothing while full is true.
func fillableDisk(full *atomic.Bool) vfs.FS {
	return vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if full.Load() && (c.Op == vfstest.OpWrite || c.Op == vfstest.OpCreate) {
			return syscall.ENOSPC
		}
		return nil
	})
}

// TestFullDisk fills the disk under a running server: publishing is answered 503 and changes nothing, queries go
// on, and when there is space again so does publishing. A restart finds what was acknowledged and no more.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	var full atomic.Bool
	settings := testSettings(t)
	settings.fs = fillableDisk(&full)
	server, stop := runServer(t, settings)
	at := time.Now().Truncate(time.Minute).UnixMilli()
	add := func(value float64) error {
		tags := map[string]string{"name": "disk.writes", "atlas.dstype": "sum"}
		return server.publish(context.Background(), []sample{{tags, at, number(value)}})
	}
	check := func(when string, want float64) {
		t.Helper()
		got, err := server.slots("name,disk.writes,:eq", at-60_000, at, 60_000)
		if err != nil {
			t.Fatal(err)
		}
		if v := got["atlas.dstype=sum, name=disk.writes"][at]; v != want {
			t.Errorf("%s: %v, want %v", when, v, want)
		}
	}
	if err := add(1); err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	for range 3 {
		if err := add(10); err == nil || !strings.Contains(err.Error(), "503 ") || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("publishing on a full disk: %v", err)
		}
	}
	check("on a full disk", 1)
	if resp, err := http.Get(server.url + "/healthcheck"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("health on a full disk: %v %v", resp, err)
	} else {
		resp.Body.Close()
	}
	full.Store(false)
	if err := add(100); err != nil {
		t.Fatal(err)
	}
	check("with space again", 101)
	stop()
	server, _ = runServer(t, settings)
	check("after a restart", 101)
}

// TestFullDiskAtStart: a firing alert is retired by a start that removes its rule, which a full disk does not take. The server
// answers nevertheless, and the alert is resolved when there is space.
func TestFullDiskAtStart(t *testing.T) {
	t.Parallel()
	hook := startHook()
	t.Cleanup(hook.close)
	var full atomic.Bool
	settings := testSettings(t)
	settings.Step, settings.EvalDelay = time.Second, time.Second
	settings.fs = fillableDisk(&full)
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	text := "receivers: [{name: oncall, webhook: {url: '" + hook.url() + "'}}]\n" +
		"rules: [{name: Always, expr: '1', for: 0, notify: [oncall]}]\n"
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	settings.Rules = rules
	_, stop := runServer(t, settings)
	if err := hook.await("Always", []string{"firing"}); err != nil {
		t.Fatal(err)
	}
	stop()

	gone := filepath.Join(t.TempDir(), "gone.yaml")
	if err := os.WriteFile(gone, []byte("allow_removal: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	settings.Rules = gone
	s, err := openServer(settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	stop = goRun(t, s)
	if err := (client{url: s.url()}).waitReady(); err != nil {
		t.Fatal(err)
	}
	full.Store(false)
	if err := poll(func() error {
		// The firing one waits as well where the stop came before the log had its delivery.
		if stats := s.parts.alerts.Stats(); stats.Firing != 0 || stats.Waiting == 0 {
			return errors.New("the alert of a rule that is gone is not resolved")
		}
		return nil
	}, neverHopeless); err != nil {
		t.Error(err)
	}
	stop()

	settings.Rules = rules
	runServer(t, settings)
	if err := poll(func() error {
		events := hook.folded("Always")
		if len(events) < 2 || events[1].State != "resolved" {
			return errors.New("the receiver has not heard of the end")
		}
		return nil
	}, neverHopeless); err != nil {
		t.Error(err)
	}
}
