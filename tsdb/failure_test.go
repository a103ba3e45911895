package tsdb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
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

// latest asks for the last value of every series around slot 1000.
var latest = tsdb.Query{
	Where: tag.True{}, PerSeries: true, Aggregates: tsdb.Sum,
	Step: 60_000, Start: 990 * 60_000, End: 1011 * 60_000,
}

// TestFailedLogAppliesNothing fills the disk: publishing fails and changes nothing, queries go on, and
// with space again the same samples have their effect once.
func TestFailedLogAppliesNothing(t *testing.T) {
	var full atomic.Bool
	memory := vfstest.NewMemory()
	fsys := vfstest.NewFaulty(memory, func(c vfstest.Call) error {
		if full.Load() && (c.Op == vfstest.OpWrite || c.Op == vfstest.OpCreate) {
			return syscall.ENOSPC
		}
		return nil
	})
	db := openTestDB(t, fsys, tsdb.Config{})
	defer func() { db.close() }()
	sum := db.resolve(tag.New("name", "a", "atlas.dstype", "sum"))
	rate := db.resolve(tag.New("name", "b", "atlas.dstype", "rate"))
	batch := []tsdb.Point{
		{Ref: sum, Time: 1000 * 60_000, Value: 2},
		{Ref: sum, Time: 1000*60_000 - 1, Value: 3},
		{Ref: rate, Time: 1000*60_000 + 30_000, Value: 8},
	}
	want := func(when string, total float64) {
		t.Helper()
		for name, c := range columns(t, db, latest) {
			if c.Sum[10] != total && name == "atlas.dstype=sum, name=a" {
				t.Errorf("%s: %s = %v, want %v", when, name, c.Sum[10], total)
			}
		}
	}
	db.append(batch...)
	want("at first", 5)
	full.Store(true)
	if _, err := db.Append(context.Background(), batch); !errors.Is(err, wal.ErrFull) {
		t.Fatalf("Append on a full disk: %v, want wal.ErrFull", err)
	}
	want("on a full disk", 5)
	full.Store(false)
	db.append(batch[:2]...)
	want("with space again", 10)
	db.reopen()
	want("after a restart", 10)
}

// TestResolveWhileLogFails makes new series while commits fail, one after the other: what a failed commit had
// staged must be gone, and the race detector has nothing to say.
func TestResolveWhileLogFails(t *testing.T) {
	var full atomic.Bool
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if full.Load() && (c.Op == vfstest.OpWrite || c.Op == vfstest.OpCreate) {
			return syscall.ENOSPC
		}
		return nil
	})
	db := openTestDB(t, fsys, tsdb.Config{Shards: 1})
	defer db.close()
	sum := db.resolve(tag.New("name", "sum", "atlas.dstype", "sum"))
	full.Store(true)
	var resolving sync.WaitGroup
	resolving.Go(func() {
		for i := range 5000 {
			if _, err := db.Resolve(tag.New("name", fmt.Sprint("n", i)).AppendCanonical(nil)); err != nil {
				t.Error(err)
			}
		}
	})
	for range 200 {
		if _, err := db.Append(context.Background(), []tsdb.Point{{Ref: sum, Time: 1000 * 60_000, Value: 1}}); !errors.Is(err, wal.ErrFull) {
			t.Fatalf("Append on a full disk: %v, want wal.ErrFull", err)
		}
	}
	resolving.Wait()
	full.Store(false)
	db.append(tsdb.Point{Ref: sum, Time: 1000 * 60_000, Value: 1})
	if got := columns(t, db, latest)["atlas.dstype=sum, name=sum"]; got.Sum == nil || got.Sum[10] != 1 {
		t.Errorf("after the failures the sum is %v, want 1", got.Sum)
	}
}

// TestManyNewSeries appends to more new series than the log takes the tags of at once. The commit splits them,
// and goes on where it was when the disk was full in the middle.
func TestManyNewSeries(t *testing.T) {
	const series, tagBytes = 4000, 5000 // 20 MB
	writes := 0
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if c.Op != vfstest.OpWrite {
			return nil
		}
		writes++
		if writes == 3 || writes == 4 { // after the head of a segment and the first definitions: two tries
			return syscall.ENOSPC
		}
		return nil
	})
	db := openTestDB(t, fsys, tsdb.Config{Shards: 2})
	defer func() { db.close() }()
	batch := make([]tsdb.Point, series)
	long := strings.Repeat("x", tagBytes)
	for i := range batch {
		ref := db.resolve(tag.New("name", fmt.Sprint("s", i), "long", long))
		batch[i] = tsdb.Point{Ref: ref, Time: 1000 * 60_000, Value: 1}
	}
	if _, err := db.Append(context.Background(), batch); !errors.Is(err, wal.ErrFull) {
		t.Fatalf("Append on a full disk: %v, want wal.ErrFull", err)
	}
	db.append(batch...)
	if stats := db.log.Stats(); stats.Appends < 3 || stats.WrittenBytes > 1.1*series*tagBytes {
		t.Errorf("%d appends of %d bytes in all: want the tags in several, each once", stats.Appends, stats.WrittenBytes)
	}
	for _, when := range []string{"at first", "after a restart"} {
		if got := len(columns(t, db, latest)); got != series {
			t.Errorf("%s %d series have a value, want %d", when, got, series)
		}
		db.reopen()
	}
}

// TestDefinitionsAfterFailure fails a commit to one shard; the next one begins with another shard, whose definitions go to
// the log on their own: the first shard's are not taken for logged with them.
func TestDefinitionsAfterFailure(t *testing.T) {
	full := false
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if full && (c.Op == vfstest.OpWrite || c.Op == vfstest.OpCreate) {
			return syscall.ENOSPC
		}
		return nil
	})
	db := openTestDB(t, fsys, tsdb.Config{Shards: 2})
	defer func() { db.close() }()
	var many, few []tsdb.Point // of shard 0 and shard 1
	for i := 0; len(many) < 2000; i++ {
		tags := tag.New("name", fmt.Sprint("s", i), "long", strings.Repeat("x", 5000)) // 10 MB
		if ref := db.resolve(tags); ref>>32 == 0 {
			many = append(many, tsdb.Point{Ref: ref, Time: 1000 * 60_000, Value: 1})
		} else if len(few) < 3 {
			few = append(few, tsdb.Point{Ref: ref, Time: 1000 * 60_000, Value: 1})
		}
	}
	full = true
	if _, err := db.Append(context.Background(), few); !errors.Is(err, wal.ErrFull) {
		t.Fatalf("Append on a full disk: %v, want wal.ErrFull", err)
	}
	full = false
	db.append(append(many, few...)...)
	db.reopen()
	if got, want := len(columns(t, db, latest)), len(many)+len(few); got != want {
		t.Errorf("%d series have a value after a restart, want %d", got, want)
	}
}

// TestSeriesResolvedDuringCommit resolves a series while the log writes a commit that does not know it: the next
// commit must log its tags.
func TestSeriesResolvedDuringCommit(t *testing.T) {
	var during func()
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if c.Op == vfstest.OpWrite && during != nil {
			run := during
			during = nil
			run()
		}
		return nil
	})
	db := openTestDB(t, fsys, tsdb.Config{Shards: 1})
	defer func() { db.close() }()
	var late tsdb.Ref
	early := db.resolve(tag.New("name", "early"))
	during = func() { late = db.resolve(tag.New("name", "late")) }
	db.append(tsdb.Point{Ref: early, Time: 1000 * 60_000, Value: 1})
	db.append(tsdb.Point{Ref: late, Time: 1000 * 60_000, Value: 2})
	db.reopen()
	if got := columns(t, db, latest)["name=late"]; got.Sum == nil || got.Sum[10] != 2 {
		t.Errorf("the late series came back as %v, want 2", got.Sum)
	}
}

// TestCrashKeepsWhatWasAcknowledged cuts the power at every operation on the file system in turn: the
// values of every batch that Append had acknowledged are there afterwards.
func TestCrashKeepsWhatWasAcknowledged(t *testing.T) {
	const batches = 6
	live := func(fsys vfs.FS) int { return appendUntilCrash(fsys, batches) }
	acknowledged := crashEverywhere(t, live, powerLoss, func(t *testing.T, what string, fsys vfs.FS, acknowledged int) {
		db := openTestDB(t, fsys, tsdb.Config{})
		defer db.close()
		got := columns(t, db, latest)
		for i := range acknowledged {
			c := got[fmt.Sprintf("name=s%d", i)]
			if c.Sum == nil || c.Sum[10] != float64(i) {
				t.Fatalf("%s: batch %d was acknowledged and is lost: %v", what, i, c.Sum)
			}
		}
	})
	if acknowledged != batches {
		t.Fatalf("%d of %d batches without a crash", acknowledged, batches)
	}
}

// appendUntilCrash appends a batch with a new series each and returns how many were acknowledged.
func appendUntilCrash(fsys vfs.FS, batches int) (acknowledged int) {
	log, err := wal.Open(wal.Config{FS: fsys, Dir: "/wal", SegmentBytes: 4096})
	if err != nil {
		return 0
	}
	defer log.Close()
	db, err := tsdb.New(tsdb.Config{Log: log})
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if log.Replay(db.Replay) != nil || db.Start() != nil {
		return 0
	}
	for i := range batches {
		ref, err := db.Resolve(tag.New("name", fmt.Sprint("s", i)).AppendCanonical(nil))
		if err != nil {
			panic(err)
		}
		_, err = db.Append(context.Background(), []tsdb.Point{{Ref: ref, Time: 1000 * 60_000, Value: float64(i)}})
		if err != nil {
			return i
		}
	}
	return batches
}

// TestStatesFollowWrites loses each of the last records of a large batch, as a crash may. Who sends the batch again
// then has all of it: no series may know of a sample whose writes are lost.
func TestStatesFollowWrites(t *testing.T) {
	const series, step = 3000, int64(60_000)
	fsys := vfstest.NewMemory()
	db := openTestDB(t, fsys, tsdb.Config{Shards: 1})
	batches := make([][]tsdb.Point, 3)
	for i := range series {
		ref := db.resolve(tag.New("name", fmt.Sprint("s", i), tag.DataSourceType, "counter"))
		for j, at := range []int64{1000, 1001, 1003} { // the last one bridges a gap: two writes
			batches[j] = append(batches[j], tsdb.Point{Ref: ref, Time: at * step, Value: float64(at * 60)})
		}
	}
	for _, batch := range batches {
		db.append(batch...)
	}
	db.close()
	records := readLog(t, fsys)
	for lost := range 4 {
		fsys := vfstest.NewMemory()
		writeLog(t, fsys, records[:len(records)-lost])
		after := openTestDB(t, fsys, tsdb.Config{Shards: 1})
		after.append(batches[2]...)
		complete := 0
		for _, c := range columns(t, after, latest) {
			if c.Sum[12] == 1 && c.Sum[13] == 1 {
				complete++
			}
		}
		if complete != series {
			t.Errorf("without the last %d of %d records, %d of %d series have their values", lost, len(records), complete, series)
		}
		after.close()
	}
}

// readLog returns the records of a log that is closed.
func readLog(t *testing.T, fsys vfs.FS) []wal.Record {
	t.Helper()
	log, err := wal.Open(wal.Config{FS: fsys, Dir: "/wal"})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var records []wal.Record
	err = log.Replay(func(_ wal.Position, rec wal.Record) error {
		rec.Body = slices.Clone(rec.Body)
		records = append(records, rec)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// writeLog makes a log of the records.
func writeLog(t *testing.T, fsys vfs.FS, records []wal.Record) {
	t.Helper()
	log, err := wal.Open(wal.Config{FS: fsys, Dir: "/wal"})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := log.Replay(func(wal.Position, wal.Record) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := log.Append(t.Context(), records...); err != nil {
		t.Fatal(err)
	}
}

// TestConcurrency lets writers, readers, deletes, sealing, filing and retention loose on one DB, and on one that merges
// files; the race detector watches.
func TestConcurrency(t *testing.T) {
	for name, cfg := range map[string]tsdb.Config{
		"retention": {WindowSlots: 4, Retention: 20 * time.Minute, MemoryHorizon: 15 * time.Minute},
		"merges":    {WindowSlots: 1, MemoryHorizon: time.Minute},
	} {
		t.Run(name, func(t *testing.T) { testConcurrency(t, cfg) })
	}
}

func testConcurrency(t *testing.T, cfg tsdb.Config) {
	cfg.Shards, cfg.BlockDir = 4, "/blocks"
	db := openTestDB(t, vfstest.NewMemory(), cfg)
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	begin := time.Now()
	minute := func() int64 { return 1000 + time.Since(begin).Milliseconds()/10 } // it flies
	merged := func() bool {
		return slices.ContainsFunc(blockFiles(t, db.fs, ".blk"), func(name string) bool { return strings.Contains(name, "+24-") })
	}
	var work sync.WaitGroup
	for writer := range 4 {
		work.Go(func() {
			random := rand.New(rand.NewPCG(uint64(writer), 5))
			for i := 0; ctx.Err() == nil; i++ {
				var batch []tsdb.Point
				for j := range 20 {
					ref := db.resolve(tag.New("name", fmt.Sprint("s", (i+j)%50), "writer", fmt.Sprint(writer)))
					batch = append(batch, tsdb.Point{Ref: ref, Time: (minute() + random.Int64N(30)) * 60_000, Value: 1})
				}
				if _, err := db.Append(ctx, batch); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		work.Go(func() {
			for ctx.Err() == nil {
				for _, err := range db.Select(ctx, tsdb.Query{
					Where: tag.Has{Key: "name"}, By: []string{"writer"}, Aggregates: tsdb.Sum | tsdb.Count,
					Start: 1000 * 60_000, End: 1300 * 60_000, Step: 60_000,
				}) {
					if err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
				db.Stats()
			}
		})
	}
	work.Go(func() {
		random := rand.New(rand.NewPCG(4, 5))
		for ctx.Err() == nil {
			first := (1000 + random.Int64N(30)) * 60_000
			where := tag.Equal{Key: "name", Value: fmt.Sprint("s", random.IntN(50))}
			if _, err := db.Delete(ctx, where, first, first+random.Int64N(12)*60_000); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			db.Removals()
		}
	})
	work.Go(func() {
		for ctx.Err() == nil {
			if err := db.Maintain(ctx, time.UnixMilli((minute()+40)*60_000)); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			time.Sleep(5 * time.Millisecond)
			if time.Since(begin) > 300*time.Millisecond && (cfg.Retention > 0 || merged()) {
				stop()
			}
		}
	})
	work.Wait()
	if cfg.Retention == 0 && !merged() {
		t.Error("no files were merged")
	}
	db.close()
	if _, err := db.Append(context.Background(), []tsdb.Point{{}}); !errors.Is(err, tsdb.ErrClosed) {
		t.Errorf("Append after Close: %v, want ErrClosed", err)
	}
	if _, err := db.Delete(context.Background(), tag.True{}, 0, 1); !errors.Is(err, tsdb.ErrClosed) {
		t.Errorf("Delete after Close: %v, want ErrClosed", err)
	}
}

// TestRetention drops whole windows, and from the index the series that were only in them.
func TestRetention(t *testing.T) {
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{WindowSlots: 10, Retention: time.Hour})
	defer func() { db.close() }()
	old, young := db.resolve(tag.New("name", "old")), db.resolve(tag.New("name", "young"))
	db.append(
		tsdb.Point{Ref: old, Time: 1000 * 60_000, Value: 1},
		tsdb.Point{Ref: young, Time: 1000 * 60_000, Value: 1},
		tsdb.Point{Ref: young, Time: 1050 * 60_000, Value: 2},
	)
	windows := func(minute int64) int {
		t.Helper()
		if err := db.Maintain(t.Context(), time.UnixMilli(minute*60_000)); err != nil {
			t.Fatal(err)
		}
		st := db.Stats()
		return st.OpenWindows + st.SealedWindows
	}
	if n := windows(1059); n != 3 {
		t.Errorf("%d windows while one value of the first was within the hour, want 3", n)
	}
	if n := windows(1061); n != 1 {
		t.Errorf("%d windows, want 1: one in each of two shards is past the retention", n)
	}
	if st := db.Stats(); st.Active != 1 || st.Series != 2 {
		t.Errorf("%d of %d series are active, want 1 of 2", st.Active, st.Series)
	}
	db.append(tsdb.Point{Ref: old, Time: 1060 * 60_000, Value: 3})
	if st := db.Stats(); st.Active != 2 {
		t.Errorf("%d series are active after a new value, want 2", st.Active)
	}
}
