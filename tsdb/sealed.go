package tsdb

import (
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A sealedWindow holds one encoded block per series, one behind the other in one piece of memory.
type sealedWindow struct {
	number  int64
	width   int
	first   uint32   // series number of offsets[0]
	offsets []uint32 // the block of series first+i is arena[offsets[i]:offsets[i+1]]; empty: none
	arena   []byte
	since   wal.Position // as in openWindow
	filed   bool         // all of it is in a file; the only field that changes
}

// seal encodes what is in an open window, and takes over from its base the blocks of the series that have no row. The
// result does not share memory with it.
func (w *openWindow) seal(encoder *gorilla.Encoder) (*sealedWindow, error) {
	sealed := &sealedWindow{number: w.number, width: w.width, since: w.since}
	var failed error
	var block []byte
	w.series(func(s uint32) {
		block = block[:0]
		switch row := w.row(s); {
		case row == nil:
			if b, err := w.base.appendBlock(block, s); err != nil {
				failed = err
			} else {
				block = b
			}
		case !allNaN(row):
			block = encoder.AppendBlock(block, row)
		}
		sealed.add(s, block)
	})
	if failed != nil {
		return nil, failed
	}
	sealed.clip()
	return sealed, nil
}

// add appends the block of a series, which comes behind all so far.
func (w *sealedWindow) add(series uint32, block []byte) {
	if w.offsets == nil {
		w.first = series
		w.offsets = make([]uint32, 1)
	}
	for uint32(len(w.offsets)) <= series-w.first { // series without a block
		w.offsets = append(w.offsets, uint32(len(w.arena)))
	}
	w.arena = append(w.arena, block...)
	w.offsets = append(w.offsets, uint32(len(w.arena)))
}

// clip gives back what growth left over, up to half.
func (w *sealedWindow) clip() {
	w.arena = append(make([]byte, 0, len(w.arena)), w.arena...)
	w.offsets = append(make([]uint32, 0, len(w.offsets)), w.offsets...)
}

func allNaN(values []float64) bool {
	for _, v := range values {
		if v == v {
			return false
		}
	}
	return true
}

func (w *sealedWindow) block(series uint32) []byte {
	if series < w.first || int(series-w.first) >= len(w.offsets)-1 {
		return nil
	}
	i := series - w.first
	return w.arena[w.offsets[i]:w.offsets[i+1]]
}

func (w *sealedWindow) slots(series uint32, scratch []float64) ([]float64, error) {
	block := w.block(series)
	if len(block) == 0 {
		return nil, nil
	}
	if err := gorilla.Decode(scratch, block); err != nil {
		return nil, w.damaged(series, err)
	}
	return scratch, nil
}

func (w *sealedWindow) addInto(sum, scratch []float64, series uint32) (int, error) {
	block := w.block(series)
	if len(block) == 0 {
		return 0, nil
	}
	n, err := gorilla.AddInto(sum, scratch, block)
	if err != nil {
		return 0, w.damaged(series, err)
	}
	return n, nil
}

func (w *sealedWindow) touch(series uint32) byte {
	var any byte
	block := w.block(series)
	for i := 0; i < len(block); i += cacheLine {
		any ^= block[i]
	}
	return any
}

func (w *sealedWindow) holds(series uint32) bool { return len(w.block(series)) > 0 }

func (w *sealedWindow) damaged(series uint32, err error) error {
	return fmt.Errorf("window %d: block of series %d: %w", w.number, series, err)
}

func (w *sealedWindow) series(visit func(uint32)) {
	for i := range len(w.offsets) - 1 {
		if w.offsets[i] != w.offsets[i+1] {
			visit(w.first + uint32(i))
		}
	}
}

func (w *sealedWindow) sizeBytes() int { return 4*len(w.offsets) + cap(w.arena) }

func (w *sealedWindow) appendBlock(dst []byte, series uint32) ([]byte, error) {
	return append(dst, w.block(series)...), nil
}
