package main

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// TestFullDisk fills the disk under a running server: publishing is answered 503 and changes nothing, queries go
// on, and when there is space again so does publishing. A restart finds what was acknowledged and no more.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	var full atomic.Bool
	settings := testSettings(t)
	settings.fs = vfs.NewFaulty(vfs.NewMemory(), func(c vfs.Call) error {
		if full.Load() && (c.Op == vfs.OpWrite || c.Op == vfs.OpCreate) {
			return syscall.ENOSPC
		}
		return nil
	})
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
