package grid

import "time"

// A Grid is the arithmetic of time: slots of one step, windows of width slots. Slot k is the
// interval ((k-1)·step, k·step]; window w is the slots w·width+1 … (w+1)·width, so that a time
// exactly on a window's edge belongs to the window that ends there (storage layout of Atlas).
type Grid struct {
	StepMillis int64 // length of a slot
	Width      int   // slots per window
}

// Step returns the length of a slot.
func (g Grid) Step() time.Duration { return time.Duration(g.StepMillis) * time.Millisecond }

// SlotAt returns the slot whose time is t, a multiple of the step.
func (g Grid) SlotAt(t int64) int64 { return t / g.StepMillis }

// TimeOf returns the end of a slot, the time that its value carries.
func (g Grid) TimeOf(slot int64) int64 { return slot * g.StepMillis }

// WindowOf returns the window that holds a slot.
func (g Grid) WindowOf(slot int64) int64 { return FloorDiv(slot-1, int64(g.Width)) }

// FirstSlot and LastSlot bound a window, both inclusive.
func (g Grid) FirstSlot(window int64) int64 { return window*int64(g.Width) + 1 }
func (g Grid) LastSlot(window int64) int64  { return (window + 1) * int64(g.Width) }

// Bounds returns the times between which a window lies.
func (g Grid) Bounds(window int64) (from, to time.Time) {
	last := g.LastSlot(window)
	return time.UnixMilli(g.TimeOf(last - int64(g.Width))).UTC(), time.UnixMilli(g.TimeOf(last)).UTC()
}

// Offset returns the place of a slot in its window, 0 … width-1.
func (g Grid) Offset(slot int64) int {
	return int(slot - g.FirstSlot(g.WindowOf(slot)))
}

// SlotBefore returns the last slot that ends at or before t.
func (g Grid) SlotBefore(t time.Time) int64 { return FloorDiv(t.UnixMilli(), g.StepMillis) }

// CeilDiv returns a / b rounded up, for positive b.
func CeilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// FloorDiv returns a / b rounded down, for positive b.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
