package tsdb

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// sealAll seals the open windows of a shard and returns the first sealed window.
func sealAll(t *rapid.T, s *shard) *sealedWindow {
	t.Helper()
	if err := s.values.sealAbove(0); err != nil {
		t.Fatal(err)
	}
	return s.values.byNumber[0].(*sealedWindow)
}

// TestLateWritesGiveTheSameBytes writes the same slots in order, and in any order with seals between: the sealed
// window is the same to the last byte.
func TestLateWritesGiveTheSameBytes(t *testing.T) {
	const series = 9
	g := grid.Grid{StepMillis: 60_000, Width: 20}
	newFilled := func() *shard {
		s := newShard(0, g, memseries.NewCardinality(Limits{}, nil), index.NewDictionary())
		for i := range series {
			tags := tag.New("name", string(rune('a'+i)))
			s.series.Table.Define(memseries.NewSeries(memseries.Canonical(tags.AppendCanonical(nil)), tags))
		}
		return s
	}
	type write struct {
		series uint32
		slot   int64
		value  float64
	}
	rapid.Check(t, func(t *rapid.T) {
		var writes []write
		for number := range uint32(series) {
			for slot := int64(1); slot <= int64(g.Width); slot++ {
				if rapid.IntRange(0, 2).Draw(t, "gap") > 0 {
					writes = append(writes, write{number, slot, float64(rapid.IntRange(-5, 600).Draw(t, "value")) / 60})
				}
			}
		}
		ordered, late := newFilled(), newFilled()
		defer ordered.close()
		defer late.close()
		store := func(s *shard, w write) {
			if err := s.values.store(w.series, w.slot, w.value); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortStableFunc(writes, func(a, b write) int { return int(a.slot - b.slot) })
		for _, w := range writes {
			store(ordered, w)
		}
		for _, w := range rapid.Permutation(writes).Draw(t, "order") {
			if rapid.IntRange(0, 3).Draw(t, "odd") == 0 { // a value that is overwritten or cleared
				store(late, write{w.series, w.slot, 7})
				if rapid.Bool().Draw(t, "clear") {
					store(late, write{w.series, w.slot, nan})
				}
			}
			store(late, w)
			if rapid.IntRange(0, 9).Draw(t, "seal") == 0 {
				sealAll(t, late)
			}
		}
		if len(writes) == 0 {
			return
		}
		got, want := sealAll(t, late), sealAll(t, ordered)
		if !bytes.Equal(got.arena, want.arena) || !slices.Equal(got.top, want.top) || !slices.Equal(got.table, want.table) {
			t.Fatalf("windows differ:\n%x %v\n%x %v", got.arena, got.table, want.arena, want.table)
		}
		for number := range uint32(series) {
			if a, b := late.series.Get(number).Windows(), ordered.series.Get(number).Windows(); a != b {
				t.Fatalf("series %d is in %d windows, want %d", number, a, b)
			}
		}
	})
}

// TestClearedSeriesLeaves clears all values of a series over a sealed window: it is gone from window and index.
func TestClearedSeriesLeaves(t *testing.T) {
	s := newShard(0, grid.Grid{StepMillis: 60_000, Width: 4}, memseries.NewCardinality(Limits{}, nil), index.NewDictionary())
	defer s.close()
	for i := range 3 {
		tags := tag.New("name", string(rune('a'+i)))
		s.series.Table.Define(memseries.NewSeries(memseries.Canonical(tags.AppendCanonical(nil)), tags))
		if err := s.values.store(uint32(i), 2, 1); err != nil {
			t.Fatal(err)
		}
	}
	for _, value := range []float64{nan, nan} {
		if err := s.values.sealAbove(0); err != nil {
			t.Fatal(err)
		}
		if err := s.values.store(1, 2, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.values.sealAbove(0); err != nil {
		t.Fatal(err)
	}
	if w := s.values.byNumber[0]; w.holds(1) || !w.holds(0) || !w.holds(2) || s.series.Index.Len() != 2 {
		t.Errorf("series 1 is held: %t, the index has %d series, want 2", w.holds(1), s.series.Index.Len())
	}
}

// TestDamagedBase: a block that does not decode is an error of the write and of the question, and the window goes on.
func TestDamagedBase(t *testing.T) {
	s := newShard(0, grid.Grid{StepMillis: 60_000, Width: 4}, memseries.NewCardinality(Limits{}, nil), index.NewDictionary())
	defer s.close()
	tags := tag.New("name", "a")
	s.series.Table.Define(memseries.NewSeries(memseries.Canonical(tags.AppendCanonical(nil)), tags))
	damaged := newSealedBuilder(&sealedWindow{width: 4, memory: s.values.memory})
	if err := damaged.add(0, []byte{1, 0}); err != nil {
		t.Fatal(err)
	}
	s.values.addWindow(0, damaged.finish())
	s.values.encoder = gorilla.NewEncoder(60_000)
	if err := s.values.store(0, 1, 5); err == nil {
		t.Error("a write over a damaged block succeeded")
	}
	if _, err := s.values.value(0, 1); err != nil {
		t.Errorf("the row that stands in for it: %v", err)
	}
}
