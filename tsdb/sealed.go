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
	w.series(func(s uint32) {
		if sealed.offsets == nil {
			sealed.first = s
			sealed.offsets = make([]uint32, 1, max(len(w.rows)-int(s), 0)+1)
		}
		for uint32(len(sealed.offsets)) <= s-sealed.first { // series without a block
			sealed.offsets = append(sealed.offsets, uint32(len(sealed.arena)))
		}
		switch row := w.row(s); {
		case row == nil:
			var err error
			if sealed.arena, err = w.base.appendBlock(sealed.arena, s); err != nil {
				failed = err
			}
		case !allNaN(row):
			sealed.arena = encoder.AppendBlock(sealed.arena, row)
		}
		sealed.offsets = append(sealed.offsets, uint32(len(sealed.arena)))
	})
	if failed != nil {
		return nil, failed
	}
	sealed.arena = append(make([]byte, 0, len(sealed.arena)), sealed.arena...) // growth left up to half unused
	return sealed, nil
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
