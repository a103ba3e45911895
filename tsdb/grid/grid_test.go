package grid

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestWindows holds slots and windows together, before the epoch as behind it.
func TestWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{StepMillis: rapid.Int64Range(1, 3_600_000).Draw(t, "step"), Width: rapid.IntRange(1, 360).Draw(t, "width")}
		slot := rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "slot")
		window := g.WindowOf(slot)
		first, last := g.FirstSlot(window), g.LastSlot(window)
		if slot < first || slot > last || last-first+1 != int64(g.Width) {
			t.Fatalf("slot %d is in window %d, which has %d to %d", slot, window, first, last)
		}
		if got := g.Offset(slot); first+int64(got) != slot {
			t.Fatalf("slot %d is at %d of a window from %d on", slot, got, first)
		}
		if g.SlotAt(g.TimeOf(slot)) != slot {
			t.Fatalf("the time of slot %d is in slot %d", slot, g.SlotAt(g.TimeOf(slot)))
		}
		if from, to := g.Bounds(window); to.Sub(from) != time.Duration(g.Width)*time.Duration(g.StepMillis)*time.Millisecond {
			t.Fatalf("window %d lasts from %s to %s", window, from, to)
		}
	})
}

// TestEdges says to which side a time on an edge belongs.
func TestEdges(t *testing.T) {
	g := Grid{StepMillis: 60_000, Width: 60}
	hour := time.UnixMilli(3_600_000)
	for _, test := range []struct {
		at           time.Time
		slot, window int64
	}{
		{hour, 60, 0},
		{hour.Add(time.Millisecond), 60, 0},
		{hour.Add(time.Minute), 61, 1},
		{time.UnixMilli(0), 0, -1},
		{time.UnixMilli(-1), -1, -1},
	} {
		slot := g.SlotBefore(test.at)
		if window := g.WindowOf(slot); slot != test.slot || window != test.window {
			t.Errorf("%s: slot %d of window %d, want %d of %d", test.at.UTC(), slot, window, test.slot, test.window)
		}
	}
}

func TestDivision(t *testing.T) {
	for _, test := range []struct{ a, b, floor, ceil int64 }{
		{0, 3, 0, 0}, {1, 3, 0, 1}, {3, 3, 1, 1}, {4, 3, 1, 2}, {-1, 3, -1, 0}, {-3, 3, -1, -1}, {-4, 3, -2, -1},
	} {
		if floor, ceil := FloorDiv(test.a, test.b), CeilDiv(test.a, test.b); floor != test.floor || ceil != test.ceil {
			t.Errorf("%d/%d: %d and %d, want %d and %d", test.a, test.b, floor, ceil, test.floor, test.ceil)
		}
	}
}
