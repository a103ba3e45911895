package tsdb

import (
	"errors"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// maxOpenWindows is how many windows of a shard take writes without being encoded again: the current
// one and its predecessor, into which normalisation emits and stragglers fall.
const maxOpenWindows = 2

// A windowSet is the windows of a shard: where values are written, sealed, read and dropped. It tells the catalog which
// series have values in memory. The lock of the shard guards it.
type windowSet struct {
	shard  int // its number
	grid   grid.Grid
	series *memseries.Catalog

	byNumber map[int64]window // nil: the DB is closed
	memory   *offheap.Arena   // of the windows' values
	// recent is the open window that was written last, or nil: most writes go where the last one went.
	recent *openWindow
	order  []int64 // the keys of byNumber, ascending
	// moves counts the windows that were taken away or went to other files.
	moves uint64
	// logAt is a position of the log that lies before what is written from now on.
	logAt  wal.Position
	writes uint64 // counts applied writes; tells which open window was written last

	scratch []float64        // takes the slots of a sealed block
	encoder *gorilla.Encoder // scratch of sealing
}

func newWindowSet(shard int, g grid.Grid, series *memseries.Catalog) *windowSet {
	return &windowSet{
		shard:    shard,
		grid:     g,
		series:   series,
		byNumber: make(map[int64]window),
		memory:   new(offheap.Arena),
		scratch:  make([]float64, g.Width),
		encoder:  gorilla.NewEncoder(g.StepMillis),
	}
}

// value returns what is stored in a slot, NaN for nothing. Only the committer calls it.
func (v *windowSet) value(number uint32, slot int64) (float64, error) {
	if w := v.recent; w != nil && slot >= w.firstSlot && slot < w.firstSlot+int64(w.width) {
		if row, ok := w.rows.row(number); ok {
			return w.at(row, int(slot-w.firstSlot)), nil
		}
	}
	w := v.byNumber[v.grid.WindowOf(slot)]
	if w == nil {
		return nan, nil
	}
	values, err := w.slots(number, v.scratch)
	if err != nil || values == nil {
		return nan, err
	}
	return values[v.grid.Offset(slot)], nil
}

// store writes a slot. The caller holds the lock.
func (v *windowSet) store(number uint32, slot int64, value float64) error {
	return v.storeRun(slot, []uint32{number}, []float64{value})
}

// storeRun writes one slot of several series, in their order. The caller holds the lock.
func (v *windowSet) storeRun(slot int64, numbers []uint32, values []float64) error {
	w := v.recent
	if w == nil || slot < w.firstSlot || slot >= w.firstSlot+int64(w.width) {
		var err error
		if w, err = v.openWindow(v.grid.WindowOf(slot)); err != nil {
			return err
		}
		v.recent = w
	}
	offset := int(slot - w.firstSlot)
	for i, number := range numbers {
		row, ok := w.rows.row(number)
		if !ok {
			var err error
			if row, ok, err = v.beginRow(w, number, values[i]); err != nil {
				return err
			}
			if !ok {
				continue
			}
		}
		w.set(row, offset, values[i])
		v.writes++
		w.lastWrite = v.writes
	}
	return nil
}

// beginRow gives a series a row in a window where it has none, because a value is to be written, unless that takes no
// row. Of what is damaged in a file nothing is in the row: it is missing from then on, for Maintain sets the file aside, and
// the value must not go with it.
func (v *windowSet) beginRow(w *openWindow, number uint32, value float64) (row int, ok bool, err error) {
	switch {
	case w.base != nil && w.base.holds(number):
		counted := holdsInMemory(w.base, number)
		row, err = w.rowOver(number, v.scratch)
		if errors.Is(err, blockfile.ErrDamaged) {
			err = nil
		}
		if !counted {
			v.series.EnterWindow(number) // it has a row, whatever became of the values below
		}
		return row, true, err
	case value != value:
		return 0, false, nil // nothing stays nothing
	}
	row = w.addRow(number)
	v.series.EnterWindow(number)
	return row, true, nil
}

// openWindow returns window number ready for writing: as it is, new, or over its sealed form.
func (v *windowSet) openWindow(number int64) (*openWindow, error) {
	old, exists := v.byNumber[number]
	if w, ok := old.(*openWindow); ok {
		return w, nil
	}
	if err := v.sealAbove(maxOpenWindows - 1); err != nil {
		return nil, err
	}
	w := newOpenWindow(v.grid, number, v.memory)
	w.since = v.logAt
	if exists {
		w.base = old.(baseWindow)
		if since, unfiled := unfiledSince(old); unfiled {
			w.since = since
		}
	}
	v.addWindow(number, w)
	return w, nil
}

// sealAbove seals the least recently written open windows, the earliest of those never written, until at most n are left.
func (v *windowSet) sealAbove(n int) error {
	for {
		var oldest *openWindow
		open := 0
		for _, number := range v.order {
			if w, ok := v.byNumber[number].(*openWindow); ok {
				open++
				if oldest == nil || w.lastWrite < oldest.lastWrite {
					oldest = w
				}
			}
		}
		if open <= n {
			return nil
		}
		if err := v.seal(oldest); err != nil {
			return err
		}
	}
}

// seal replaces an open window by its sealed form. An error is one of its base; the window stays open then.
func (v *windowSet) seal(w *openWindow) error {
	if err := v.liftLeft(w); err != nil {
		return err
	}
	rows, err := w.seal(v.encoder)
	if err != nil {
		return err
	}
	v.replace(w, rows)
	return nil
}

// replace puts the sealed form of an open window in its place; rows is what is in memory of it.
func (v *windowSet) replace(w *openWindow, rows *sealedWindow) {
	var sealed baseWindow = rows
	if filePart(w) != nil {
		sealed = newOverlay(w, rows)
	}
	v.recent = nil
	v.leaveFor(sealed, countedIn(w)) // those that have been cleared
	v.byNumber[w.number] = sealed
	w.free()
}

// takeBefore takes away the windows that end before slot. Their series have yet to leave.
func (v *windowSet) takeBefore(slot int64) (taken []window) {
	for _, number := range v.order {
		if v.grid.LastSlot(number) >= slot {
			break
		}
		taken = append(taken, v.byNumber[number])
		delete(v.byNumber, number)
	}
	v.moves++
	v.recent = nil
	v.order = slices.Delete(v.order, 0, len(taken))
	return taken
}

// addWindow puts a window in its place.
func (v *windowSet) addWindow(number int64, w window) {
	if _, exists := v.byNumber[number]; !exists {
		at, _ := slices.BinarySearch(v.order, number)
		v.order = slices.Insert(v.order, at, number)
	}
	v.byNumber[number] = w
}

// takeWindow takes away a window, whose series have yet to leave it.
func (v *windowSet) takeWindow(number int64) window {
	taken := v.byNumber[number]
	v.moves++
	delete(v.byNumber, number)
	v.recent = nil
	if at, found := slices.BinarySearch(v.order, number); found {
		v.order = slices.Delete(v.order, at, at+1)
	}
	return taken
}

// leaveFor takes the series for which a window counted out of it, but for those for which what comes in its place
// counts, too. The caller holds the lock.
func (v *windowSet) leaveFor(after window, counted []uint32) {
	v.series.LeaveWindow(slices.DeleteFunc(counted, func(number uint32) bool { return holdsInMemory(after, number) }))
}

// leaveAtOnce bounds how many series leave a window while readers and writers wait: a millisecond or two.
const leaveAtOnce = 512
