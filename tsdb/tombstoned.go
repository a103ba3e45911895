package tsdb

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
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
// file until it is folded; a restart has it again from the log.
type tombstonedWindow struct {
	base   baseWindow // not a tombstonedWindow
	hidden seriesSet
	left   map[uint32][]byte
	since  wal.Position // as in openWindow
}

func (w *tombstonedWindow) slots(series uint32, scratch []float64) ([]float64, error) {
	if !w.hidden.has(series) {
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
	if !w.hidden.has(series) {
		return w.base.addInto(sum, scratch, series)
	}
	values, err := w.slots(series, scratch)
	return addInto(sum, values), err
}

func (w *tombstonedWindow) touch(series uint32) byte {
	if w.hidden.has(series) {
		return 0
	}
	return w.base.touch(series)
}

func (w *tombstonedWindow) holds(series uint32) bool {
	if w.hidden.has(series) {
		return w.left[series] != nil
	}
	return w.base.holds(series)
}

func (w *tombstonedWindow) series(visit func(uint32)) {
	w.base.series(func(series uint32) {
		if !w.hidden.has(series) || w.left[series] != nil {
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
	if w.hidden.has(series) {
		return append(dst, w.left[series]...), nil
	}
	return w.base.appendBlock(dst, series)
}

// fold returns w as a window of its own.
func (w *tombstonedWindow) fold(number int64, width int) (*sealedWindow, error) {
	folded := &sealedWindow{number: number, width: width, since: w.since}
	var block []byte
	var failed error
	w.series(func(series uint32) {
		if failed != nil {
			return
		}
		if block, failed = w.appendBlock(block[:0], series); failed == nil {
			folded.add(series, block)
		}
	})
	if failed != nil {
		return nil, failed
	}
	folded.clip()
	return folded, nil
}

// foldTombstones replaces a window with tombstones over a block in memory by one without. Over a file it stays, as the next
// file is made from it. Readers and writers go on meanwhile.
func (s *shard) foldTombstones(window int64) error {
	for {
		s.mu.RLock()
		w, ok := s.windows[window].(*tombstonedWindow)
		s.mu.RUnlock()
		if !ok || memoryOf(w) == nil {
			return nil
		}
		folded, err := w.fold(window, s.grid.width)
		if err != nil {
			return err
		}
		s.mu.Lock()
		same := s.windows[window] == w
		if same {
			s.windows[window] = folded
		}
		s.mu.Unlock()
		if same {
			return nil
		}
	}
}

// A burial is what a tombstone means for one window: the slots from ≤ offset < to of some series.
type burial struct {
	numbers  []uint32 // ascending
	from, to int
	scratch  []float64 // as long as the window
	encoder  *gorilla.Encoder
}

// in returns a window without what b covers, and the series of which that was something. An open window is changed,
// others are replaced, or stay where there was nothing. After an error nothing has changed.
func (b burial) in(w window) (after window, hidden []uint32, err error) {
	if w, ok := w.(*openWindow); ok {
		hidden, err = b.inOpen(w)
		return w, hidden, err
	}
	return b.over(w.(baseWindow))
}

// over is in for windows that are not open.
func (b burial) over(w baseWindow) (after baseWindow, hidden []uint32, err error) {
	t := &tombstonedWindow{base: w, left: make(map[uint32][]byte)}
	if old, ok := w.(*tombstonedWindow); ok {
		t.base, t.hidden = old.base, slices.Clone(old.hidden)
		maps.Copy(t.left, old.left)
	}
	for _, number := range b.numbers {
		if !w.holds(number) {
			continue
		}
		left, any, err := b.cut(w, number)
		if err != nil {
			return nil, nil, err
		}
		if !any {
			continue
		}
		hidden = append(hidden, number)
		t.hidden.add(number)
		if delete(t.left, number); left != nil {
			t.left[number] = left
		}
	}
	if len(hidden) == 0 {
		return w, nil, nil
	}
	return t, hidden, nil
}

// cut returns the block of a series without what b covers, nil if nothing is left, and whether b covers any value. All of
// a window need not be looked at.
func (b burial) cut(w baseWindow, series uint32) (left []byte, any bool, err error) {
	if b.to-b.from == len(b.scratch) {
		return nil, true, nil
	}
	values, err := w.slots(series, b.scratch)
	if err != nil {
		return nil, false, err
	}
	copy(b.scratch, values)
	if allNaN(b.scratch[b.from:b.to]) {
		return nil, false, nil
	}
	fillNaN(b.scratch[b.from:b.to])
	if allNaN(b.scratch) {
		return nil, true, nil
	}
	return b.encoder.AppendBlock(nil, b.scratch), true, nil
}

// inOpen clears rows. A row that has nothing left goes, and what lay under it is hidden with it; of the other series the
// base is what counts.
func (b burial) inOpen(w *openWindow) (hidden []uint32, err error) {
	below, emptied := b, b
	below.numbers, emptied.numbers = nil, nil
	for _, number := range b.numbers {
		switch row := w.row(number); {
		case row == nil:
			below.numbers = append(below.numbers, number)
		case allNaN(row[b.from:b.to]):
		case allNaN(row[:b.from]) && allNaN(row[b.to:]):
			emptied.numbers = append(emptied.numbers, number)
			hidden = append(hidden, number)
		default:
			hidden = append(hidden, number)
		}
	}
	var hiddenBelow []uint32
	if w.base != nil {
		var base baseWindow
		if base, hiddenBelow, err = below.over(w.base); err != nil {
			return nil, err
		}
		emptied.from, emptied.to = 0, w.width
		if w.base, _, err = emptied.over(base); err != nil {
			return nil, err
		}
	}
	for _, number := range hidden {
		fillNaN(w.row(number)[b.from:b.to])
	}
	for _, number := range emptied.numbers {
		w.dropRow(number)
	}
	return append(hidden, hiddenBelow...), nil
}

// A seriesSet has a bit for each number that is in it.
type seriesSet []uint64

func (s *seriesSet) add(number uint32) {
	if need := int(number/64) + 1; need > len(*s) {
		*s = append(*s, make([]uint64, need-len(*s))...)
	}
	(*s)[number/64] |= 1 << (number % 64)
}

func (s seriesSet) has(number uint32) bool {
	return int(number/64) < len(s) && s[number/64]>>(number%64)&1 != 0
}

func (s seriesSet) len() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}
