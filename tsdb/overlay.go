package tsdb

import (
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
)

// An overlayWindow is what was written late over a window that is in a file, sealed. Folding it in is writing a new
// file: the memory that a late value takes does not grow with what the file holds.
type overlayWindow struct {
	rows *sealedWindow // the series that stand in for those of the file, or are not there
	// cleared are series of the file that have no values any more, ascending.
	cleared []uint32
	base    *filedWindow
}

// sealOverFile encodes what an open window has in memory: a sealedWindow, or an overlayWindow where a file is beneath.
func (w *openWindow) sealOverFile(encoder *gorilla.Encoder) (baseWindow, error) {
	base := filePart(w)
	if base == nil {
		return w.seal(encoder)
	}
	part := memoryPart(w).(*openWindow) // its memory is that of w
	rows, err := part.seal(encoder)
	if err != nil {
		return nil, err
	}
	sealed := &overlayWindow{rows: rows, base: base}
	part.series(func(number uint32) {
		if !rows.holds(number) && base.holds(number) {
			sealed.cleared = append(sealed.cleared, number)
		}
	})
	if below, ok := w.base.(*overlayWindow); ok {
		for _, number := range below.cleared {
			if w.row(number) == nil {
				sealed.cleared = append(sealed.cleared, number)
			}
		}
		slices.Sort(sealed.cleared)
	}
	return sealed, nil
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

func (w *overlayWindow) touch(series uint32) byte { return w.rows.touch(series) }

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

// filePart returns the file that w reads, nil if all of w is in memory.
func filePart(w window) *filedWindow {
	switch w := w.(type) {
	case *filedWindow:
		return w
	case *overlayWindow:
		return w.base
	case *openWindow:
		if w.base != nil {
			return filePart(w.base)
		}
	}
	return nil
}

// memoryPart returns what of w is in memory, nil for nothing. It shares its memory with w and is for reading only. The
// series in it are those for which the window counts (series.windows).
func memoryPart(w window) window {
	switch w := w.(type) {
	case *filedWindow:
		return nil
	case *overlayWindow:
		return w.rows
	case *openWindow:
		part := *w
		switch base := w.base.(type) {
		case *filedWindow:
			part.base = nil
		case *overlayWindow:
			part.base = base.rows
		}
		return &part
	}
	return w
}

// holdsInMemory reports whether a sealed window has values of a series in memory.
func holdsInMemory(w baseWindow, series uint32) bool {
	switch w := w.(type) {
	case *filedWindow:
		return false
	case *overlayWindow:
		return w.rows.holds(series)
	}
	return w.holds(series)
}
