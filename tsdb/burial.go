package tsdb

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
)

// A burial applies tombstones to the windows of a shard, one by one.
type burial struct {
	numbers  []uint32      // of the tombstone at hand
	from, to int           // the slots of the window at hand, from ≤ offset < to
	touched  memseries.Set // the series that had something there, so far
	scratch  []float64     // as long as a window
	encoder  *gorilla.Encoder
}

func (s *shard) newBurial() *burial {
	return &burial{scratch: make([]float64, s.grid.Width), encoder: s.values.encoder}
}

// coveredBy returns the windows of which t covers something.
func (s *shard) coveredBy(t tombstone) []int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(s.values.order), func(window int64) bool { return !t.covers(s.grid, window) })
}

// buryAll hides what t covers in some windows. It takes the lock for one at a time. A window with damaged blocks makes an
// error; the others are done all the same.
func (s *shard) buryAll(windows []int64, t tombstone, b *burial) error {
	var errs []error
	for _, window := range windows {
		s.mu.Lock()
		if err := s.bury(window, t, b); err != nil {
			errs = append(errs, fmt.Errorf("shard %d: %w", s.number, err))
		}
		s.mu.Unlock()
	}
	return errors.Join(errs...)
}

// bury hides in one window of which t covers something, if it is still there. The series that have nothing left in it leave
// it. After blockfile.ErrDamaged it is done as well: whose block is damaged has nothing in the window any more, for nobody
// knows what would be left of it. The caller holds the lock.
func (s *shard) bury(window int64, t tombstone, b *burial) error {
	before := s.values.byNumber[window]
	if before == nil {
		return nil
	}
	var counted []uint32
	for _, number := range t.numbers {
		if holdsInMemory(before, number) {
			counted = append(counted, number)
		}
	}
	first, last := s.grid.FirstSlot(window), s.grid.LastSlot(window)
	b.numbers, b.from, b.to = t.numbers, int(max(t.first, first)-first), int(min(t.last, last)-first)+1
	since, unfiled := unfiledSince(before) // after may be the same window, where nothing is hidden that was not
	after, hidden, err := b.applyTo(before)
	if err != nil && !errors.Is(err, blockfile.ErrDamaged) {
		return err
	}
	if open, ok := after.(*openWindow); ok && len(hidden) > 0 {
		s.values.writes++
		open.lastWrite = s.values.writes // whoever is sealing it begins again
	}
	if over, ok := after.(*tombstonedWindow); ok {
		if over.since = s.values.logAt; unfiled {
			over.since = since
		}
	}
	s.values.byNumber[window] = after
	s.values.moves++
	for _, number := range hidden {
		b.touched.Add(number)
	}
	s.values.leaveFor(after, counted)
	return err
}

// applyTo returns a window without what b covers, and the series of which that was something. An open window is changed,
// others are replaced, or stay where there was nothing. After an error but blockfile.ErrDamaged nothing has changed.
func (b *burial) applyTo(w window) (after window, hidden []uint32, err error) {
	if w, ok := w.(*openWindow); ok {
		hidden, err = b.applyOpen(w)
		return w, hidden, err
	}
	return b.applySealed(w.(baseWindow), b.numbers)
}

// applyOpen clears rows. A row that has nothing left goes, and what lay under it is hidden with it; of a series without a
// row the base is what counts.
func (b *burial) applyOpen(w *openWindow) (hidden []uint32, err error) {
	var below, emptied []uint32
	for _, number := range b.numbers {
		row, ok := w.rows.row(number)
		if !ok {
			below = append(below, number)
			continue
		}
		switch values := w.read(row, b.scratch); {
		case vector.AllNaN(values[b.from:b.to]):
		case vector.AllNaN(values[:b.from]) && vector.AllNaN(values[b.to:]):
			emptied = append(emptied, number)
			hidden = append(hidden, number)
		default:
			hidden = append(hidden, number)
		}
	}
	var hiddenBelow []uint32
	if w.base != nil {
		w.base, hiddenBelow, err = b.applySealed(w.base, below)
		if err != nil && !errors.Is(err, blockfile.ErrDamaged) {
			return nil, err
		}
		w.base = hideAll(w.base, emptied)
	}
	for _, number := range hidden {
		row, _ := w.rows.row(number)
		w.clear(row, b.from, b.to)
	}
	for _, number := range emptied {
		w.dropRow(number)
	}
	return append(hidden, hiddenBelow...), err
}

// applySealed is applyTo for the series with these numbers in a window that is not open.
func (b *burial) applySealed(w baseWindow, numbers []uint32) (after baseWindow, hidden []uint32, err error) {
	var over *tombstonedWindow
	var damage error
	for _, number := range numbers {
		if !w.holds(number) {
			continue
		}
		left, any, err := b.cutBlock(w, number)
		switch {
		case errors.Is(err, blockfile.ErrDamaged):
			left, any, damage = nil, true, err
		case err != nil:
			return w, nil, err
		}
		if !any {
			continue
		}
		if over == nil {
			over = newTombstonedWindow(w)
		}
		hidden = append(hidden, number)
		over.hide(number, left)
	}
	if over == nil {
		return w, nil, nil
	}
	return over, hidden, damage
}

// cutBlock returns the block of a series without what b covers, nil if nothing is left, and whether b covers any value. All of
// a window need not be looked at.
func (b *burial) cutBlock(w baseWindow, series uint32) (left []byte, any bool, err error) {
	if b.to-b.from == len(b.scratch) {
		return nil, true, nil
	}
	values, err := w.slots(series, b.scratch)
	if err != nil {
		return nil, false, err
	}
	copy(b.scratch, values)
	if vector.AllNaN(b.scratch[b.from:b.to]) {
		return nil, false, nil
	}
	vector.FillNaN(b.scratch[b.from:b.to])
	if vector.AllNaN(b.scratch) {
		return nil, true, nil
	}
	return b.encoder.AppendBlock(nil, b.scratch), true, nil
}

// hideAll returns a window without the series with these numbers.
func hideAll(w baseWindow, numbers []uint32) baseWindow {
	if len(numbers) == 0 {
		return w
	}
	over := newTombstonedWindow(w)
	for _, number := range numbers {
		over.hide(number, nil)
	}
	return over
}

// newTombstonedWindow returns a window that hides of base what that hides already.
func newTombstonedWindow(base baseWindow) *tombstonedWindow {
	if old, ok := base.(*tombstonedWindow); ok {
		return &tombstonedWindow{base: old.base, hidden: slices.Clone(old.hidden), left: maps.Clone(old.left), since: old.since}
	}
	return &tombstonedWindow{base: base, left: make(map[uint32][]byte)}
}

// hide puts what is left of a series in the place of what the base has of it.
func (w *tombstonedWindow) hide(series uint32, left []byte) {
	w.hidden.Add(series)
	if left == nil {
		delete(w.left, series)
	} else {
		w.left[series] = left
	}
}
