package tsdb

import (
	"math"
	"slices"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// revisions know when slots were last changed, so that whoever kept an answer can tell whether it still holds.
//
// Changes are numbered. Whoever changes slots marks them with the number before the first value changes, and ends the change
// after the last. A reader notes stable before it reads: all changes up to that number are in what it sees. An
// answer holds as long as none of its slots bears a higher number: a change that came meanwhile, of which the
// reader may have seen a part, has a higher one, and so has every change afterwards.
//
// Numbers count from the start of the process, and so do answers. 8 bytes a slot for the windows that were written since:
// 480 bytes an hour of steps of a minute.
type revisions struct {
	grid grid.Grid

	mu      sync.RWMutex // guards all below
	newest  uint64       // the number given out last
	open    []uint64     // changes that have not ended, ascending
	windows map[int64]*windowRevisions
	dropped int64 // slots up to here were dropped: nothing kept of them holds
}

// windowRevisions are the numbers of the slots of one window, and the greatest of them.
type windowRevisions struct {
	newest uint64
	slots  []uint64
}

func newRevisions(g grid.Grid) *revisions {
	return &revisions{grid: g, windows: make(map[int64]*windowRevisions), dropped: math.MinInt64}
}

// begin begins a change and returns its number, for mark and end.
func (v *revisions) begin() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.newest++
	v.open = append(v.open, v.newest)
	return v.newest
}

// mark notes that a change will be about the slots from first to last.
func (v *revisions) mark(change uint64, first, last int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for slot := first; slot <= last; slot++ {
		w := v.window(v.grid.WindowOf(slot))
		w.newest = max(w.newest, change)
		at := v.grid.Offset(slot)
		w.slots[at] = max(w.slots[at], change)
	}
}

// markWrites notes the slots of writes.
func (v *revisions) markWrites(change uint64, writes []stagedWrite) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var w *windowRevisions
	var first int64
	for i := range writes {
		slot := writes[i].slot
		if w == nil || slot < first || slot >= first+int64(v.grid.Width) {
			number := v.grid.WindowOf(slot)
			w, first = v.window(number), v.grid.FirstSlot(number)
			w.newest = max(w.newest, change)
		}
		w.slots[slot-first] = max(w.slots[slot-first], change)
	}
}

// window returns the numbers of a window. The caller holds the lock.
func (v *revisions) window(number int64) *windowRevisions {
	w := v.windows[number]
	if w == nil {
		w = &windowRevisions{slots: make([]uint64, v.grid.Width)}
		v.windows[number] = w
	}
	return w
}

// end ends a change.
func (v *revisions) end(change uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if at, found := slices.BinarySearch(v.open, change); found {
		v.open = slices.Delete(v.open, at, at+1)
	}
}

// drop notes that the values of all slots up to last are gone or about to go.
func (v *revisions) drop(last int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.dropped = max(v.dropped, last)
	for number := range v.windows {
		if v.grid.LastSlot(number) <= v.dropped {
			delete(v.windows, number)
		}
	}
}

// stable returns the number up to which all changes have ended.
func (v *revisions) stable() uint64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if len(v.open) > 0 {
		return v.open[0] - 1
	}
	return v.newest
}

// hold reports whether what was read when stable was at a number still holds for the slots from first to last.
func (v *revisions) hold(stable uint64, first, last int64) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if first <= v.dropped {
		return false
	}
	for number := v.grid.WindowOf(first); number <= v.grid.WindowOf(last); number++ {
		w := v.windows[number]
		if w == nil || w.newest <= stable {
			continue
		}
		begin := v.grid.FirstSlot(number)
		for slot := max(first, begin); slot <= min(last, v.grid.LastSlot(number)); slot++ {
			if w.slots[slot-begin] > stable {
				return false
			}
		}
	}
	return true
}

// droppedUpTo returns the last slot that was dropped.
func (v *revisions) droppedUpTo() int64 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.dropped
}
