package tsdb

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
)

// TestOpenWindowRows writes slots of rows in any order, clears them, drops rows and gives them to others: each series
// has its values and no others'.
func TestOpenWindowRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.SampledFrom([]int{1, 15, 16, 17, 60, 360}).Draw(t, "width")
		var memory offheap.Arena
		w := newOpenWindow(grid.Grid{StepMillis: minute, Width: width}, 3, &memory)
		want := make(map[uint32][]float64)
		scratch := make([]float64, width)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			series := rapid.Uint32Range(0, 150).Draw(t, "series")
			row, ok := w.rows.row(series)
			if _, has := want[series]; has != ok {
				t.Fatalf("series %d has a row: %t, want %t", series, ok, has)
			}
			switch action := rapid.IntRange(0, 5).Draw(t, "action"); {
			case !ok:
				w.addRow(series)
				want[series] = slices.Repeat([]float64{nan}, width)
			case action == 0:
				w.dropRow(series)
				delete(want, series)
			default:
				slot, v := rapid.IntRange(0, width-1).Draw(t, "slot"), float64(rapid.IntRange(0, 9).Draw(t, "value"))
				if v == 0 {
					v = nan
				}
				w.set(row, slot, v)
				want[series][slot] = v
				if got := w.at(row, slot); !sameBits(got, v) {
					t.Fatalf("slot %d is %v, want %v", slot, got, v)
				}
			}
		}
		for series, values := range want {
			if got, err := w.slots(series, scratch); err != nil || !slices.EqualFunc(got, values, sameBits) {
				t.Fatalf("series %d: %v, want %v", series, got, values)
			}
		}
		if got, st := w.sizeBytes(), memory.Stats(); got > st.PieceBytes {
			t.Fatalf("%d bytes, of %+v", got, st)
		}
		w.free()
		if st := memory.Stats(); st != (offheap.Stats{}) {
			t.Fatalf("after free: %+v", st)
		}
	})
}

func sameBits(a, b float64) bool { return a == b || a != a && b != b }

// TestStripsComeWithTheirTime: a window that has just begun takes the memory of its first slots.
func TestStripsComeWithTheirTime(t *testing.T) {
	var memory offheap.Arena
	defer memory.FreeAll()
	w := newOpenWindow(grid.Grid{StepMillis: minute, Width: 60}, 3, &memory)
	row := w.addRow(7)
	empty := w.sizeBytes()
	for _, step := range []struct {
		slot  int
		value float64
		want  int // bytes of values
	}{
		{0, nan, 0},
		{0, 1, pageRows * 16 * 8},
		{15, 1, pageRows * 16 * 8},
		{59, nan, pageRows * 16 * 8},
		{59, 1, pageRows * (16 + 12) * 8},
	} {
		w.set(row, step.slot, step.value)
		if got := w.sizeBytes() - empty; got != step.want {
			t.Errorf("slot %d = %v: %d bytes, want %d", step.slot, step.value, got, step.want)
		}
	}
}
