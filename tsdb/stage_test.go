package tsdb

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// TestSortByWindow: writes to many windows are put together by window, and those to one window stay in their order.
func TestSortByWindow(t *testing.T) {
	g := grid.Grid{StepMillis: 60_000, Width: 4}
	rapid.Check(t, func(t *rapid.T) {
		var st staging
		for i := range rapid.IntRange(0, 50).Draw(t, "writes") {
			st.writes = append(st.writes, stagedWrite{slot: rapid.Int64Range(-9, 30).Draw(t, "slot"), value: float64(i)})
		}
		before := slices.Clone(st.writes)
		st.sortByWindow(g)
		slices.SortStableFunc(before, func(a, b stagedWrite) int { return int(g.WindowOf(a.slot) - g.WindowOf(b.slot)) })
		first, last := 0, len(before)-1
		if last >= 0 && before[last].slot-before[first].slot >= 3*4 && !slices.Equal(st.writes, before) {
			t.Fatalf("%v, want %v", st.writes, before)
		}
		slices.SortStableFunc(st.writes, func(a, b stagedWrite) int { return int(g.WindowOf(a.slot) - g.WindowOf(b.slot)) })
		if !slices.Equal(st.writes, before) {
			t.Fatalf("the order within a window has changed: %v, want %v", st.writes, before)
		}
	})
}
