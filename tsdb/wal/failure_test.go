package wal

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// TestFullDisk checks what an operator meets: appends fail as ErrFull, with the file and the offset, the log says so
// once, and when there is space again it goes on.
func TestFullDisk(t *testing.T) {
	full := false
	m := vfstest.NewMemory()
	fsys := vfstest.NewFaulty(m, func(c vfstest.Call) error {
		if full && (c.Op == vfstest.OpWrite || c.Op == vfstest.OpCreate) {
			return vfstest.ShortWrite(syscall.ENOSPC)
		}
		return nil
	})
	var lines bytes.Buffer
	l, _ := openLog(t, Config{FS: fsys, Logger: slog.New(slog.NewTextHandler(&lines, nil))})
	mustAppend(t, l, point("before"))
	full = true
	for range 100 {
		err := l.Append(context.Background(), point("lost"))
		if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), ".wal at 0: no space for the log") {
			t.Fatalf("append to a full disk: %v", err)
		}
	}
	full = false
	mustAppend(t, l, point("after"))
	l.Close()

	var got []string
	for line := range strings.Lines(lines.String()) {
		_, rest, _ := strings.Cut(line, "level=")
		level, rest, _ := strings.Cut(rest, " ")
		_, rest, _ = strings.Cut(rest, `msg="`)
		message, _, _ := strings.Cut(rest, `"`)
		got = append(got, level+" "+message)
	}
	want := []string{"WARN wal: a segment is given up", "WARN wal: a segment is given up",
		"ERROR wal: appending fails", "INFO wal: appending works again"}
	if !slices.Equal(got, want) {
		t.Errorf("logged\n%q, want\n%q", got, want)
	}
	names, err := m.List(testDir)
	if want := []string{"00000001.wal", "00000201.wal"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("left are %v (%v), want %v", names, err, want)
	}
	_, records := openLog(t, Config{FS: m.PowerLoss(nil)})
	if diff := diffRecords(records, []Record{point("before"), point("after")}); diff != "" {
		t.Errorf("replayed (-got +want):\n%s", diff)
	}
}

// TestConcurrentFailures lets operations fail at random under many callers. Each caller's acknowledged records, and
// no others, are replayed in its order.
func TestConcurrentFailures(t *testing.T) {
	const callers, appends = 8, 40
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		var failing atomic.Bool
		m := vfstest.NewMemory()
		fsys := vfstest.NewFaulty(m, func(c vfstest.Call) error {
			if failing.Load() && random.IntN(3) == 0 {
				return vfstest.ShortWrite(syscall.EIO)
			}
			return nil
		})
		l, _ := openLog(t, Config{FS: fsys, SegmentBytes: 500})
		failing.Store(true)
		var acked [callers][]byte
		var all sync.WaitGroup
		for caller := range callers {
			all.Go(func() {
				for i := range appends {
					record := Record{Type: Points, Version: uint8(caller), Body: []byte{byte(i)}}
					if l.Append(context.Background(), record) == nil {
						acked[caller] = append(acked[caller], byte(i))
					}
				}
			})
		}
		all.Wait()
		failing.Store(false)
		mustAppend(t, l, Record{Type: Document}) // its segment says where the log before it ends
		l.Close()
		_, records := openLog(t, Config{FS: m.PowerLoss(random)})
		var got [callers][]byte
		for _, r := range records {
			got[r.Version] = append(got[r.Version], r.Body...)
		}
		for caller := range callers {
			if !bytes.Equal(got[caller], acked[caller]) {
				t.Errorf("seed %d, caller %d: replayed %v, want %v", seed, caller, got[caller], acked[caller])
			}
		}
	}
}

// TestSyncNone checks that without fsyncs a killed process loses nothing, and that a power failure costs an
// end of the log that is then cut off or reported, never passed over.
func TestSyncNone(t *testing.T) {
	m := vfstest.NewMemory()
	syncs := 0
	fsys := vfstest.NewFaulty(m, func(c vfstest.Call) error {
		if c.Op == vfstest.OpSync {
			syncs++
		}
		return nil
	})
	l, _ := openLog(t, Config{FS: fsys, Sync: SyncNone})
	want := []Record{point("a"), point("b")}
	mustAppend(t, l, want...)
	if syncs != 0 {
		t.Errorf("%d fsyncs, want none", syncs)
	}
	_, got := openLog(t, Config{FS: m.Kill()})
	if diff := diffRecords(got, want); diff != "" {
		t.Errorf("killed: replayed (-got +want):\n%s", diff)
	}
	if _, err := l.Rotate(); err != nil || syncs != 1 {
		t.Errorf("Rotate: %v after %d fsyncs, want the ended segment durable after one", err, syncs)
	}
}

// TestNotHeld takes the directory away, before a write or behind it: nothing is acknowledged from then on, nothing is
// written or removed there, and giving it back does not help.
func TestNotHeld(t *testing.T) {
	for calls := range 4 {
		m := vfstest.NewMemory()
		gone, left, touched := false, 0, 0
		fsys := vfstest.NewFaulty(m, func(c vfstest.Call) error {
			if gone && left < 0 {
				touched++
			}
			return nil
		})
		l, _ := openLog(t, Config{FS: fsys, SegmentBytes: 200, Held: func() error {
			if left--; gone && left < 0 {
				return vfs.ErrLockLost
			}
			return nil
		}})
		mustAppend(t, l, point("before"))
		gone, left = true, calls
		acked := 0
		for range 5 {
			switch err := l.Append(context.Background(), point("later")); {
			case err == nil:
				acked++
			case !errors.Is(err, ErrNotHeld) || !errors.Is(err, vfs.ErrLockLost):
				t.Errorf("append: %v", err)
			}
		}
		if want := calls / 2; acked != want {
			t.Errorf("%d appends acknowledged after %d looks, want %d", acked, calls, want)
		}
		gone = false
		if err := l.Append(context.Background(), point("again")); !errors.Is(err, ErrNotHeld) {
			t.Errorf("append when it is back: %v", err)
		}
		if _, err := l.Rotate(); !errors.Is(err, ErrNotHeld) {
			t.Errorf("rotate: %v", err)
		}
		if touched > 1 { // the file is closed
			t.Errorf("%d operations on what is not ours", touched)
		}
		l.Close()
	}
}

// TestWritten: who asks for it hears of each group before the callers do.
func TestWritten(t *testing.T) {
	var full atomic.Bool
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if full.Load() && (c.Op == vfstest.OpWrite || c.Op == vfstest.OpCreate) {
			return syscall.ENOSPC
		}
		return nil
	})
	var heard []bool // guarded by waiting for Append
	l, _ := openLog(t, Config{FS: fsys, Written: func(took time.Duration, err error) {
		if took < 0 {
			t.Errorf("it took %s", took)
		}
		heard = append(heard, err == nil)
	}})
	for i, want := range []bool{true, false, false, true} {
		full.Store(!want)
		if err := l.Append(context.Background(), point("x")); (err == nil) != want {
			t.Errorf("append %d: %v", i, err)
		}
		if len(heard) != i+1 || heard[i] != want {
			t.Errorf("after append %d was heard %v", i, heard)
		}
	}
}
