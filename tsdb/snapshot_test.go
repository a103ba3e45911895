package tsdb_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// openInDir opens the DB of a data directory; close ends all of it.
func openInDir(t *testing.T, fsys vfs.FS, path string) (dir *tsdb.Dir, db *testDB, end func()) {
	t.Helper()
	dir, err := tsdb.OpenDir(fsys, path, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	log, err := wal.Open(dir.LogConfig("default"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := dir.Config()
	cfg.Log, cfg.FS, cfg.BlockDir, cfg.MemoryHorizon = log, fsys, dir.BlockPath("default"), time.Minute
	inner, err := tsdb.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(log.Replay(inner.Replay), inner.Start()); err != nil {
		t.Fatal(err)
	}
	return dir, &testDB{DB: inner, t: t}, func() {
		inner.Close()
		if err := errors.Join(log.Close(), dir.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSnapshot: a DB on the snapshot answers what the DB answered then, whatever that one does afterwards.
func TestSnapshot(t *testing.T) {
	fsys := vfstest.NewMemory()
	dir, db, end := openInDir(t, fsys, "/data")
	defer end()
	write := func(minutes ...int64) {
		t.Helper()
		for _, minute := range minutes {
			for i := range 20 {
				ref := db.resolve(tag.New("name", fmt.Sprint("s", i)))
				db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: float64(minute) / 7 * float64(i)})
			}
		}
	}
	write(965, 991, 992, 1003)
	db.maintain(1200) // all in files
	write(995, 1004, 1300)
	want := columns(t, db, latest)
	now := time.UnixMilli(1300 * 60_000)
	path, err := dir.Snapshot("default", db.DB, now)
	if err != nil {
		t.Fatal(err)
	}
	write(996, 1005)
	db.maintain(1500) // other files, and a shorter log

	copied, other, endCopy := openInDir(t, fsys, path)
	sameBits(t, "the snapshot", columns(t, other, latest), want)
	if copied.Layout != dir.Layout {
		t.Errorf("layout %+v, want %+v", copied.Layout, dir.Layout)
	}
	other.append(tsdb.Point{Ref: other.resolve(tag.New("name", "new")), Time: 1000 * 60_000, Value: 1})
	endCopy()
	if got := columns(t, db, latest); len(got) != 20 {
		t.Errorf("%d series after the copy has got another one, want 20", len(got))
	}
	if second, err := dir.Snapshot("default", db.DB, now); err != nil || second == path {
		t.Errorf("a second snapshot at the same time: %s, %v; the first is %s", second, err, path)
	}
}

// TestSnapshotOfMergedFiles: a merged file is linked once, beside what stands in for one of its windows.
func TestSnapshotOfMergedFiles(t *testing.T) {
	fsys := vfstest.NewMemory()
	dir, db, end := openInDir(t, fsys, "/data")
	defer end()
	ref := db.resolve(tag.New("name", "a"))
	const day = 24 * 60
	for minute := int64(30); minute < day; minute += 60 {
		db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: float64(minute)})
	}
	db.maintain(day + 60)
	db.maintain(day + 120) // merges
	db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "a")), Time: 100 * 60_000, Value: 7})
	db.maintain(day + 180)
	path, err := dir.Snapshot("default", db.DB, time.UnixMilli(day*60_000))
	if err != nil {
		t.Fatal(err)
	}
	if names, err := fsys.List(path + "/default/blocks"); len(names) != 2 || err != nil {
		t.Errorf("the snapshot has files %q, %v; want two", names, err)
	}
	q := tsdb.Query{Where: tag.True{}, PerSeries: true, Aggregates: tsdb.Sum, Step: 60_000, Start: 0, End: day * 60_000}
	want := columns(t, db, q)
	_, other, endCopy := openInDir(t, fsys, path)
	defer endCopy()
	sameBits(t, "the snapshot", columns(t, other, q), want)
}

// TestSnapshotsAtOnce: snapshots that are asked for together are all made, up to the bound, and those beyond it leave
// nothing behind.
func TestSnapshotsAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	dir, db, end := openInDir(t, vfs.OS{}, path)
	defer end()
	db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "a")), Time: 1000 * 60_000, Value: 1})
	const extra = 8
	var failed atomic.Int32
	var all sync.WaitGroup
	for range tsdb.MaxSnapshots + extra {
		all.Go(func() {
			if _, err := dir.Snapshot("default", db.DB, time.UnixMilli(1)); errors.Is(err, tsdb.ErrTooManySnapshots) {
				failed.Add(1)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := failed.Load(); n != extra {
		t.Errorf("%d snapshots refused, want %d", n, extra)
	}
	names, err := os.ReadDir(filepath.Join(path, "snapshots"))
	if err != nil || len(names) != tsdb.MaxSnapshots {
		t.Errorf("%d snapshots, %v; want %d", len(names), err, tsdb.MaxSnapshots)
	}
}

// TestSnapshotThatFailsIsRemoved, so that a full disk does not fill up with the beginnings of snapshots.
func TestSnapshotThatFailsIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	fsys := vfstest.NewFaulty(vfs.OS{}, func(c vfstest.Call) error {
		if c.Op == vfstest.OpLink && filepath.Base(c.Name) == "meta.json" {
			return syscall.ENOSPC
		}
		return nil
	})
	dir, db, end := openInDir(t, fsys, path)
	defer end()
	db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "a")), Time: 1000 * 60_000, Value: 1})
	if _, err := dir.Snapshot("default", db.DB, time.UnixMilli(1)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("snapshot: %v, want no space", err)
	}
	if names, _ := os.ReadDir(filepath.Join(path, "snapshots")); len(names) != 0 {
		t.Errorf("left: %v", names)
	}
}

// TestSnapshotFails: without space there is an error, no data directory that could be taken for one, and the DB goes on.
func TestSnapshotFails(t *testing.T) {
	fail := ""
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if c.Op == vfstest.OpLink && filepath.Ext(c.Name) == fail {
			return syscall.ENOSPC
		}
		return nil
	})
	dir, db, end := openInDir(t, fsys, "/data")
	defer end()
	ref := db.resolve(tag.New("name", "a"))
	db.append(tsdb.Point{Ref: ref, Time: 1000 * 60_000, Value: 1})
	fail = ".wal"
	if _, err := dir.Snapshot("default", db.DB, time.UnixMilli(1)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("snapshot: %v, want no space", err)
	}
	db.append(tsdb.Point{Ref: ref, Time: 1001 * 60_000, Value: 2})
	if got := columns(t, db, latest)["name=a"]; got.Sum == nil || got.Sum[11] != 2 {
		t.Errorf("the DB has %v", got.Sum)
	}
}
