package tsdb_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
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

// shortLived is the layout of the tests that end a DB at every operation.
var shortLived = tsdb.Config{Shards: 2, WindowSlots: 4, BlockDir: "/blocks", MemoryHorizon: time.Minute}

// A fate is what may be found after the end of a DB: per series and minute, the values that are possible, NaN for none.
// What was acknowledged leaves one.
type fate map[fateKey][]float64

type fateKey struct {
	series string
	minute int64
}

func (f fate) set(key fateKey, v float64, acknowledged bool) {
	if acknowledged {
		f[key] = []float64{v}
		return
	}
	if len(f[key]) == 0 {
		f[key] = []float64{math.NaN()}
	}
	f[key] = append(f[key], v)
}

// possible reports whether v may be found.
func (f fate) possible(key fateKey, v float64) bool {
	return len(f[key]) == 0 && v != v || slices.ContainsFunc(f[key], func(one float64) bool { return sameFloat(one, v) })
}

// A deletingLife is a DB to which all is done that leads to tombstones and away from them. It goes on after errors.
type deletingLife struct {
	*tsdb.DB
	fate  fate
	value float64 // of the next sample: gauges keep the greatest
}

var livingSeries = []string{"a", "b", "c", "d"}

func (l *deletingLife) append(minutes ...int64) {
	for _, minute := range minutes {
		var batch []tsdb.Point
		l.value++
		for _, name := range livingSeries {
			ref, err := l.Resolve(tag.New("name", name, "atlas.dstype", "gauge").AppendCanonical(nil))
			if err != nil {
				panic(err)
			}
			batch = append(batch, tsdb.Point{Ref: ref, Time: minute * 60_000, Value: l.value})
		}
		_, err := l.Append(context.Background(), batch)
		for _, name := range livingSeries {
			l.fate.set(fateKey{name, minute}, l.value, err == nil)
		}
	}
}

// delete acknowledges nothing where there was nothing to log: what failed before may be in what the power has left.
func (l *deletingLife) delete(first, last int64, names ...string) {
	n, err := l.Delete(context.Background(), tag.In{Key: "name", Values: names}, first*60_000, last*60_000)
	for minute := first; minute <= last; minute++ {
		for _, name := range names {
			l.fate.set(fateKey{name, minute}, math.NaN(), err == nil && n > 0)
		}
	}
}

// maintain may fail, and tries again the next time.
func (l *deletingLife) maintain(minute int64) {
	_ = l.Maintain(context.Background(), time.UnixMilli(minute*60_000))
}

// liveAndDelete lives a life on fsys.
func liveAndDelete(fsys vfs.FS) fate {
	l := &deletingLife{fate: make(fate)}
	log, err := wal.Open(wal.Config{FS: fsys, Dir: "/wal", SegmentBytes: 512})
	if err != nil {
		return l.fate
	}
	defer log.Close()
	cfg := shortLived
	cfg.Log, cfg.FS = log, fsys
	if l.DB, err = tsdb.New(cfg); err != nil {
		return l.fate
	}
	defer l.Close()
	if log.Replay(l.Replay) != nil || l.Start() != nil {
		return l.fate
	}
	l.append(993, 994, 997, 998, 1001)
	l.delete(994, 997, "a", "b") // in open windows and sealed ones
	l.append(994)
	l.maintain(1010)
	l.delete(993, 993, "a", "c") // in a file
	l.delete(997, 1000, livingSeries...)
	l.append(993, 1005, 1009)
	l.delete(993, 1003, "b", "d") // under a late value
	l.maintain(1020)
	l.delete(990, 1003, livingSeries...) // all of some files
	l.maintain(1020)
	l.append(998)
	l.maintain(1020)
	l.maintain(1100) // the files become one, and the series are forgotten
	l.append(999)
	l.delete(993, 998, "a", "c")
	l.maintain(1110) // some windows have files of their own again
	l.delete(1005, 1009, "b")
	l.maintain(1120)
	l.maintain(1200) // and again all is in one
	return l.fate
}

// checkFate opens what a life has left and looks whether it is possible.
func checkFate(t *testing.T, what string, fsys vfs.FS, f fate) {
	t.Helper()
	db := openTestDB(t, fsys, shortLived)
	defer func() { db.close() }()
	for _, when := range []string{"at first", "with new files", "after another start"} {
		got := columns(t, db, latest)
		for _, name := range livingSeries {
			c := got["atlas.dstype=gauge, name="+name]
			for minute := int64(991); minute <= 1010; minute++ {
				v := math.NaN()
				if c.Sum != nil {
					v = c.Sum[minute-990]
				}
				if !f.possible(fateKey{name, minute}, v) {
					t.Fatalf("%s, %s: %s at minute %d is %v, want one of %v", what, when, name, minute, v, f[fateKey{name, minute}])
				}
			}
		}
		db.maintain(1300) // and it works on
		if when == "with new files" {
			db.reopen()
		}
	}
}

// TestCrashAroundDelete cuts the power at every operation on the file system in turn: what was deleted stays away, what
// was not is there.
func TestCrashAroundDelete(t *testing.T) {
	crashEverywhere(t, liveAndDelete, powerLoss, checkFate)
}

// TestFaultsAroundDelete fails every operation on the file system once, in different ways, and then ends the process.
func TestFaultsAroundDelete(t *testing.T) {
	faults := []error{syscall.EIO, syscall.ENOSPC, vfstest.ShortWrite(syscall.ENOSPC)}
	failEverywhere(t, liveAndDelete, faults, checkFate)
}

// TestTombstoneIsWholeOrNot cuts the power while one shard deletes: its values are all there, or none.
func TestTombstoneIsWholeOrNot(t *testing.T) {
	const series = 50
	for crashAt := 1; ; crashAt++ {
		memory := vfstest.NewMemory()
		var after *vfstest.Memory
		operations, counting := 0, false
		fsys := vfstest.NewFaulty(memory, func(vfstest.Call) error {
			if counting {
				operations++
			}
			if operations == crashAt && after == nil {
				after = memory.PowerLoss(rand.New(rand.NewPCG(uint64(crashAt), 17)))
			}
			if after != nil {
				return errors.New("no power")
			}
			return nil
		})
		db := openTestDB(t, fsys, tsdb.Config{Shards: 1})
		for i := range series {
			db.append(tsdb.Point{Ref: db.resolve(node(i)), Time: 1000 * 60_000, Value: 1})
		}
		counting = true
		deleted, err := db.Delete(context.Background(), tag.True{}, 0, 2000*60_000)
		db.DB.Close()
		_ = db.log.Close() // it may have no power
		if after == nil {
			if err != nil || deleted != series {
				t.Fatalf("%d of %d series deleted: %v", deleted, series, err)
			}
			return
		}
		if deleted > 0 {
			t.Fatalf("crash at operation %d: %d deleted", crashAt, deleted)
		}
		db = openTestDB(t, after, tsdb.Config{Shards: 1})
		if n := len(columns(t, db, latest)); n != 0 && n != series {
			t.Errorf("crash at operation %d: %d of %d series are there", crashAt, n, series)
		}
		db.close()
	}
}

// TestDeleteOverBadFile damages a file under late values, some of which were deleted with others in the file. After a restart
// and without the file those that were not are there, and no others.
func TestDeleteOverBadFile(t *testing.T) {
	t.Run("cut", func(t *testing.T) { testDeleteOverBadFile(t, cut, false) })
	t.Run("block", func(t *testing.T) { // of a
		testDeleteOverBadFile(t, func(t *testing.T, fsys vfs.FS, name string) { damage(t, fsys, name, 62) }, true)
	})
}

func testDeleteOverBadFile(t *testing.T, damage func(*testing.T, vfs.FS, string), kept bool) {
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{BlockDir: "/blocks", Shards: 1, MemoryHorizon: time.Minute})
	defer func() { db.close() }()
	write := func(name string, minute int64) {
		t.Helper()
		db.append(tsdb.Point{Ref: db.resolve(tag.New("name", name)), Time: minute * 60_000, Value: float64(minute)})
	}
	write("a", 990)
	write("b", 990)
	write("b", 991)
	db.maintain(1120)
	write("a", 991)
	write("a", 992)
	if n, err := db.Delete(t.Context(), tag.True{}, 991*60_000, 991*60_000); n != 2 || err != nil {
		t.Fatalf("deleted %d, %v", n, err)
	}
	db.close()
	damage(t, db.fs, "/blocks/"+blockFiles(t, db.fs, ".blk")[0])
	db.open()
	db.maintain(1120)
	for _, when := range []string{"at first", "after another start"} {
		got := columns(t, db, latest)
		if c := got["name=a"]; c.Sum == nil || c.Sum[0] == c.Sum[0] || c.Sum[1] == c.Sum[1] || c.Sum[2] != 992 {
			t.Errorf("%s a is %v, want the value of minute 992 alone", when, c)
		}
		if c, found := got["name=b"]; found != kept || kept && (c.Sum[0] != 990 || c.Sum[1] == c.Sum[1]) {
			t.Errorf("%s b is %v, want the value of minute 990 where it is not lost", when, c)
		}
		db.maintain(1200)
		db.reopen()
	}
	if names := blockFiles(t, db.fs, ".bad"); len(names) != 1 {
		t.Fatalf("%q are set aside, want one", names)
	}
}

// TestFailedLogHidesNothing fills the disk.
func TestFailedLogHidesNothing(t *testing.T) {
	var full atomic.Bool
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if full.Load() && (c.Op == vfstest.OpWrite || c.Op == vfstest.OpCreate) {
			return syscall.ENOSPC
		}
		return nil
	})
	db := openTestDB(t, fsys, tsdb.Config{})
	defer func() { db.close() }()
	db.append(tsdb.Point{Ref: db.resolve(node(1)), Time: 1000 * 60_000, Value: 1})
	before := db.Removals()
	full.Store(true)
	if n, err := db.Delete(context.Background(), tag.True{}, 0, 2000*60_000); n != 0 || !errors.Is(err, wal.ErrFull) {
		t.Errorf("Delete on a full disk: %d, %v, want wal.ErrFull", n, err)
	}
	full.Store(false)
	for _, when := range []string{"at once", "after a restart"} {
		if n := len(columns(t, db, latest)); n != 1 {
			t.Errorf("%s %d series, want 1", when, n)
		}
		if db.Removals() != before && when == "at once" {
			t.Error("a removal was counted")
		}
		db.reopen()
	}
}
