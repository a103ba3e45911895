package tsdb

// A window may be in memory, in a file, or both. Windows lie over each other like this, the upper ones first; each may be
// missing, but for one of the last two:
//
//	openWindow            rows
//	tombstonedWindow      what is gone of those below
//	overlayWindow         late values over a file
//	filedWindow, or sealedWindow
//
// A window counts for a series (series.windows) that has values in its memory.

// filePart returns the file that w reads, nil if all of w is in memory.
func filePart(w window) *filedWindow {
	switch w := w.(type) {
	case *filedWindow:
		return w
	case *overlayWindow:
		return w.base
	case *tombstonedWindow:
		return filePart(w.base)
	case *openWindow:
		if w.base != nil {
			return filePart(w.base)
		}
	}
	return nil
}

// sealedIn returns the sealed window that w reads, nil if there is none.
func sealedIn(w window) *sealedWindow {
	switch w := w.(type) {
	case *sealedWindow:
		return w
	case *overlayWindow:
		return w.rows
	case *tombstonedWindow:
		return sealedIn(w.base)
	case *openWindow:
		if w.base != nil {
			return sealedIn(w.base)
		}
	}
	return nil
}

// memoryPart returns what of w is in memory, nil for nothing. It shares its memory with w and is for listing the series
// for which w counts.
func memoryPart(w window) window {
	if filePart(w) == nil {
		return w
	}
	switch w := w.(type) {
	case *overlayWindow:
		return w.rows
	case *tombstonedWindow:
		if base, ok := memoryPart(w.base).(baseWindow); ok {
			return &tombstonedWindow{base: base, hidden: w.hidden, left: w.left}
		}
	case *openWindow:
		part := *w
		part.base, _ = memoryPart(w.base).(baseWindow)
		return &part
	}
	return nil
}

// countedIn returns the series for which w counts, ascending.
func countedIn(w window) (numbers []uint32) {
	if part := memoryPart(w); part != nil {
		part.series(func(number uint32) { numbers = append(numbers, number) })
	}
	return numbers
}

// holdsInMemory reports whether w counts for a series.
func holdsInMemory(w window, series uint32) bool {
	switch w := w.(type) {
	case nil, *filedWindow:
		return false
	case *overlayWindow:
		return w.rows.holds(series)
	case *tombstonedWindow:
		return w.holds(series) && holdsInMemory(w.base, series)
	case *openWindow:
		if _, ok := w.rows.row(series); ok || w.base == nil {
			return ok
		}
		return holdsInMemory(w.base, series)
	}
	return w.holds(series)
}

// setFile makes a shard read a window from another file, or none, which has folded in what part has: the file that was
// read so far, or what lies over that.
func (v *windowSet) setFile(window int64, part baseWindow, filed *filedWindow) {
	before := v.byNumber[window]
	if before == nil {
		return
	}
	counted := countedIn(before)
	memory := sealedIn(before)
	after := rebased(before, part, filed)
	v.moves++
	if after == nil {
		v.takeWindow(window)
	} else {
		v.byNumber[window] = after
	}
	if memory != nil && sealedIn(after) != memory {
		memory.free()
	}
	v.leaveFor(after, counted)
}

// rebased returns w with a file, or nothing, in the place of part and of the file that part reads; nil if that is all of it.
func rebased(w window, part baseWindow, to *filedWindow) window {
	if w == window(part) {
		return asWindow(to)
	}
	switch w := w.(type) {
	case *openWindow:
		w.base, _ = rebased(w.base, part, to).(baseWindow)
	case *tombstonedWindow: // one that came meanwhile: it hides what the file has folded in, too
		base, ok := rebased(w.base, part, to).(baseWindow)
		if !ok {
			return nil
		}
		w.base = base
	case *overlayWindow:
		if w.rows == sealedIn(part) {
			return asWindow(to)
		}
		if to == nil {
			return w.rows
		}
		w.base = to
	case *filedWindow:
		return asWindow(to)
	}
	return w
}

// asWindow is a conversion that keeps nil.
func asWindow(w *filedWindow) window {
	if w == nil {
		return nil
	}
	return w
}
