package tsdb_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

func (db *testDB) maintain(minute int64) {
	db.t.Helper()
	if err := db.Maintain(context.Background(), time.UnixMilli(minute*60_000)); err != nil {
		db.t.Fatal(err)
	}
}

// blockFiles returns the names of the files in the block directory that end with suffix.
func blockFiles(t testing.TB, fsys vfs.FS, suffix string) (names []string) {
	t.Helper()
	all, err := fsys.List("/blocks")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	return names
}

// TestFilesSameBits asks the same questions of memory, of files, of late values over files, and after restarts.
func TestFilesSameBits(t *testing.T) {
	const step, series = 60_000, 300
	var refs []tsdb.Ref
	write := func(db *testDB, slots ...int64) {
		t.Helper()
		for _, slot := range slots {
			var batch []tsdb.Point
			for i, ref := range refs {
				if (i+int(slot))%11 != 0 {
					batch = append(batch, tsdb.Point{Ref: ref, Time: slot * step, Value: fleetValue(i, int(slot)) * math.Pi})
				}
			}
			db.append(batch...)
		}
	}
	open := func(cfg tsdb.Config) *testDB {
		db := openTestDB(t, vfstest.NewMemory(), cfg)
		refs = refs[:0]
		for i := range series {
			refs = append(refs, db.resolve(tag.New("name", fmt.Sprint("s", i), "node", fmt.Sprint(i%20), "zone", fmt.Sprint(i%3))))
		}
		return db
	}
	var slots, late []int64
	for slot := int64(901); slot <= 1130; slot++ {
		if slot%7 == 0 {
			late = append(late, slot)
		} else {
			slots = append(slots, slot)
		}
	}
	ask := func(db *testDB) (answers []map[string]tsdb.Column) {
		for _, q := range bitsQueries(step) {
			answers = append(answers, columns(t, db, q))
		}
		return answers
	}
	memory := open(tsdb.Config{})
	defer func() { memory.close() }()
	write(memory, append(slots, late...)...)
	want := ask(memory)

	filed := open(tsdb.Config{BlockDir: "/blocks", MemoryHorizon: time.Hour})
	defer func() { filed.close() }()
	compare := func(what string) {
		t.Helper()
		for i, got := range ask(filed) {
			sameBits(t, fmt.Sprintf("query %d, %s", i, what), got, want[i])
		}
	}
	write(filed, slots...)
	filed.maintain(1200)
	write(filed, late...)
	compare("late values over windows of memory")
	filed.maintain(1200)
	filed.maintain(1500)
	compare("from files")
	if st := filed.Stats(); st.FiledWindows != 4*tsdb.DefaultShards || st.OpenWindows+st.SealedWindows != 0 {
		t.Errorf("%+v, want all of 4 windows in files", st)
	}
	filed.reopen()
	compare("after a restart")
	write(filed, late[3], slots[80]) // the same values again
	compare("values over files")
	filed.maintain(1500)
	compare("with new files")
	if n := len(blockFiles(t, filed.fs, ".blk")); n != 4 {
		t.Errorf("%d block files, want 4", n)
	}
	filed.reopen()
	compare("after another restart")
	filed.cfg.Now = func() time.Time { return time.UnixMilli(1100 * step) }
	filed.reopen()
	if st := filed.Stats(); st.FiledWindows != 2*tsdb.DefaultShards || st.SealedWindows != 2*tsdb.DefaultShards {
		t.Errorf("%+v, want two windows in memory by the horizon", st)
	}
	compare("after a restart within the horizon")
	write(filed, late[len(late)-1])
	filed.maintain(1500)
	compare("with a new file of a loaded window")
}

// TestLogIsTrimmed: what files have leaves the log, and what the log alone has does not: definitions, states, and the
// values of windows in memory.
func TestLogIsTrimmed(t *testing.T) {
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{BlockDir: "/blocks", Shards: 2, MemoryHorizon: time.Hour})
	defer func() { db.close() }()
	counter := db.resolve(tag.New("name", "counter", "atlas.dstype", "counter"))
	rate := db.resolve(tag.New("name", "rate", "atlas.dstype", "rate"))
	for minute := int64(960); minute < 1000; minute++ {
		db.append(tsdb.Point{Ref: counter, Time: minute * 60_000, Value: float64(minute * 60)})
		db.append(tsdb.Point{Ref: rate, Time: minute*60_000 + 30_000, Value: 4})
	}
	before, err := db.fs.List("/wal")
	if err != nil {
		t.Fatal(err)
	}
	db.maintain(1200)
	after, err := db.fs.List("/wal")
	if err != nil {
		t.Fatal(err)
	}
	if len(after) == 0 || after[0] == before[0] {
		t.Errorf("the log has %v, and had %v", after, before)
	}
	db.reopen()
	// The next samples continue from the states.
	db.append(
		tsdb.Point{Ref: counter, Time: 1001 * 60_000, Value: 1001 * 60},
		tsdb.Point{Ref: rate, Time: 1000*60_000 + 30_000, Value: 4},
	)
	got := columns(t, db, latest)
	if c := got["atlas.dstype=counter, name=counter"]; c.Sum == nil || c.Sum[11] != 1 {
		t.Errorf("the counter's rate behind the restart is %v, want 1 at minute 1001", c.Sum)
	}
	if c := got["atlas.dstype=rate, name=rate"]; c.Sum == nil || c.Sum[10] != 4 {
		t.Errorf("the rate behind the restart is %v, want 4 at minute 1000", c.Sum)
	}
}

// TestBadFile damages a block file. What can be made good is, what cannot is missing at once, and a file of which nothing is
// left is set aside.
func TestBadFile(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, fsys vfs.FS, name string)
		lost   bool
		aside  int
		want   tsdb.DamageStats
	}{
		{"foot", func(t *testing.T, fsys vfs.FS, name string) { damage(t, fsys, name, -5) }, false, 0, tsdb.DamageStats{Restored: 1}},
		{"data", func(t *testing.T, fsys vfs.FS, name string) { damage(t, fsys, name, 60) }, true, 0, tsdb.DamageStats{Lost: 1}},
		{"cut", cut, true, 1, tsdb.DamageStats{Files: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{BlockDir: "/blocks", Shards: 1, MemoryHorizon: time.Hour})
			defer func() { db.close() }()
			ref := db.resolve(tag.New("name", "a"))
			for _, minute := range []int64{990, 1005, 1100} {
				db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: 5})
			}
			db.maintain(1120)
			db.maintain(1200) // the log is let go
			db.close()
			c.damage(t, db.fs, "/blocks/"+blockFiles(t, db.fs, ".blk")[0])
			db.open()
			q := latest
			q.End += 100 * 60_000
			for range 2 {
				got := columns(t, db, q)["name=a"]
				if got.Sum == nil || got.Sum[110] != 5 || (got.Sum[0] == 5) == c.lost {
					t.Errorf("values are %v, lost %t", got.Sum, c.lost)
				}
				db.maintain(1200)
			}
			if n := len(blockFiles(t, db.fs, ".bad")); n != c.aside {
				t.Errorf("%d files set aside, want %d", n, c.aside)
			}
			stats := db.Stats().Damage
			if stats.Restored != c.want.Restored || stats.Lost != c.want.Lost || stats.Files != c.want.Files || len(stats.Recent) != 1 {
				t.Errorf("found damaged: %+v", stats)
			}
			if got := db.LostBetween(990*60_000, 990*60_000); got != c.lost {
				t.Errorf("values of the file are lost: %t", got)
			}
			if db.LostBetween(1100*60_000, 1100*60_000) {
				t.Error("values of another window are lost")
			}
			db.append(tsdb.Point{Ref: ref, Time: 991 * 60_000, Value: 6})
			if got := columns(t, db, latest)["name=a"]; got.Sum == nil || got.Sum[1] != 6 {
				t.Errorf("a new value in the window of the bad file: %v", got.Sum)
			}
			db.maintain(1300)
			if n := len(blockFiles(t, db.fs, ".bad")); (n == 1) != c.lost {
				t.Errorf("%d files are kept with what was lost, lost %t", n, c.lost)
			}
		})
	}
}

// TestLateValueOverBadFile damages a block under a late value that the log has: the DB starts, and once the file is set
// aside the value is all that is left of the window.
func TestLateValueOverBadFile(t *testing.T) {
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{BlockDir: "/blocks", Shards: 1, MemoryHorizon: time.Minute})
	defer func() { db.close() }()
	ref := db.resolve(tag.New("name", "a"))
	for _, minute := range []int64{990, 1005, 1100} {
		db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: 5})
	}
	db.maintain(1120)
	db.append(tsdb.Point{Ref: ref, Time: 991 * 60_000, Value: 6})
	db.close()
	damage(t, db.fs, "/blocks/"+blockFiles(t, db.fs, ".blk")[0], 60)
	db.open()
	db.maintain(1120)
	for _, when := range []string{"at first", "after another start"} {
		if got := columns(t, db, latest)["name=a"]; got.Sum == nil || got.Sum[1] != 6 {
			t.Errorf("%s the late value is missing: %v", when, got.Sum)
		}
		db.maintain(1200)
		db.reopen()
	}
}

// TestLogIsLost removes the log, as who wants to get rid of a bad one may do: what is written late afterwards is not taken
// for something that the files have already, for it lies behind them.
func TestLogIsLost(t *testing.T) {
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{BlockDir: "/blocks", MemoryHorizon: time.Minute})
	defer func() { db.close() }()
	tags := tag.New("name", "a")
	for _, minute := range []int64{990, 1005, 1100} {
		db.append(tsdb.Point{Ref: db.resolve(tags), Time: minute * 60_000, Value: 5})
	}
	db.maintain(1120)
	db.maintain(1200)
	db.close()
	names, err := db.fs.List("/wal")
	for _, name := range names {
		err = errors.Join(err, db.fs.Remove("/wal/"+name))
	}
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	db.open()
	db.append(tsdb.Point{Ref: db.resolve(tags), Time: 991 * 60_000, Value: 6})
	if n, err := db.Delete(t.Context(), tag.True{}, 1005*60_000, 1005*60_000); n != 1 || err != nil {
		t.Errorf("deleted %d, %v", n, err)
	}
	db.reopen()
	if got := columns(t, db, latest)["name=a"]; got.Sum == nil || got.Sum[1] != 6 || got.Sum[15] == 5 {
		t.Errorf("the late value is missing, or the deleted one is there: %v", got.Sum)
	}
}

// TestSealedWhileFiling writes over a window, and so much elsewhere that it is sealed again, while a new file is made of
// it because of another series: the file must not take the place of what is newer.
func TestSealedWhileFiling(t *testing.T) {
	memory := vfstest.NewMemory()
	var meanwhile func()
	blocks := vfstest.NewFaulty(memory, func(c vfstest.Call) error {
		if do := meanwhile; c.Op == vfstest.OpCreate && do != nil {
			meanwhile = nil
			do()
		}
		return nil
	})
	log, err := wal.Open(wal.Config{FS: memory, Dir: "/wal"})
	if err != nil {
		t.Fatal(err)
	}
	inner, err := tsdb.New(tsdb.Config{Log: log, FS: blocks, BlockDir: "/blocks", Shards: 2, WindowSlots: 10, MemoryHorizon: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(log.Replay(inner.Replay), inner.Start()); err != nil {
		t.Fatal(err)
	}
	db := &testDB{DB: inner, t: t, log: log}
	defer db.close()
	var refs [2]tsdb.Ref // one in each shard
	for i := 0; refs[0] == 0 || refs[1] == 0; i++ {
		ref := db.resolve(tag.New("name", fmt.Sprint("s", i)))
		refs[ref>>32] = ref
	}
	write := func(shard int, minutes ...int64) {
		for _, minute := range minutes {
			db.append(tsdb.Point{Ref: refs[shard], Time: minute * 60_000, Value: float64(minute)})
		}
	}
	write(0, 991, 1005)
	write(1, 991, 1005)
	db.maintain(1040) // the windows are in files only
	write(0, 992, 1006, 1015)
	meanwhile = func() { write(1, 993, 1007, 1016, 1026) } // four windows: the first two are sealed
	db.maintain(1200)
	for when, maintain := range []func(){func() {}, func() { db.maintain(1300) }} {
		maintain()
		sum := 0.0
		for _, c := range columns(t, db, latest) {
			for _, v := range c.Sum {
				if v == v {
					sum += v
				}
			}
		}
		if want := float64(2*991 + 992 + 993 + 2*1005 + 1006 + 1007); sum != want {
			t.Errorf("look %d: the values add up to %v, want %v", when, sum, want)
		}
	}
}

// damage changes a byte of a file.
func damage(t *testing.T, fsys vfs.FS, name string, offset int64) {
	t.Helper()
	data, err := vfs.ReadFile(fsys, name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if offset < 0 {
		offset += int64(len(data))
	}
	data[offset] ^= 0x55
	if err := vfs.ReplaceFile(fsys, name, data); err != nil {
		t.Fatal(err)
	}
}

// cut leaves the first bytes of a file.
func cut(t *testing.T, fsys vfs.FS, name string) {
	t.Helper()
	data, err := vfs.ReadFile(fsys, name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := vfs.ReplaceFile(fsys, name, data[:70]); err != nil {
		t.Fatal(err)
	}
}

// aLife opens a DB, writes in three windows, brings windows to files, comes back to one with a late value, and does it
// again. It goes on after errors of Maintain, and returns the values that were acknowledged, by minute.
func aLife(fsys vfs.FS) (acknowledged map[int64]float64) {
	acknowledged = make(map[int64]float64)
	log, err := wal.Open(wal.Config{FS: fsys, Dir: "/wal", SegmentBytes: 512})
	if err != nil {
		return acknowledged
	}
	defer log.Close()
	db, err := tsdb.New(tsdb.Config{Log: log, FS: fsys, Shards: 2, WindowSlots: 4, BlockDir: "/blocks", MemoryHorizon: time.Minute})
	if err != nil {
		return acknowledged
	}
	defer db.Close()
	if log.Replay(db.Replay) != nil || db.Start() != nil {
		return acknowledged
	}
	for i, minute := range []int64{993, 994, 997, 1001, 1002, 993, 999, 1005, 994, 1009} {
		ref, err := db.Resolve(tag.New("name", "a", "atlas.dstype", "gauge").AppendCanonical(nil))
		if err != nil {
			panic(err)
		}
		points := []tsdb.Point{{Ref: ref, Time: minute * 60_000, Value: float64(i)}}
		if _, err := db.Append(context.Background(), points); err == nil {
			acknowledged[minute] = float64(i)
		}
		if i%3 == 2 {
			_ = db.Maintain(context.Background(), time.UnixMilli((minute+9)*60_000)) // it may fail and try again
		}
	}
	return acknowledged
}

// checkLife opens what aLife left and looks for what was acknowledged.
func checkLife(t *testing.T, what string, fsys vfs.FS, acknowledged map[int64]float64) {
	t.Helper()
	db := openTestDB(t, fsys, tsdb.Config{Shards: 2, WindowSlots: 4, BlockDir: "/blocks", MemoryHorizon: time.Minute})
	defer db.close()
	for range 2 {
		c := columns(t, db, latest)["atlas.dstype=gauge, name=a"]
		for minute, v := range acknowledged {
			// A value that was not acknowledged may have landed over one that was: gauges keep the greatest.
			if c.Sum == nil || !(c.Sum[minute-990] >= v) {
				t.Fatalf("%s: the value of minute %d is lost: %v", what, minute, c.Sum)
			}
		}
		db.maintain(1100) // and it works on
		db.maintain(1101)
	}
}

// TestCrashAroundFiles cuts the power at every operation on the file system in turn.
func TestCrashAroundFiles(t *testing.T) {
	acknowledged := crashEverywhere(t, aLife, powerLoss, checkLife)
	if len(acknowledged) != 8 {
		t.Fatalf("%d of 8 slots without a crash", len(acknowledged))
	}
}

// TestFaultsAroundFiles fails every operation on the file system once, in different ways: what was acknowledged is
// there, in the same life's files and log.
func TestFaultsAroundFiles(t *testing.T) {
	faults := []error{syscall.EIO, syscall.ENOSPC, vfstest.ShortWrite(syscall.ENOSPC)}
	failEverywhere(t, aLife, faults, checkLife)
}
