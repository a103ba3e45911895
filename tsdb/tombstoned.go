package tsdb

import (
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A tombstonedWindow is a sealed window, in memory or in a file, from which tombstones hide something: the series of
// which they do are no longer asked of the base.
//
//	series     0  1  2  3  4  …
//	hidden     0  1  0  1  0         a bit each
//	left          ·     block        what is left of a hidden one; 1 has nothing left
//	base       b  ·  b  ·  b         the others are as they were
//
// It does not change, but for the base, which may move to another file: the next tombstone makes another one. It is in no
// file until it is folded; a restart has it again from the log. It owns its base.
type tombstonedWindow struct {
	base   baseWindow // not a tombstonedWindow
	hidden memseries.Set
	left   map[uint32][]byte
	since  wal.Position // as in openWindow
}

func (w *tombstonedWindow) slots(series uint32, scratch []float64) ([]float64, error) {
	if !w.hidden.Has(series) {
		return w.base.slots(series, scratch)
	}
	block := w.left[series]
	if block == nil {
		return nil, nil
	}
	if err := gorilla.Decode(scratch, block); err != nil {
		return nil, fmt.Errorf("what tombstones left of series %d: %w", series, err)
	}
	return scratch, nil
}

func (w *tombstonedWindow) addInto(sum, scratch []float64, series uint32) (int, error) {
	if !w.hidden.Has(series) {
		return w.base.addInto(sum, scratch, series)
	}
	values, err := w.slots(series, scratch)
	return vector.AddInto(sum, values), err
}

func (w *tombstonedWindow) prefetch(series uint32, from, to int) byte {
	if w.hidden.Has(series) {
		return 0
	}
	return w.base.prefetch(series, from, to)
}

func (w *tombstonedWindow) holds(series uint32) bool {
	if w.hidden.Has(series) {
		return w.left[series] != nil
	}
	return w.base.holds(series)
}

func (w *tombstonedWindow) series(visit func(uint32)) {
	w.base.series(func(series uint32) {
		if !w.hidden.Has(series) || w.left[series] != nil {
			visit(series)
		}
	})
}

func (w *tombstonedWindow) sizeBytes() int {
	size := w.base.sizeBytes() + 8*len(w.hidden)
	for _, block := range w.left {
		size += len(block)
	}
	return size
}

func (w *tombstonedWindow) appendBlock(dst []byte, series uint32) ([]byte, error) {
	if w.hidden.Has(series) {
		return append(dst, w.left[series]...), nil
	}
	return w.base.appendBlock(dst, series)
}

// free leaves what is left of hidden series to the collector.
func (w *tombstonedWindow) free() { w.base.free() }

// fold returns w as a window of its own.
func (w *tombstonedWindow) fold(base *sealedWindow) (*sealedWindow, error) {
	folded := newSealedBuilder(&sealedWindow{number: base.number, width: base.width, memory: base.memory, since: w.since})
	var block []byte
	var failed error
	w.series(func(series uint32) {
		if failed != nil {
			return
		}
		if block, failed = w.appendBlock(block[:0], series); failed == nil {
			failed = folded.add(series, block)
		}
	})
	if failed != nil {
		folded.window.free()
		return nil, failed
	}
	return folded.finish(), nil
}

// foldTombstones replaces a window with tombstones over one in memory by one without. Over a file it stays: the next file is
// made from it. The caller holds the lock.
func (v *windowSet) foldTombstones(window int64) error {
	w, ok := v.byNumber[window].(*tombstonedWindow)
	if !ok || filePart(w) != nil {
		return nil
	}
	folded, err := w.fold(sealedIn(w))
	if err != nil {
		return err
	}
	v.byNumber[window] = folded
	w.free()
	return nil
}
