package tsdb_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// mergeLife is a life with merges: windows of two spans, late values into them between merges, and a restart. It goes
// on after errors and returns the values that were acknowledged, by minute.
func mergeLife(fsys vfs.FS) map[int64]float64 {
	acknowledged := make(map[int64]float64)
	part := func(first, last, stride int64, value float64, maintain ...int64) {
		log, err := wal.Open(wal.Config{FS: fsys, Dir: "/wal", SegmentBytes: 4096})
		if err != nil {
			return
		}
		defer log.Close()
		cfg := smallWindows
		cfg.Log, cfg.FS = log, fsys
		db, err := tsdb.New(cfg)
		if err != nil || log.Replay(db.Replay) != nil {
			return
		}
		if db.Start() != nil {
			return
		}
		defer db.Close()
		for minute := first; minute <= last; minute += stride {
			ref, err := db.Resolve(tag.New("name", fmt.Sprint(minute%3), "atlas.dstype", "gauge").AppendCanonical(nil))
			if err != nil {
				panic(err)
			}
			points := []tsdb.Point{{Ref: ref, Time: minute * 60_000, Value: value}}
			if _, err := db.Append(context.Background(), points); err == nil {
				acknowledged[minute] = value
			}
		}
		for _, minute := range maintain {
			_ = db.Maintain(context.Background(), time.UnixMilli(minute*60_000)) // it may fail and try again
		}
	}
	part(1040, 1064, 4, 1, 1200, 1210)
	part(1041, 1049, 8, 2, 1220, 1221, 1230, 1231)
	return acknowledged
}

func checkMergeLife(t *testing.T, what string, fsys vfs.FS, acknowledged map[int64]float64) {
	t.Helper()
	db := openTestDB(t, fsys, smallWindows)
	defer db.close()
	q := tsdb.Query{
		Where: tag.True{}, Aggregates: tsdb.Max, Step: 60_000, Start: 1000 * 60_000, End: 1100 * 60_000,
	}
	for round := range 3 {
		c := columns(t, db, q)["NO TAGS"]
		for minute, v := range acknowledged {
			if c.Max == nil || !(c.Max[minute-1000] >= v) {
				t.Fatalf("%s: the value of minute %d is lost in round %d: %v", what, minute, round, c.Max)
			}
		}
		db.maintain(1300 + 10*int64(round)) // and it works on
	}
	db.maintain(1330)
	spans := make(map[int]string)
	for _, name := range blockFiles(t, db.fs, "") {
		var first int
		if _, err := fmt.Sscanf(name, "%d+", &first); err != nil || spans[first/24] != "" {
			t.Fatalf("%s: in the end there are %v and %s, want a file for each of two spans", what, spans, name)
		}
		spans[first/24] = name
	}
}

// TestCrashAroundMerges kills the process and cuts the power at every operation on the file system in turn.
func TestCrashAroundMerges(t *testing.T) {
	acknowledged := crashEverywhere(t, mergeLife, killOrPowerLoss, checkMergeLife)
	if len(acknowledged) != 9 {
		t.Fatalf("%d of 9 slots without a crash", len(acknowledged))
	}
}

// TestFaultsAroundMerges fails every operation on the file system once, in different ways.
func TestFaultsAroundMerges(t *testing.T) {
	faults := []error{syscall.EIO, vfstest.ShortWrite(syscall.ENOSPC)}
	failEverywhere(t, mergeLife, faults, checkMergeLife)
}
