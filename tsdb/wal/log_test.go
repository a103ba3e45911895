package wal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testDir = "data/log"

// openLog opens a log and replays it; it returns what was replayed.
func openLog(t testing.TB, cfg Config) (*Log, []Record) {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = testDir
	}
	l, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	records, err := replayAll(l)
	if err != nil {
		t.Fatal(err)
	}
	return l, records
}

func replayAll(l *Log) ([]Record, error) {
	var records []Record
	last := Position(0)
	err := l.Replay(func(p Position, r Record) error {
		if p <= last {
			return fmt.Errorf("position %s after %s", p, last)
		}
		last = p
		r.Body = slices.Clone(r.Body)
		records = append(records, r)
		return nil
	})
	return records, err
}

func mustAppend(t testing.TB, l *Log, records ...Record) {
	t.Helper()
	if err := l.Append(context.Background(), records...); err != nil {
		t.Fatal(err)
	}
}

func point(body string) Record { return Record{Type: Points, Version: 1, Body: []byte(body)} }

// diffRecords compares by value; an empty body and none are the same.
func diffRecords(got, want []Record) string {
	return cmp.Diff(got, want, cmp.Comparer(func(a, b []byte) bool { return bytes.Equal(a, b) }))
}

// TestRoundTrip appends, rotates, drops and reopens at random, and compares with a plain list.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fsys := vfstest.NewMemory()
		cfg := Config{FS: fsys, Dir: testDir, SegmentBytes: rapid.Int64Range(1, 400).Draw(t, "segment bytes")}
		record := rapid.Custom(func(t *rapid.T) Record {
			return Record{
				Type:    Type(rapid.IntRange(1, 255).Draw(t, "type")),
				Version: rapid.Uint8().Draw(t, "version"),
				Body:    rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "body"),
			}
		})
		var want []Record
		for range rapid.IntRange(1, 4).Draw(t, "lives") {
			l, err := Open(cfg)
			if err != nil {
				t.Fatal(err)
			}
			got, err := replayAll(l)
			if err != nil {
				t.Fatal(err)
			}
			if diff := diffRecords(got, want); diff != "" {
				t.Fatalf("replayed (-got +want):\n%s", diff)
			}
			for range rapid.IntRange(0, 10).Draw(t, "appends") {
				records := rapid.SliceOfN(record, 0, 4).Draw(t, "records")
				if err := l.Append(context.Background(), records...); err != nil {
					t.Fatal(err)
				}
				want = append(want, records...)
				if rapid.IntRange(0, 9).Draw(t, "rotate") == 0 {
					if _, err := l.Rotate(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if stats := l.Stats(); stats.Replay.SkippedBytes+stats.Replay.TornBytes+stats.Failures != 0 {
				t.Fatalf("damage in a whole log: %+v", stats)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestOnDisk is the round trip on the machine's own file system.
func TestOnDisk(t *testing.T) {
	for _, mode := range []SyncMode{SyncBatch, SyncNone} {
		cfg := Config{Dir: t.TempDir() + "/a/log", SegmentBytes: 1000, Sync: mode}
		l, _ := openLog(t, cfg)
		var want []Record
		for i := range 100 {
			want = append(want, point(fmt.Sprintf("record %d", i)))
			mustAppend(t, l, want[i])
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l, got := openLog(t, cfg)
		if diff := diffRecords(got, want); diff != "" {
			t.Errorf("sync mode %d: replayed (-got +want):\n%s", mode, diff)
		}
		if stats := l.Stats(); stats.Segments < 3 {
			t.Errorf("sync mode %d: %d segments, want 3 or more", mode, stats.Segments)
		}
	}
}

func TestRotateAndDrop(t *testing.T) {
	fsys := vfstest.NewMemory()
	l, _ := openLog(t, Config{FS: fsys})
	mustAppend(t, l, point("old"))
	before, err := l.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Drop(before); err != nil {
		t.Fatal(err)
	}
	if got := l.Stats().Segments; got != 1 {
		t.Errorf("%d segments after dropping all of one, want 1: the newest stays", got)
	}
	mustAppend(t, l, point("new"))
	again, err := l.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	if again <= before {
		t.Errorf("positions of two rotations: %s, then %s", before, again)
	}
	mustAppend(t, l, point("newer"))
	if err := l.Drop(before); err != nil {
		t.Fatal(err)
	}
	end, st := l.Stats().End, l.Stats()
	if end <= again || l.BytesFrom(end) != end.Offset() || l.BytesFrom(before) != st.Bytes || l.BytesFrom(again) >= st.Bytes {
		t.Errorf("the log ends at %s, %d bytes from %s on and %d from %s: %+v",
			end, l.BytesFrom(before), before, l.BytesFrom(again), again, st)
	}
	mustAppend(t, l, point("newest"))
	if now := l.Stats().End; now <= end {
		t.Errorf("the log ends at %s, and before an append at %s", now, end)
	}
	l.Close()
	l, got := openLog(t, Config{FS: fsys.PowerLoss(nil)})
	if diff := diffRecords(got, []Record{point("new"), point("newer"), point("newest")}); diff != "" {
		t.Errorf("after the drop (-got +want):\n%s", diff)
	}
	if stats := l.Stats(); stats.Replay.SkippedExtents != 0 {
		t.Errorf("a dropped segment is no damage: %+v", stats)
	}
}

// TestSkipTo leaves numbers out: what is appended lies where it was asked for, and a log that is there already is no
// shorter for it.
func TestSkipTo(t *testing.T) {
	fsys := vfstest.NewMemory()
	cfg := Config{FS: fsys, Dir: "/wal"}
	for _, c := range []struct{ to, begin Position }{
		{newPosition(7, 0), newPosition(7, segmentHeaderBytes)},
		{newPosition(3, 0), newPosition(8, segmentHeaderBytes)},
		{newPosition(9, 1), newPosition(10, segmentHeaderBytes)},
	} {
		l, before := openLog(t, cfg)
		l.SkipTo(c.to)
		mustAppend(t, l, point("a"))
		if end := l.Stats().End; end <= c.begin || end.Segment() != c.begin.Segment() {
			t.Errorf("after SkipTo(%s) and %d records the log ends at %s, want it in the segment of %s", c.to, len(before), end, c.begin)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	l, got := openLog(t, cfg)
	defer l.Close()
	if len(got) != 3 {
		t.Errorf("%d records, want 3", len(got))
	}
}

// TestConcurrentAppend checks that many callers share groups and that each one's records stay in order.
func TestConcurrentAppend(t *testing.T) {
	const callers, appends = 16, 50
	fsys := vfstest.NewMemory()
	l, _ := openLog(t, Config{FS: fsys, SegmentBytes: 2000, QueueBytes: 300})
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for i := range appends {
				first := Record{Type: Points, Version: uint8(caller), Body: []byte{byte(i), 0}}
				second := Record{Type: Points, Version: uint8(caller), Body: []byte{byte(i), 1}}
				if err := l.Append(context.Background(), first, second); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if stats := l.Stats(); stats.Appends != callers*appends || stats.Records != 2*callers*appends {
		t.Errorf("counted %d appends of %d records, want %d of %d",
			stats.Appends, stats.Records, callers*appends, 2*callers*appends)
	}
	_, records := openLog(t, Config{FS: fsys.PowerLoss(nil)})
	var next [callers][]byte
	for _, r := range records {
		next[r.Version] = append(next[r.Version], r.Body...)
	}
	for caller, got := range next {
		var want []byte
		for i := range appends {
			want = append(want, byte(i), 0, byte(i), 1)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("caller %d: %v, want %v", caller, got, want)
		}
	}
}

// TestQueue holds the disk still and checks that the queue is bounded, in order, and can be left.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held := make(chan struct{})
		fsys := vfstest.NewFaulty(vfstest.NewMemory(), func(c vfstest.Call) error {
			if c.Op == vfstest.OpWrite {
				<-held
			}
			return nil
		})
		l, err := Open(Config{FS: fsys, Dir: testDir, QueueBytes: 100})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if _, err := replayAll(l); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		appendNext := func(ctx context.Context, size int, want error) {
			all.Go(func() {
				if err := l.Append(ctx, point(string(make([]byte, size)))); !errors.Is(err, want) {
					t.Errorf("append of %d bytes: %v, want %v", size, err, want)
				}
			})
			synctest.Wait()
		}
		ctx, cancel := context.WithCancel(context.Background())
		appendNext(ctx, 10, nil)              // is being written
		appendNext(ctx, 80, nil)              // gathers
		appendNext(ctx, 80, context.Canceled) // has no space
		cancel()
		synctest.Wait()
		appendNext(context.Background(), 1000, nil) // larger than the queue: waits until it is empty
		close(held)
		all.Wait()
		if stats := l.Stats(); stats.Groups != 3 || stats.Appends != 3 {
			t.Errorf("%d groups for %d appends, want 3 for 3", stats.Groups, stats.Appends)
		}
	})
}

func TestMisuse(t *testing.T) {
	l, err := Open(Config{FS: vfstest.NewMemory(), Dir: testDir})
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	ctx := context.Background()
	rotate := func() error { _, err := l.Rotate(); return err }
	replay := func() error { _, err := replayAll(l); return err }
	check("Append before Replay", l.Append(ctx, point("a")), ErrNotReplayed)
	check("Rotate before Replay", rotate(), ErrNotReplayed)
	check("Drop before Replay", l.Drop(1), ErrNotReplayed)
	check("Replay", replay(), nil)
	check("second Replay", replay(), ErrReplayed)
	check("no records", l.Append(ctx), nil)
	check("no type", l.Append(ctx, Record{}), errNoType)
	check("large body", l.Append(ctx, Record{Type: Points, Body: make([]byte, MaxBodyBytes+1)}), ErrTooLarge)
	large := Record{Type: Points, Body: make([]byte, MaxBodyBytes)}
	check("many large bodies", l.Append(ctx, slices.Repeat([]Record{large}, 16)...), ErrTooLarge)
	check("Close", l.Close(), nil)
	check("second Close", l.Close(), nil)
	check("Append after Close", l.Append(ctx, point("a")), ErrClosed)
	check("Rotate after Close", rotate(), ErrClosed)
	if _, err := Open(Config{FS: vfstest.NewMemory(), Dir: testDir, SegmentBytes: maxSegmentBytes + 1}); err == nil {
		t.Error("Open takes segments too large for a Position")
	}
}

func TestReplayStopsAtError(t *testing.T) {
	fsys := vfstest.NewMemory()
	l, _ := openLog(t, Config{FS: fsys})
	mustAppend(t, l, point("a"), point("b"))
	l.Close()
	l, err := Open(Config{FS: fsys, Dir: testDir})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	stop := errors.New("unknown version")
	calls := 0
	err = l.Replay(func(Position, Record) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("replay: %v after %d records, want %v after 1", err, calls, stop)
	}
	if err := l.Append(context.Background(), point("c")); !errors.Is(err, ErrNotReplayed) {
		t.Errorf("append after a failed replay: %v, want %v", err, ErrNotReplayed)
	}
}
