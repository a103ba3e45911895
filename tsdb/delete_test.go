package tsdb_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// drawDelete removes a range of some series from the model and from db.
func (m *model) drawDelete(rt *rapid.T, db *testDB) {
	where := drawPredicate(rt)
	first := m.step*(1000+rapid.Int64Range(-22, 20).Draw(rt, "first")) - rapid.Int64Range(0, m.step-1).Draw(rt, "before")
	m.delete(rt, db, where, first, first+m.step*rapid.SampledFrom([]int64{-1, 0, 1, 3, 8, 50}).Draw(rt, "span"))
}

// delete removes what the series that match have from first to last, from the model and from db.
func (m *model) delete(rt *rapid.T, db *testDB, where tag.Predicate, first, last int64) {
	want := 0
	for _, s := range m.series {
		before := len(s.slots)
		for at := range s.slots {
			if where.Matches(s.tags) && first <= at && at <= last {
				delete(s.slots, at)
			}
		}
		if len(s.slots) < before {
			want++
		}
	}
	got, err := db.Delete(context.Background(), where, first, last)
	if err != nil {
		rt.Fatal(err)
	}
	if got != want {
		rt.Fatalf("%d series had something from %d to %d, want %d", got, first, last, want)
	}
}

// checkTags compares the nodes that db lists with those that have a value.
func (m *model) checkTags(rt *rapid.T, db *testDB) {
	var want, got []string
	for _, s := range m.series {
		if node, _ := s.tags.Get("node"); len(s.slots) > 0 {
			want = append(want, node)
		}
	}
	counts, err := db.TagValues(context.Background(), tag.True{}, "node", tsdb.Page{})
	if err != nil {
		rt.Fatal(err)
	}
	for _, c := range counts {
		got = append(got, c.Text)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		rt.Fatalf("nodes %v, want %v", got, want)
	}
}

// valuesOnDisk returns all values in the block files and in the points of the log, which is closed.
func valuesOnDisk(t *testing.T, fsys vfs.FS, slots int) map[float64]bool {
	t.Helper()
	found := make(map[float64]bool)
	values := make([]float64, slots)
	for _, name := range blockFiles(t, fsys, "") {
		err := blockfile.Inspect(io.Discard, fsys, "/blocks/"+name, func(_ int, block []byte) error {
			err := gorilla.Decode(values, block)
			for _, v := range values {
				found[v] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, rec := range readLog(t, fsys) {
		for at := 0; at+8 <= len(rec.Body) && rec.Type == wal.Points; at++ {
			found[math.Float64frombits(binary.LittleEndian.Uint64(rec.Body[at:]))] = true
		}
	}
	return found
}

// TestDeletedLeavesTheDisk: what was deleted is in no file and not in the log when Maintain has run, wherever it was:
// in an open window, in a sealed one, in files, under a late value.
func TestDeletedLeavesTheDisk(t *testing.T) {
	const slots = 4
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{WindowSlots: slots, Shards: 1, BlockDir: "/blocks", MemoryHorizon: 10 * time.Minute})
	value := func(minute int64, series int) float64 { return float64(minute) + float64(series)/8 }
	write := func(minutes ...int64) {
		for _, minute := range minutes {
			for i := range 3 {
				db.append(tsdb.Point{Ref: db.resolve(node(i)), Time: minute * 60_000, Value: value(minute, i)})
			}
		}
	}
	var minutes []int64
	for minute := int64(961); minute <= 1000; minute++ {
		minutes = append(minutes, minute)
	}
	write(minutes[:30]...)
	db.maintain(1000)
	write(minutes[30:]...)
	write(965)
	if n, err := db.Delete(t.Context(), tag.Equal{Key: "node", Value: "i-1"}, 963*60_000, 998*60_000); n != 1 || err != nil {
		t.Fatalf("%d series, %v", n, err)
	}
	db.maintain(1100)
	db.close()
	found := valuesOnDisk(t, db.fs, slots)
	for _, minute := range minutes {
		for i := range 3 {
			deleted := i == 1 && minute >= 963 && minute <= 998
			if v := value(minute, i); found[v] == deleted {
				t.Errorf("%v is on the disk: %v, deleted: %v", v, found[v], deleted)
			}
		}
	}
}

// TestDeleteInParts deletes more than is done while commits wait: all of it goes, or, where the client leaves in the
// middle, what was logged until then, here and after a restart.
func TestDeleteInParts(t *testing.T) {
	const series, first, last = 9000, 1003, 1076
	var left context.CancelFunc
	writes := 0
	fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
		if writes--; c.Op == vfstest.OpWrite && writes < 0 && left != nil {
			left()
		}
		return nil
	})
	db := openTestDB(t, fsys, tsdb.Config{Shards: 1, WindowSlots: 4, BlockDir: "/blocks", MemoryHorizon: 20 * time.Minute})
	defer func() { db.close() }()
	var batch []tsdb.Point
	for minute := int64(1001); minute <= 1080; minute += 5 {
		for i := range series {
			batch = append(batch, tsdb.Point{Ref: db.resolve(node(i)), Time: minute * 60_000, Value: 1})
		}
	}
	db.append(batch...)
	db.maintain(1060) // a part of it is in files
	q := tsdb.Query{
		Where: tag.True{}, Aggregates: tsdb.Sum, Step: 60_000, Start: first * 60_000, End: (last + 1) * 60_000,
	}
	inside := func() (sum float64) {
		for _, c := range columns(t, db, q) {
			for _, v := range c.Sum {
				if v == v {
					sum += v
				}
			}
		}
		return sum
	}
	all := inside()
	ctx, cancel := context.WithCancel(t.Context())
	writes, left = 4, cancel
	if _, err := db.Delete(ctx, tag.True{}, first*60_000, last*60_000); !errors.Is(err, context.Canceled) {
		t.Fatalf("the client left, and Delete says %v", err)
	}
	left = nil
	some := inside()
	if some == 0 || some == all {
		t.Errorf("%v of %v values are there", some, all)
	}
	db.reopen()
	if again := inside(); again != some {
		t.Errorf("after a restart %v values are there, and before it %v", again, some)
	}
	if n, err := db.Delete(t.Context(), tag.True{}, first*60_000, last*60_000); n == 0 || err != nil {
		t.Errorf("%d series, %v", n, err)
	}
	if rest := inside(); rest != 0 {
		t.Errorf("%v values are there", rest)
	}
	outside := 0.0
	q.Start, q.End = 1000*60_000, 1090*60_000
	for _, c := range columns(t, db, q) {
		for _, v := range c.Sum {
			if v == v {
				outside += v
			}
		}
	}
	if outside != 1*series {
		t.Errorf("%v values around are there, want %d", outside, series)
	}
}
