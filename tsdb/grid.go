package tsdb

import "time"

// A grid is the arithmetic of time: slots of one step, windows of width slots. Slot k is the
// interval ((k-1)·step, k·step]; window w is the slots w·width+1 … (w+1)·width, so that a time
// exactly on a window's edge belongs to the window that ends there (storage layout of Atlas).
type grid struct {
	step  int64 // milliseconds
	width int   // slots per window
}

// slotAt returns the slot whose time is t, a multiple of the step.
func (g grid) slotAt(t int64) int64 { return t / g.step }

// timeOf returns the end of a slot, the time that its value carries.
func (g grid) timeOf(slot int64) int64 { return slot * g.step }

// windowOf returns the window that holds a slot.
func (g grid) windowOf(slot int64) int64 { return floorDiv(slot-1, int64(g.width)) }

// firstSlot and lastSlot bound a window, both inclusive.
func (g grid) firstSlot(window int64) int64 { return window*int64(g.width) + 1 }
func (g grid) lastSlot(window int64) int64  { return (window + 1) * int64(g.width) }

// bounds returns the times between which a window lies.
func (g grid) bounds(window int64) (from, to time.Time) {
	last := g.lastSlot(window)
	return time.UnixMilli(g.timeOf(last - int64(g.width))).UTC(), time.UnixMilli(g.timeOf(last)).UTC()
}

// offset returns the place of a slot in its window, 0 … width-1.
func (g grid) offset(slot int64) int {
	return int(slot - g.firstSlot(g.windowOf(slot)))
}

// slotBefore returns the last slot that ends at or before t.
func (g grid) slotBefore(t time.Time) int64 { return floorDiv(t.UnixMilli(), g.step) }

// ceilDiv returns a / b rounded up, for positive b.
func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// floorDiv returns a / b rounded down, for positive b.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
