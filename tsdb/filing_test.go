package tsdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A filer is a DB with one gauge, over files in memory.
type filer struct {
	*DB
	t    *testing.T
	fsys *vfstest.Memory
	log  *wal.Log
}

func openFiler(t *testing.T, fsys *vfstest.Memory, slots int) *filer {
	t.Helper()
	log, err := wal.Open(wal.Config{FS: fsys, Dir: "/wal"})
	if err != nil {
		t.Fatal(err)
	}
	db, err := New(Config{Log: log, FS: fsys, Shards: 1, WindowSlots: slots, BlockDir: "/blocks", MemoryHorizon: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Replay(db.Replay); err != nil {
		t.Fatal(err)
	}
	if err := db.Start(); err != nil {
		t.Fatal(err)
	}
	return &filer{db, t, fsys, log}
}

func (f *filer) close() {
	f.t.Helper()
	f.Close()
	if err := f.log.Close(); err != nil {
		f.t.Fatal(err)
	}
}

// write stores a value in some minutes.
func (f *filer) write(minutes ...int64) {
	f.t.Helper()
	ref, err := f.Resolve(tag.New("name", "a", tag.DataSourceType, "gauge").AppendCanonical(nil))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, minute := range minutes {
		if _, err := f.Append(f.t.Context(), []Point{{Ref: ref, Time: minute * 60_000, Value: float64(minute)}}); err != nil {
			f.t.Fatal(err)
		}
	}
}

// unwrite clears some minutes, as a deletion does.
func (f *filer) unwrite(minutes ...int64) {
	f.t.Helper()
	change := f.revisions.begin()
	defer f.revisions.end(change)
	s := f.shards[0]
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, minute := range minutes {
		f.revisions.mark(change, minute, minute)
		if err := s.values.store(0, minute, nan); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *filer) maintain(minute int64) {
	f.t.Helper()
	if err := f.Maintain(f.t.Context(), time.UnixMilli(minute*60_000)); err != nil {
		f.t.Fatal(err)
	}
}

// state says which windows have something that is in no file, and which are in files.
func (f *filer) state() string {
	return fmt.Sprint("unfiled ", slices.Sorted(maps.Keys(f.maintenance.unfiledWindows())), " files ", slices.Sorted(maps.Keys(f.blocks.files)))
}

// minutes returns the minutes that have values.
func (f *filer) minutes() (minutes []int64) {
	f.t.Helper()
	q := Query{Where: tag.True{}, Aggregates: Sum, Step: 60_000, Start: 900 * 60_000, End: 1400 * 60_000}
	for c, err := range f.Select(f.t.Context(), q) {
		if err != nil {
			f.t.Fatal(err)
		}
		for i, v := range c.Sum {
			if v == v {
				minutes = append(minutes, 900+int64(i))
			}
		}
	}
	return minutes
}

// TestWhenWindowsAreFiled: ten minutes after the end of an hour; late values with the next hour; where there is none, an
// hour later, or when they keep too much of the log.
func TestWhenWindowsAreFiled(t *testing.T) {
	f := openFiler(t, vfstest.NewMemory(), 60)
	defer func() { f.close() }()
	check := func(minute int64, want string) {
		t.Helper()
		f.maintain(minute)
		if got := f.state(); got != want {
			t.Errorf("at minute %d: %s, want %s", minute, got, want)
		}
	}
	f.write(1000, 1021) // windows 16 and 17
	check(1029, "unfiled [16 17] files []")
	check(1030, "unfiled [17] files [16]")
	f.write(1001)
	check(1032, "unfiled [16 17] files [16]")
	check(1089, "unfiled [16 17] files [16]")
	check(1090, "unfiled [] files [16 17]") // together
	f.write(1002)
	check(1091, "unfiled [16] files [16 17]")
	check(1149, "unfiled [16] files [16 17]")
	check(1150, "unfiled [] files [16 17]") // an hour later
	f.write(1003)
	check(1152, "unfiled [16] files [16 17]")
	f.write(900, 901) // a window of the past, written over a while
	check(1153, "unfiled [] files [14 15 16 17]")
	f.write(902)
	check(1154, "unfiled [15] files [14 15 16 17]")
	check(1100, "unfiled [] files [14 15 16 17]") // the clock was set back
	f.write(903)
	check(1101, "unfiled [15] files [14 15 16 17]")
	f.blocks.refileBytes = 10
	check(1102, "unfiled [15] files [14 15 16 17]") // the file has more bytes than that
	for range 100 {
		f.write(904)
	}
	check(1103, "unfiled [] files [14 15 16 17]")
}

// TestLogIsShort: what is written over a filed window keeps the log from there on, and no more than that.
func TestLogIsShort(t *testing.T) {
	f := openFiler(t, vfstest.NewMemory(), 60)
	defer func() { f.close() }()
	for minute := int64(961); minute <= 1020; minute++ {
		f.write(minute)
	}
	full := f.log.Stats().Bytes
	f.maintain(1031)
	if short := f.log.Stats().Bytes; short > full/4 {
		t.Errorf("the log has %d bytes after its window is in a file, of %d", short, full)
	}
}

// TestBackfillLeavesTheLog: of a backfill that ends with the present within one step, the log has no more than the
// present when the windows of the past are in files.
func TestBackfillLeavesTheLog(t *testing.T) {
	f := openFiler(t, vfstest.NewMemory(), 60)
	defer func() { f.close() }()
	f.log.Close() // a log with small segments instead
	log, err := wal.Open(wal.Config{FS: f.fsys, Dir: "/wal", SegmentBytes: 200})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Replay(f.Replay); err != nil {
		t.Fatal(err)
	}
	f.log, f.DB.log, f.maintenance.log = log, log, log
	for minute := int64(961); minute <= 1330; minute++ {
		f.write(minute)
	}
	full := log.Stats().Bytes
	f.maintain(1331)
	if got, want := f.state(), "unfiled [22] files [16 17 18 19 20 21]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if short := log.Stats().Bytes; short > full/20 {
		t.Errorf("the log has %d bytes of 10 minutes, and had %d of 370", short, full)
	}
}

// TestEmptiedWindow clears all values of a window that is in a merged file. They do not come back: not by a restart,
// nor by the next merge, nor where that leaves nothing at all.
func TestEmptiedWindow(t *testing.T) {
	f := openFiler(t, vfstest.NewMemory(), 4)
	defer func() { f.close() }()
	f.write(963, 966, 970) // windows 240, 241, 242
	f.maintain(1200)
	f.maintain(1210)
	f.maintain(1211)
	now := int64(1220)
	for _, c := range []struct {
		clear, left []int64
	}{
		{[]int64{966}, []int64{963, 970}},
		{[]int64{963, 970}, nil},
	} {
		f.unwrite(c.clear...)
		f.maintain(now)
		for _, when := range []string{"at once", "after a restart", "merged", "merged, after a restart"} {
			if got := f.minutes(); !slices.Equal(got, c.left) {
				t.Errorf("%s: %v without %v, want %v", when, got, c.clear, c.left)
			}
			if strings.HasSuffix(when, "restart") {
				f.maintain(now + 10)
			} else {
				f.close()
				f = openFiler(t, f.fsys, 4)
			}
		}
		now += 20
		if names, err := f.fsys.List("/blocks"); err != nil || len(names) != 1 {
			t.Errorf("files %q, %v; want one", names, err)
		}
	}
}
