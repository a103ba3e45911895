package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// hotSettings are those of a server at a step of a second with a rule, Hot, that fires for each zone with more than ten
// requests.
func hotSettings(t *testing.T, hook *hook) Settings {
	settings := testSettings(t)
	settings.Step, settings.EvalDelay = time.Second, time.Second
	settings.Rules = filepath.Join(t.TempDir(), "rules.yaml")
	text := "receivers: [{name: oncall, webhook: {url: '" + hook.url() + "'}}]\n" +
		"rules: [{name: Hot, expr: 'name,requests,:eq,:sum,(,zone,),:by,10,:gt', notify: [oncall]}]\n"
	if err := os.WriteFile(settings.Rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return settings
}

// awaitStatus waits until the alerts are as check wants them.
func awaitStatus(t *testing.T, c client, check func(alert.Status) error) {
	t.Helper()
	if err := poll(func() error {
		status, err := c.alerts()
		if err != nil {
			return err
		}
		return check(status)
	}, neverHopeless); err != nil {
		t.Fatal(err)
	}
}

// judges wants that a step at or after from was judged.
func judges(from time.Time) func(alert.Status) error {
	return func(s alert.Status) error {
		if at := s.Rules[0].Evaluated; at < from.UnixMilli() {
			return fmt.Errorf("judged up to %d, want %d", at, from.UnixMilli())
		}
		return nil
	}
}

// doubts wants that the newest unknown steps are so for a reason.
func doubts(reason string) func(alert.Status) error {
	return func(s alert.Status) error {
		if s.Doubt == nil || string(s.Doubt.Reason) != reason {
			return fmt.Errorf("unknown steps: %+v, want some for %q", s.Doubt, reason)
		}
		return nil
	}
}

// TestFullDiskIsNoEvidence fills the disk for some steps under an alert that fires: it goes on firing, although nothing
// of these steps was stored. What recovers meanwhile is resolved afterwards, once.
func TestFullDiskIsNoEvidence(t *testing.T) {
	t.Parallel()
	hook := startHook()
	t.Cleanup(hook.close)
	settings := hotSettings(t, hook)
	var full atomic.Bool
	settings.fs = fillableDisk(&full)
	server, _ := runServer(t, settings)
	feed := startFeed("requests,zone=a")
	t.Cleanup(feed.close)
	feed.set(server.url, 12)
	want := []string{"firing"}
	for _, after := range []float64{12, 3} { // what is published when there is space again
		if err := hook.await("Hot", want); err != nil {
			t.Fatal(err)
		}
		awaitStatus(t, server, judges(time.Now())) // the disk is full in the middle of what is known
		full.Store(true)
		time.Sleep(4 * time.Second)
		feed.set(server.url, after)
		full.Store(false)
		back := time.Now()
		awaitStatus(t, server, doubts("append failed"))
		awaitStatus(t, server, judges(back.Add(3*time.Second)))
	}
	if err := hook.await("Hot", []string{"firing", "resolved:recovered"}); err != nil {
		t.Error(err)
	}
}

// TestFullDiskWithoutPublishers: where nobody publishes, the steps of alerting themselves find out that the log takes
// nothing, and that it does again.
func TestFullDiskWithoutPublishers(t *testing.T) {
	t.Parallel()
	hook := startHook()
	t.Cleanup(hook.close)
	settings := hotSettings(t, hook)
	var full atomic.Bool
	settings.fs = fillableDisk(&full)
	server, _ := runServer(t, settings)
	awaitStatus(t, server, judges(time.Now()))
	full.Store(true)
	time.Sleep(2500 * time.Millisecond)
	full.Store(false)
	back := time.Now()
	awaitStatus(t, server, doubts("append failed"))
	awaitStatus(t, server, judges(back.Add(2*time.Second)))
}

// TestDirectoryOfAnOlderProgram: its log says nothing of when samples were taken. All that was is unknown; what fires goes
// on until a step is known.
func TestDirectoryOfAnOlderProgram(t *testing.T) {
	t.Parallel()
	hook := startHook()
	t.Cleanup(hook.close)
	settings := hotSettings(t, hook)
	server, stop := runServer(t, settings)
	feed := startFeed("requests,zone=a")
	t.Cleanup(feed.close)
	feed.set(server.url, 12)
	if err := hook.await("Hot", []string{"firing"}); err != nil {
		t.Fatal(err)
	}
	stop()
	forgetUptime(t, filepath.Join(settings.Data, namespace, "wal"))
	time.Sleep(2 * time.Second)
	server, _ = runServer(t, settings)
	began := time.Now()
	awaitStatus(t, server, doubts("no record"))
	feed.set(server.url, 12)
	awaitStatus(t, server, judges(began.Add(2*time.Second)))
	feed.set("", 0)
	if err := hook.await("Hot", []string{"firing", "resolved:no_data"}); err != nil {
		t.Error(err)
	}
}

// forgetUptime writes the log in dir anew without what an older program does not know.
func forgetUptime(t *testing.T, dir string) {
	t.Helper()
	old := dir + ".old"
	if err := os.Rename(dir, old); err != nil {
		t.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(old, "*.wal"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("segments %v, %v", segments, err)
	}
	log, err := wal.Open(wal.Config{Dir: dir})
	if err == nil {
		err = log.Replay(func(wal.Position, wal.Record) error { return nil })
	}
	forgotten := 0
	for _, segment := range segments {
		for entry, walkErr := range wal.Walk(vfs.OS{}, segment) {
			err = errors.Join(err, walkErr)
			if entry.Record.Type == wal.Uptime {
				forgotten++
				continue
			}
			err = errors.Join(err, log.Append(t.Context(), entry.Record))
		}
	}
	if err = errors.Join(err, log.Close(), os.RemoveAll(old)); err != nil || forgotten == 0 {
		t.Fatalf("%d uptime records, %v", forgotten, err)
	}
}
