package tsdb

import "slices"

// An overlayWindow is what was written late over a window that is in a file, sealed. Folding it in is writing a new
// file: the memory that a late value takes does not grow with what the file holds.
type overlayWindow struct {
	rows *sealedWindow // the series that stand in for those of the file, or are not there
	// cleared are series of the file that have no values any more, ascending.
	cleared []uint32
	base    *filedWindow
}

// newOverlay returns the sealed form of an open window over a file; rows is what is in memory of it.
func newOverlay(w *openWindow, rows *sealedWindow) *overlayWindow {
	sealed := &overlayWindow{rows: rows, base: filePart(w)}
	clearIn := func(number uint32) {
		if !rows.holds(number) && sealed.base.holds(number) {
			sealed.cleared = append(sealed.cleared, number)
		}
	}
	memoryPart(w).series(clearIn)
	below := w.base
	if t, ok := below.(*tombstonedWindow); ok {
		t.hidden.Each(clearIn)
		below = t.base
	}
	if o, ok := below.(*overlayWindow); ok {
		for _, number := range o.cleared {
			clearIn(number)
		}
	}
	slices.Sort(sealed.cleared)
	sealed.cleared = slices.Compact(sealed.cleared)
	return sealed
}

// liftLeft gives the series rows of which tombstones left something of what a file has: it is in memory then like
// what is written over a file.
func (v *windowSet) liftLeft(w *openWindow) error {
	below, ok := w.base.(*tombstonedWindow)
	if !ok || filePart(below) == nil {
		return nil
	}
	for number := range below.left {
		if _, has := w.rows.row(number); has || holdsInMemory(below, number) {
			continue
		}
		if v.series.Get(number) == nil && !v.knowFromFiles(number) {
			v.series.PutPlaceholder(number)
		}
		if _, _, err := v.beginRow(w, number, nan); err != nil {
			return err
		}
	}
	return nil
}

func (w *overlayWindow) isCleared(series uint32) bool {
	_, found := slices.BinarySearch(w.cleared, series)
	return found
}

// of returns the part of w that has the values of a series, nil where it has none.
func (w *overlayWindow) of(series uint32) baseWindow {
	switch {
	case w.rows.holds(series):
		return w.rows
	case w.isCleared(series):
		return nil
	}
	return w.base
}

func (w *overlayWindow) slots(series uint32, scratch []float64) ([]float64, error) {
	if part := w.of(series); part != nil {
		return part.slots(series, scratch)
	}
	return nil, nil
}

func (w *overlayWindow) addInto(sum, scratch []float64, series uint32) (int, error) {
	if part := w.of(series); part != nil {
		return part.addInto(sum, scratch, series)
	}
	return 0, nil
}

func (w *overlayWindow) prefetch(series uint32, from, to int) byte {
	return w.rows.prefetch(series, from, to)
}

func (w *overlayWindow) holds(series uint32) bool {
	part := w.of(series)
	return part != nil && part.holds(series)
}

func (w *overlayWindow) series(visit func(uint32)) {
	var above []uint32
	w.rows.series(func(number uint32) { above = append(above, number) })
	w.base.series(func(number uint32) {
		for len(above) > 0 && above[0] < number {
			visit(above[0])
			above = above[1:]
		}
		if len(above) > 0 && above[0] == number {
			above = above[1:]
		} else if w.isCleared(number) {
			return
		}
		visit(number)
	})
	for _, number := range above {
		visit(number)
	}
}

func (w *overlayWindow) sizeBytes() int { return w.rows.sizeBytes() + 4*len(w.cleared) }

func (w *overlayWindow) free() { w.rows.free() }

func (w *overlayWindow) appendBlock(dst []byte, series uint32) ([]byte, error) {
	if part := w.of(series); part != nil {
		return part.appendBlock(dst, series)
	}
	return dst, nil
}
