package tsdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// A span of 24 windows of 4 minutes: minutes 961 to 1056 and 1057 to 1152.
var smallWindows = tsdb.Config{WindowSlots: 4, Shards: 2, BlockDir: "/blocks", MemoryHorizon: time.Minute}

// TestMergedSameBits asks the same questions of memory, of merged files, of late values over them, of files that stand
// in for some of their windows, of files merged again, and after restarts.
func TestMergedSameBits(t *testing.T) {
	const step, series = 60_000, 40
	var refs []tsdb.Ref
	open := func(cfg tsdb.Config) *testDB {
		db := openTestDB(t, vfstest.NewMemory(), cfg)
		refs = refs[:0]
		for i := range series {
			refs = append(refs, db.resolve(tag.New("name", fmt.Sprint("s", i), "node", fmt.Sprint(i%7), "zone", fmt.Sprint(i%3))))
		}
		return db
	}
	write := func(db *testDB, slots ...int64) {
		t.Helper()
		for _, slot := range slots {
			var batch []tsdb.Point
			for i, ref := range refs {
				if (i+int(slot/16))%5 != 0 { // a series is not in every window
					batch = append(batch, tsdb.Point{Ref: ref, Time: slot * step, Value: fleetValue(i, int(slot)) * math.Pi})
				}
			}
			db.append(batch...)
		}
	}
	var slots, late []int64
	for slot := int64(900); slot <= 1130; slot++ {
		switch {
		case slot/16 == 61: // some windows have nothing
		case slot%7 == 0:
			late = append(late, slot)
		default:
			slots = append(slots, slot)
		}
	}
	ask := func(db *testDB) (answers []map[string]tsdb.Column) {
		for _, q := range bitsQueries(step) {
			answers = append(answers, columns(t, db, q))
		}
		return answers
	}
	memory := open(tsdb.Config{WindowSlots: 4, Shards: 2})
	defer func() { memory.close() }()
	db := open(smallWindows)
	defer func() { db.close() }()
	compare := func(what string) {
		t.Helper()
		want := ask(memory)
		for i, got := range ask(db) {
			sameBits(t, fmt.Sprintf("query %d, %s", i, what), got, want[i])
		}
	}
	files := func(want int) {
		t.Helper()
		if got := blockFiles(t, db.fs, ""); len(got) != want {
			t.Errorf("files %q, want %d", got, want)
		}
	}
	write(memory, slots...)
	write(db, slots...)
	db.maintain(1200)
	compare("from single files")
	files(56)
	db.maintain(1210) // one span each
	db.maintain(1210)
	db.maintain(1210)
	compare("from merged files")
	files(3)
	db.maintain(1210)
	db.reopen()
	compare("from merged files after a restart")

	write(memory, late...)
	write(db, late...)
	compare("late values over merged windows")
	db.maintain(1220)
	db.maintain(1221)
	compare("with files in place of merged windows")
	before := len(blockFiles(t, db.fs, ".blk"))
	if before < 30 {
		t.Errorf("%d files, want those of the windows that late values are in and what is left of the merged ones", before)
	}
	db.reopen()
	compare("with files in place of merged windows, after a restart")
	db.maintain(1222)
	write(db, late[5]) // the same again
	for range 3 {
		db.maintain(1222)
	}
	compare("merged again")
	db.maintain(1230)
	db.maintain(1231)
	files(3)
	db.reopen()
	compare("merged again, after a restart")
	files(3)

	db.cfg.Now = func() time.Time { return time.UnixMilli(1000 * step) }
	memory.cfg.Now = db.cfg.Now // it decides how much of a range is read
	memory.reopen()
	db.reopen()
	if st := db.Stats(); st.SealedWindows == 0 || st.FiledWindows == 0 {
		t.Errorf("%+v, want the windows within the horizon in memory", st)
	}
	compare("with a part of a merged file in memory")
}

// mergedDB has a value 5 of series a each four minutes from 960 to 1120, in files of two spans.
func mergedDB(t *testing.T, cfg tsdb.Config) *testDB {
	db := openTestDB(t, vfstest.NewMemory(), cfg)
	ref := db.resolve(tag.New("name", "a"))
	for minute := int64(961); minute <= 1120; minute += 4 {
		db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: 5})
	}
	db.maintain(1200)
	db.maintain(1210)
	db.maintain(1210)
	if names := blockFiles(t, db.fs, ".blk"); len(names) != 2 {
		t.Fatalf("files %q, want two", names)
	}
	return db
}

// minutes returns the minutes in which series a has a value.
func (db *testDB) minutes() (minutes []int64) {
	q := tsdb.Query{Where: tag.True{}, Aggregates: tsdb.Sum, Step: 60_000, Start: 900 * 60_000, End: 1400 * 60_000}
	for i, v := range columns(db.t, db, q)["NO TAGS"].Sum {
		if v == v {
			minutes = append(minutes, 900+int64(i))
		}
	}
	return minutes
}

// TestMergedRetention: the windows of a merged file leave one by one, before and after a restart, and the file with the
// last of them.
func TestMergedRetention(t *testing.T) {
	cfg := smallWindows
	now := int64(1210)
	cfg.Now = func() time.Time { return time.UnixMilli(now * 60_000) }
	cfg.Retention = 8 * 24 * 4 * time.Minute // the least with which there is merging
	retention := int64(cfg.Retention / time.Minute)
	db := mergedDB(t, cfg)
	defer func() { db.close() }()
	for _, c := range []struct{ now, first, files int64 }{
		{961 + retention, 961, 2},
		{1000 + retention, 997, 2},
		{1055 + retention, 1053, 2},
		{1057 + retention, 1057, 1},
	} {
		now = c.now
		db.maintain(now)
		if got := db.minutes(); got[0] != c.first {
			t.Errorf("at %d the first value is of minute %d, want %d", now, got[0], c.first)
		}
		db.reopen()
		if got := db.minutes(); got[0] != c.first {
			t.Errorf("after a restart at %d the first value is of minute %d, want %d", now, got[0], c.first)
		}
		if names := blockFiles(t, db.fs, ".blk"); len(names) != int(c.files) {
			t.Errorf("at %d there are %q, want %d files", now, names, c.files)
		}
	}
	db.maintain(1200 + retention) // the clock is ahead of the data by then, and has to go on
	db.maintain(1200 + 2*retention)
	if names := blockFiles(t, db.fs, ""); len(names) != 0 || len(db.minutes()) != 0 {
		t.Errorf("past the retention there are %q and values of %v", names, db.minutes())
	}
}

// TestDamagedRetention: a file that has lost something is not kept beyond the retention.
func TestDamagedRetention(t *testing.T) {
	cfg := smallWindows
	now := int64(1210)
	cfg.Now = func() time.Time { return time.UnixMilli(now * 60_000) }
	cfg.Retention = 8 * 24 * 4 * time.Minute
	db := mergedDB(t, cfg)
	defer func() { db.close() }()
	db.close()
	damage(t, db.fs, "/blocks/"+blockFiles(t, db.fs, ".blk")[0], 90)
	db.open()
	db.minutes()
	if st := db.Stats().Damage; st.Lost != 1 {
		t.Fatalf("found damaged: %+v", st)
	}
	now = 1057 + int64(cfg.Retention/time.Minute)
	db.maintain(now)
	if names := blockFiles(t, db.fs, ""); len(names) != 1 {
		t.Errorf("past the retention of the first file there are %q, want the second", names)
	}
}

// TestNoMergingWithShortRetention: where it would keep windows for too long.
func TestNoMergingWithShortRetention(t *testing.T) {
	cfg := smallWindows
	cfg.Retention = 8*24*4*time.Minute - time.Second
	cfg.Now = func() time.Time { return time.UnixMilli(1200 * 60_000) }
	db := openTestDB(t, vfstest.NewMemory(), cfg)
	defer func() { db.close() }()
	ref := db.resolve(tag.New("name", "a"))
	for minute := int64(961); minute <= 1120; minute += 4 {
		db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: 5})
	}
	for range 3 {
		db.maintain(1200)
	}
	if names := blockFiles(t, db.fs, ".blk"); len(names) != 40 {
		t.Errorf("%d files, want 40", len(names))
	}
}

// TestBadMergedFile: a bit of a merged file costs what its block held, with a message, at once, and nothing else; what is in
// memory of it stays, and so does the rest when files are written again.
func TestBadMergedFile(t *testing.T) {
	var said bytes.Buffer
	cfg := smallWindows
	cfg.Logger = slog.New(slog.NewTextHandler(&said, nil))
	db := mergedDB(t, cfg)
	defer func() { db.close() }()
	before := db.minutes()
	db.close()
	name := "/blocks/" + blockFiles(t, db.fs, ".blk")[0] // of the first span
	damage(t, db.fs, name, 90)                           // its only row begins at 56, with 4 bytes of checksum and 23 of lengths
	db.open()
	if got := db.minutes(); len(got) != len(before)-1 {
		t.Errorf("values of minutes %v, want all but one of %v", got, before)
	}
	for _, want := range []string{"values are lost", name, "window 240, series 0 of shard", "from=1970-01-01T16:00:00.000Z to=1970-01-01T16:04:00.000Z"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the message lacks %q: %s", want, &said)
		}
	}
	ref := db.resolve(tag.New("name", "a"))
	db.append(tsdb.Point{Ref: ref, Time: 963 * 60_000, Value: 7}) // in the window of which it is missing
	db.maintain(1211)
	for _, when := range []string{"at first", "merged again", "after a restart"} {
		if got := db.minutes(); len(got) != len(before) || got[0] != 963 {
			t.Errorf("%s values of minutes %v, want a new one in the place of one of %v", when, got, before)
		}
		if when == "at first" {
			db.maintain(1220)
			db.maintain(1300)
		} else {
			db.reopen()
		}
	}
	if names := blockFiles(t, db.fs, ".bad"); len(names) != 1 {
		t.Errorf("%q are kept with what was lost, want one", names)
	}
}

// TestLostMergedFile: all windows of a file that was cut off are missing, with a message.
func TestLostMergedFile(t *testing.T) {
	var said bytes.Buffer
	cfg := smallWindows
	cfg.Logger = slog.New(slog.NewTextHandler(&said, nil))
	db := mergedDB(t, cfg)
	defer func() { db.close() }()
	db.close()
	cut(t, db.fs, "/blocks/"+blockFiles(t, db.fs, ".blk")[0])
	db.open()
	if names := blockFiles(t, db.fs, ".bad"); len(names) != 1 || !strings.Contains(said.String(), names[0]) {
		t.Errorf("%q are set aside, want one, and a message: %s", names, &said)
	}
	if got := db.minutes(); len(got) != 16 || got[0] != 1057 {
		t.Errorf("values of minutes %v, want those of the second span", got)
	}
	ref := db.resolve(tag.New("name", "a"))
	db.append(tsdb.Point{Ref: ref, Time: 1000 * 60_000, Value: 7})
	db.maintain(1220)
	db.reopen()
	if got := db.minutes(); len(got) != 17 || got[0] != 1000 {
		t.Errorf("values of minutes %v, want a new one in the first span", got)
	}
}

// TestBadStandIn damages the file that stands in for a window of a merged one: the window is missing from then on, also
// after a restart. What the merged file has of it was deleted since.
func TestBadStandIn(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, fsys vfs.FS, name string)
	}{
		{"cut", cut},
		{"data", func(t *testing.T, fsys vfs.FS, name string) { damage(t, fsys, name, 57) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := mergedDB(t, smallWindows)
			defer func() { db.close() }()
			db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "a")), Time: 963 * 60_000, Value: 7})
			if n, err := db.Delete(t.Context(), tag.True{}, 961*60_000, 961*60_000); n != 1 || err != nil {
				t.Fatalf("deleted %d, %v", n, err)
			}
			db.maintain(1220)
			if got := db.minutes(); got[0] != 963 {
				t.Fatalf("values of minutes %v, want the first deleted and a new one", got)
			}
			db.close()
			for _, name := range blockFiles(t, db.fs, ".blk") {
				if strings.HasPrefix(name, "240+1-") {
					c.damage(t, db.fs, "/blocks/"+name)
				}
			}
			db.open()
			db.maintain(1221)
			for _, when := range []string{"at first", "after a restart"} {
				if got := db.minutes(); len(got) != 39 || got[0] != 965 {
					t.Errorf("%s values of minutes %v, want those from 965 on", when, got)
				}
				if names := blockFiles(t, db.fs, ".bad"); len(names) != 1 {
					t.Errorf("%s %q are set aside, want one", when, names)
				}
				db.reopen()
			}
			db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "a")), Time: 962 * 60_000, Value: 8})
			for now := int64(1230); now < 1240; now++ {
				db.maintain(now)
			}
			db.reopen()
			if got := db.minutes(); len(got) != 40 || got[0] != 962 {
				t.Errorf("values of minutes %v, want a new one in the window", got)
			}
			if names := blockFiles(t, db.fs, ".blk"); len(names) != 2 {
				t.Errorf("files %q, want two", names)
			}
		})
	}
}

// unmergedDB has a value 5 of series a each four minutes from 960 to 1050, in a file each; the next Maintain merges them.
func unmergedDB(t *testing.T) *testDB {
	db := openTestDB(t, vfstest.NewMemory(), smallWindows)
	ref := db.resolve(tag.New("name", "a"))
	for minute := int64(961); minute <= 1050; minute += 4 {
		db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: 5})
	}
	db.maintain(1200)
	return db
}

// TestBadFileInMerge: what a merge finds damaged is missing from then on, its file is kept, and the rest of the span is merged.
func TestBadFileInMerge(t *testing.T) {
	db := unmergedDB(t)
	defer func() { db.close() }()
	db.close()
	damage(t, db.fs, "/blocks/"+blockFiles(t, db.fs, ".blk")[3], 56)
	db.open()
	db.maintain(1210)
	if names := blockFiles(t, db.fs, ""); len(names) != 2 {
		t.Errorf("left are %q, want a merged file and a bad one", names)
	}
	if got := db.minutes(); len(got) != 22 {
		t.Errorf("values of minutes %v, want 22 of 23", got)
	}
}

// TestMergeCancelled leaves the files as they were.
func TestMergeCancelled(t *testing.T) {
	db := unmergedDB(t)
	defer func() { db.close() }()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := db.Maintain(ctx, time.UnixMilli(1210*60_000)); !errors.Is(err, context.Canceled) {
		t.Errorf("Maintain when cancelled: %v", err)
	}
	if names := blockFiles(t, db.fs, ""); len(names) != 23 || len(db.minutes()) != 23 {
		t.Errorf("left are %q with values of %v", names, db.minutes())
	}
}

// A hookedFS calls create before a file is made.
type hookedFS struct {
	vfs.FS
	create func(name string)
}

func (h hookedFS) Create(name string) (vfs.File, error) {
	h.create(name)
	return h.FS.Create(name)
}

// TestWritesDuringMerge: values come into windows while they are merged, and others are deleted. Some windows are sealed
// before it ends, others after.
func TestWritesDuringMerge(t *testing.T) {
	var late func()
	fsys := hookedFS{vfstest.NewMemory(), func(name string) {
		if strings.Contains(name, "+24-") && late != nil {
			late()
			late = nil
		}
	}}
	cfg := smallWindows
	cfg.Shards = 1
	db := openTestDB(t, fsys, cfg)
	defer func() { db.close() }()
	ref := db.resolve(tag.New("name", "a"))
	for minute := int64(961); minute <= 1050; minute += 2 {
		db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: 5})
	}
	deleted := db.resolve(tag.New("name", "deleted"))
	for minute := int64(962); minute <= 1050; minute += 4 {
		db.append(tsdb.Point{Ref: deleted, Time: minute * 60_000, Value: 5})
	}
	db.maintain(1200)
	want := 45
	late = func() {
		if n, err := db.Delete(t.Context(), tag.Equal{Key: "name", Value: "deleted"}, 0, 2000*60_000); n != 1 || err != nil {
			t.Errorf("deleted %d series, %v", n, err)
		}
		for _, minute := range []int64{962, 970, 978, 986} { // two windows can be open
			db.append(tsdb.Point{Ref: ref, Time: minute * 60_000, Value: 6})
		}
	}
	db.maintain(1210)
	if names := blockFiles(t, db.fs, ".blk"); len(names) != 1 {
		t.Fatalf("files %q, want one", names)
	}
	if st := db.Stats(); st.OpenWindows != 2 || st.FiledWindows != 0 {
		t.Errorf("%+v, want two open windows and the others sealed or with tombstones", st)
	}
	check := func(when string) {
		t.Helper()
		if got := len(db.minutes()); got != want+4 {
			t.Errorf("%s: %d values, want %d", when, got, want+4)
		}
	}
	check("after the merge")
	db.reopen()
	check("after a restart")
	db.maintain(1220)
	if names := blockFiles(t, db.fs, ".blk"); len(names) != 24 {
		t.Errorf("files %q, want one for each window that has values, and the merged one", names)
	}
	check("in files")
	db.maintain(1224)
	check("merged again")
	db.reopen()
	check("merged again, after a restart")
	if names := blockFiles(t, db.fs, ""); len(names) != 1 {
		t.Errorf("files %q, want one", names)
	}
}

// TestOldNames: files had names without the number of windows; nothing is read from names.
func TestOldNames(t *testing.T) {
	db := openTestDB(t, vfstest.NewMemory(), smallWindows)
	defer func() { db.close() }()
	ref := db.resolve(tag.New("name", "a"))
	db.append(tsdb.Point{Ref: ref, Time: 961 * 60_000, Value: 5}, tsdb.Point{Ref: ref, Time: 965 * 60_000, Value: 5})
	db.maintain(1200)
	db.close()
	for _, name := range blockFiles(t, db.fs, ".blk") {
		if err := db.fs.Rename("/blocks/"+name, "/blocks/"+strings.Replace(name, "+1-", "-", 1)); err != nil {
			t.Fatal(err)
		}
	}
	db.open()
	if got := db.minutes(); len(got) != 2 {
		t.Errorf("values of minutes %v, want two", got)
	}
	db.maintain(1210)
	if names := blockFiles(t, db.fs, ""); len(names) != 1 || len(db.minutes()) != 2 {
		t.Errorf("merged, files %q with values of %v; want one file with both", names, db.minutes())
	}
}
