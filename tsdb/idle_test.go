package tsdb

import (
	"context"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
)

// TestIdleWindowsAreSealed: a window is sealed some slots after its end, once nobody has written to it for a step; so
// are the rows that a straggler opens over it.
func TestIdleWindowsAreSealed(t *testing.T) {
	db := openMemoryDB(t, Config{})
	defer db.Close()
	openWindows := func(now int64) int {
		t.Helper()
		if err := db.Maintain(context.Background(), time.UnixMilli(now*minute)); err != nil {
			t.Fatal(err)
		}
		return db.Stats().OpenWindows
	}
	const series = 300 // in every shard some
	shards := len(db.shards)
	appendMinutes(t, db, series, 50, 64)
	for _, step := range []struct {
		what string
		at   int64 // a value comes for this minute, 0: none does
		now  int64
		want int
	}{
		{"some slots have to pass", 0, 64, 2 * shards},
		{"and some more", 0, 65, 2 * shards},
		{"nobody writes to the old window", 65, 66, shards},
		{"nor does a straggler's row stay open: it is new", 55, 67, 2 * shards},
		{"and idle a step later", 66, 68, shards},
		{"the current window is idle, but it has not ended", 0, 119, shards},
		{"it has ended", 0, 126, 0},
	} {
		if step.at != 0 {
			appendMinutes(t, db, series, step.at, step.at)
		}
		if got := openWindows(step.now); got != step.want {
			t.Errorf("minute %d: %s: %d open windows, want %d", step.now, step.what, got, step.want)
		}
	}
}

// TestNoLongerIdle: a window that is written to, or sealed, while it is being encoded stays as it is then.
func TestNoLongerIdle(t *testing.T) {
	for name, disturb := range map[string]func(s *shard) error{
		"written": func(s *shard) error { return s.values.store(0, 2, 5) },
		"deleted": func(s *shard) error {
			return s.bury(0, tombstone{first: 1, last: 60, numbers: []uint32{0}}, s.newBurial())
		},
		"sealed":  func(s *shard) error { return s.values.sealAbove(0) },
		"dropped": func(s *shard) error { s.dropBefore(1000); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShard(0, grid.Grid{StepMillis: minute, Width: 60}, memseries.NewCardinality(Limits{}, nil), index.NewDictionary())
			defer s.close()
			s.series.PutPlaceholder(0)
			if err := s.values.store(0, 1, 7); err != nil {
				t.Fatal(err)
			}
			s.idleWindows(1000)
			idle := s.idleWindows(1000)
			if len(idle) != 1 {
				t.Fatalf("%d idle windows, want 1", len(idle))
			}
			if err := disturb(s); err != nil {
				t.Fatal(err)
			}
			before := s.values.byNumber[0]
			if err := s.sealIdle(idle[0], gorilla.NewEncoder(minute)); err != nil || s.values.byNumber[0] != before {
				t.Errorf("window is %T, was %T; %v", s.values.byNumber[0], before, err)
			}
		})
	}
}
