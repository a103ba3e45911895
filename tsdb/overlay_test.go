package tsdb

import (
	"log/slog"
	"math"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// TestOverlay writes late over a window that is in a file, clears and deletes values there, seals, folds in, and forgets
// series in between: the window has what a plain map has, and the counts of windows are those of the series in memory.
func TestOverlay(t *testing.T) {
	const series = 9
	g := grid.Grid{StepMillis: 60_000, Width: 4}
	rapid.Check(t, func(rt *rapid.T) {
		s := newShard(0, g, memseries.NewCardinality(Limits{}, time.Now), index.NewDictionary())
		defer s.close()
		dir := &blockDir{fsys: vfstest.NewMemory(), path: "/blocks", grid: g, logger: slog.New(slog.DiscardHandler), files: make(map[int64]*windowFile)}
		if err := dir.fsys.MkdirAll(dir.path); err != nil {
			rt.Fatal(err)
		}
		u := &maintenance{grid: g, shards: []*shard{s}, blocks: dir, committing: new(sync.Mutex)}
		defer dir.close()
		want := map[uint32][]float64{}
		for i := range uint32(series) {
			tags := tag.New("name", string(rune('a'+i)))
			if err := s.series.Admit(tags); err != nil {
				rt.Fatal(err)
			}
			s.series.Table.Define(memseries.NewSeries(memseries.Canonical(tags.AppendCanonical(nil)), tags))
			want[i] = []float64{nan, nan, nan, nan}
		}
		for sequence := range rapid.IntRange(1, 12).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 6).Draw(rt, "writes") {
				number := rapid.Uint32Range(0, series-1).Draw(rt, "series")
				slot := rapid.Int64Range(1, 4).Draw(rt, "slot")
				value := float64(sequence)
				if rapid.IntRange(0, 2).Draw(rt, "clear") == 0 {
					value = nan
				}
				if s.series.Get(number) == nil {
					s.values.knowFromFiles(number)
				}
				if s.series.Get(number) == nil {
					continue
				}
				if err := s.values.store(number, slot, value); err != nil {
					rt.Fatal(err)
				}
				want[number][slot-1] = value
			}
			switch rapid.IntRange(0, 6).Draw(rt, "then") {
			case 0:
				if err := s.values.sealAbove(0); err != nil {
					rt.Fatal(err)
				}
			case 1:
				if len(s.values.byNumber) == 0 {
					break
				}
				if err := u.fileWindow(0, 1<<32+1, time.Unix(0, 0)); err != nil {
					rt.Fatal(err)
				}
			case 2:
				for _, w := range s.takeFiledBefore(5, dir.files) {
					s.leaveTaken(w)
				}
			case 3, 4:
				first := rapid.Int64Range(1, 4).Draw(rt, "first")
				stone := tombstone{first: first, last: rapid.Int64Range(first, 4).Draw(rt, "last")}
				for number := range uint32(series) {
					if rapid.IntRange(0, 2).Draw(rt, "delete") == 0 {
						stone.numbers = append(stone.numbers, number)
						for slot := stone.first; slot <= stone.last; slot++ {
							want[number][slot-1] = nan
						}
					}
				}
				if err := s.bury(0, stone, s.newBurial()); err != nil {
					rt.Fatal(err)
				}
			case 5:
				u.evict(0)
				u.evict(refSteps)
			}
			checkOverlay(rt, s, want)
		}
	})
}

func checkOverlay(t *rapid.T, s *shard, want map[uint32][]float64) {
	t.Helper()
	w := s.values.byNumber[0]
	visited := map[uint32]bool{}
	inMemory := map[uint32]bool{}
	if w != nil {
		w.series(func(number uint32) { visited[number] = true })
		if part := memoryPart(w); part != nil {
			part.series(func(number uint32) { inMemory[number] = true })
		}
	}
	for number, values := range want {
		var got []float64
		if w != nil {
			var err error
			if got, err = w.slots(number, make([]float64, 4)); err != nil {
				t.Fatal(err)
			}
			if w.holds(number) != (got != nil) || visited[number] != (got != nil) {
				t.Fatalf("series %d: held %t, visited %t, values %v in %T", number, w.holds(number), visited[number], got, w)
			}
		}
		for i, v := range values {
			if v == v && (got == nil || got[i] != v) || v != v && got != nil && !math.IsNaN(got[i]) {
				t.Fatalf("series %d: %v in %T, want %v", number, got, w, values)
			}
		}
		entry := s.series.Get(number)
		if counted := entry != nil && entry.Windows() == 1; counted != inMemory[number] {
			t.Fatalf("series %d: counted %t, in memory %t, in %T", number, counted, inMemory[number], w)
		}
	}
	if s.series.Index.Len() != len(inMemory) {
		t.Fatalf("the index has %d series, %d are in memory", s.series.Index.Len(), len(inMemory))
	}
}

// TestRefSlots: a Ref outlives a pause of some seconds, however short the step is.
func TestRefSlots(t *testing.T) {
	for step, want := range map[int64]int64{100: 600, 1000: 60, 5000: 60, 60_000: 60} {
		if got := refSlots(grid.Grid{StepMillis: step, Width: 60}); got != want {
			t.Errorf("at a step of %d ms %d slots, want %d", step, got, want)
		}
	}
}
