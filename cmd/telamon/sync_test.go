package main

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// TestSync publishes in both modes: with batch the log is synced before the answer, with none it is not.
func TestSync(t *testing.T) {
	for mode, synced := range map[wal.SyncMode]bool{wal.SyncBatch: true, wal.SyncNone: false} {
		var syncs atomic.Int64
		settings := testSettings(t)
		settings.Sync = mode
		settings.fs = vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
			if c.Op == vfstest.OpSync && strings.HasSuffix(c.Name, ".wal") {
				syncs.Add(1)
			}
			return nil
		})
		c, stop := runServer(t, settings)
		before := syncs.Load()
		one := sample{map[string]string{"name": "queue.depth"}, time.Now().UnixMilli(), 1}
		if err := c.publish(t.Context(), []sample{one}); err != nil {
			t.Fatal(err)
		}
		if got := syncs.Load() > before; got != synced {
			t.Errorf("mode %d: the log was synced before the answer: %v, want %v", mode, got, synced)
		}
		stop()
	}
}
