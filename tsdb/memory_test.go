package tsdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

const minute = 60_000

// openMemoryDB opens a DB over files in memory, which the test closes.
func openMemoryDB(t *testing.T, cfg Config) *DB {
	t.Helper()
	fs := vfstest.NewMemory()
	log, err := wal.Open(wal.Config{FS: fs, Dir: "/wal"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	cfg.Log, cfg.FS = log, fs
	db, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Replay(db.Replay); err != nil {
		t.Fatal(err)
	}
	db.Start()
	return db
}

// pieceBytes is what the windows of db have outside the Go heap.
func (db *DB) pieceBytes() (n int) {
	for _, s := range db.shards {
		n += s.values.memory.Stats().PieceBytes
	}
	return n
}

// appendMinutes gives n gauges a value in each minute of a range.
func appendMinutes(t *testing.T, db *DB, n int, from, to int64) {
	t.Helper()
	for at := from; at <= to; at++ {
		var points []Point
		for i := range n {
			ref, err := db.Resolve(tag.New("atlas.dstype", "gauge", "name", fmt.Sprint("s", i)).AppendCanonical(nil))
			if err != nil {
				t.Fatal(err)
			}
			points = append(points, Point{Ref: ref, Time: at * minute, Value: float64(i) + 1/float64(at)})
		}
		if refused, err := db.Append(context.Background(), points); err != nil || len(refused) > 0 {
			t.Fatal(refused, err)
		}
	}
}

// TestMemoryIsGivenBack: what windows take outside the heap goes when they are released to files or dropped, and all
// of it when the DB is closed.
func TestMemoryIsGivenBack(t *testing.T) {
	for name, cfg := range map[string]Config{
		"filed":   {BlockDir: "/blocks", MemoryHorizon: time.Hour},
		"dropped": {Retention: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			db := openMemoryDB(t, cfg)
			defer db.Close()
			appendMinutes(t, db, 500, 1, 200)
			appendMinutes(t, db, 100, 55, 65) // late
			if got := db.pieceBytes(); got < 500*(60*8+3*20) {
				t.Errorf("%d bytes outside the heap: too few to be true", got)
			}
			for _, now := range []int64{260, 1000, 1060, 1061} {
				if err := db.Maintain(context.Background(), time.UnixMilli(now*minute)); err != nil {
					t.Fatal(err)
				}
			}
			if got := db.pieceBytes(); got != 0 {
				t.Errorf("%d bytes outside the heap with no window in memory", got)
			}
		})
	}
}

func TestCloseGivesAllBack(t *testing.T) {
	db := openMemoryDB(t, Config{BlockDir: "/blocks"})
	appendMinutes(t, db, 100, 1, 130)
	db.Close()
	for _, s := range db.shards {
		if st := s.values.memory.Stats(); st != (offheap.Stats{}) {
			t.Errorf("shard %d has %+v", s.number, st)
		}
	}
	for _, err := range db.Select(context.Background(), Query{Where: tag.True{}, Start: minute, End: 10 * minute, Step: minute, Aggregates: Sum}) {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("a question after Close: %v", err)
		}
	}
}

// TestPinnedWindowStays: a window that is read without the lock keeps its bytes while a write replaces it.
func TestPinnedWindowStays(t *testing.T) {
	s := newShard(0, grid.Grid{StepMillis: minute, Width: 60}, memseries.NewCardinality(Limits{}, nil), index.NewDictionary())
	defer s.close()
	tags := tag.New("name", "a")
	s.series.Table.Define(memseries.NewSeries(memseries.Canonical(tags.AppendCanonical(nil)), tags))
	store := func(slot int64) {
		t.Helper()
		if err := s.values.store(0, slot, float64(slot)); err != nil {
			t.Fatal(err)
		}
	}
	store(3)
	part, err := s.sealed(0)
	if err != nil {
		t.Fatal(err)
	}
	before, err := part.appendBlock(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	store(4)
	if err := s.values.sealAbove(0); err != nil {
		t.Fatal(err)
	}
	if after, err := part.appendBlock(nil, 0); err != nil || string(after) != string(before) || len(before) == 0 {
		t.Errorf("the pinned window has %x, then %x, %v", before, after, err)
	}
	s.unpin(sealedIn(part))
	if part.holds(0) {
		t.Error("the window outlives its last pin")
	}
	if v, err := s.values.value(0, 4); v != 4 || err != nil {
		t.Errorf("slot 4 has %v, %v", v, err)
	}
	s.values.takeWindow(0).free()
	if st := s.values.memory.Stats(); st != (offheap.Stats{}) {
		t.Errorf("without windows: %+v", st)
	}
}

// TestReadWhileWindowsGo asks, files, writes late and releases at the same time. The race detector sees a reader whose
// window was freed, because Free writes.
func TestReadWhileWindowsGo(t *testing.T) {
	db := openMemoryDB(t, Config{BlockDir: "/blocks", MemoryHorizon: 2 * time.Hour})
	defer db.Close()
	appendMinutes(t, db, 50, 1, 61)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			q := Query{Where: tag.True{}, Start: minute, End: 60 * minute, Step: minute, Aggregates: Sum}
			for {
				select {
				case <-done:
					return
				default:
				}
				for c, err := range db.Select(context.Background(), q) {
					if err != nil || c.Series != 50 {
						t.Errorf("%d series, %v", c.Series, err)
						return
					}
				}
			}
		})
	}
	var maintained sync.WaitGroup
	maintained.Go(func() {
		for now := range int64(60) {
			if err := db.Maintain(context.Background(), time.UnixMilli((120+5*now)*minute)); err != nil {
				t.Errorf("Maintain: %v", err)
			}
		}
	})
	for at := int64(62); at < 400; at += 10 {
		appendMinutes(t, db, 50, at, at)
		appendMinutes(t, db, 50, at%60+1, at%60+1)
	}
	maintained.Wait()
	close(done)
	readers.Wait()
}
