package tsdb

import (
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
)

// A window is the same n slots of all series of a shard. Window w covers the slots w·n+1 … w·n+n, in
// time (w·n·step, (w+1)·n·step]: a value describes the step that ends at its time. It is open while it
// is being written and sealed afterwards.
type window interface {
	// slots returns the n values of a series, NaN where it has none; nil where it has none at all.
	// The result is read-only, and scratch (of n values) may back it.
	slots(series uint32, scratch []float64) ([]float64, error)
	// addInto adds the n values of a series to sum, where either has one, and returns how many it has.
	// scratch (of n values) is overwritten.
	addInto(sum, scratch []float64, series uint32) (present int, err error)
	// touch reads a byte of each cache line that slots of a series will read, and returns something made of them.
	touch(series uint32) byte
	// holds reports whether the series has values here.
	holds(series uint32) bool
	// series calls visit for each series that has values here, in ascending order.
	series(visit func(series uint32))
	sizeBytes() int
}

// pageRows is the number of rows in one page of an open window: 64 rows of 60 slots are 30 kB, small
// enough that a shard with three series wastes little and large enough that pages are few.
const pageRows = 64

const cacheLine = 64 // bytes

// An openWindow holds plain columns: an append is a look-up of the row and a store.
//
//	rows    [ 0 2 0 1 … ]        by series number: row + 1, 0 where it has none
//	pages   [[v0 … v59 | v0 … v59 | …] …]   64 rows of n values to a page; NaN is "no value"
type openWindow struct {
	number  int64
	width   int // n
	rows    []uint32
	pages   [][]float64
	used    int    // rows in use
	touched uint64 // the shard's write counter at the last write: the least is sealed first
}

func newOpenWindow(number int64, width int) *openWindow {
	return &openWindow{number: number, width: width}
}

func (w *openWindow) row(series uint32) []float64 {
	if int(series) >= len(w.rows) || w.rows[series] == 0 {
		return nil
	}
	r := int(w.rows[series] - 1)
	at := r % pageRows * w.width
	return w.pages[r/pageRows][at : at+w.width : at+w.width]
}

// addRow gives a series that has none a row of NaN.
func (w *openWindow) addRow(series uint32) []float64 {
	if need := int(series) + 1; need > len(w.rows) {
		w.rows = append(w.rows, make([]uint32, need-len(w.rows))...)
	}
	if w.used%pageRows == 0 {
		page := make([]float64, pageRows*w.width)
		for i := range page {
			page[i] = math.NaN()
		}
		w.pages = append(w.pages, page)
	}
	w.used++
	w.rows[series] = uint32(w.used)
	return w.row(series)
}

func (w *openWindow) slots(series uint32, _ []float64) ([]float64, error) {
	return w.row(series), nil
}

func (w *openWindow) addInto(sum, _ []float64, series uint32) (int, error) {
	return addInto(sum, w.row(series)), nil
}

func (w *openWindow) touch(series uint32) byte {
	var any uint64
	row := w.row(series)
	for i := 0; i < len(row); i += cacheLine / 8 {
		any ^= math.Float64bits(row[i])
	}
	return byte(any)
}

func (w *openWindow) holds(series uint32) bool { return w.row(series) != nil }

func (w *openWindow) series(visit func(uint32)) {
	for s, r := range w.rows {
		if r != 0 {
			visit(uint32(s))
		}
	}
}

func (w *openWindow) sizeBytes() int {
	return 4*len(w.rows) + 8*len(w.pages)*pageRows*w.width
}

// A sealedWindow holds one encoded block per series, one behind the other in one piece of memory.
type sealedWindow struct {
	number  int64
	width   int
	first   uint32   // series number of offsets[0]
	offsets []uint32 // the block of series first+i is arena[offsets[i]:offsets[i+1]]; empty: none
	arena   []byte
}

// seal encodes an open window. The result does not share memory with it.
func (w *openWindow) seal(encoder *gorilla.Encoder) *sealedWindow {
	sealed := &sealedWindow{number: w.number, width: w.width}
	for s := range w.rows {
		row := w.row(uint32(s))
		if sealed.offsets == nil {
			if row == nil {
				continue
			}
			sealed.first = uint32(s)
			sealed.offsets = make([]uint32, 1, len(w.rows)-s+1)
		}
		if row != nil && !allNaN(row) {
			sealed.arena = encoder.AppendBlock(sealed.arena, row)
		}
		sealed.offsets = append(sealed.offsets, uint32(len(sealed.arena)))
	}
	sealed.arena = append(make([]byte, 0, len(sealed.arena)), sealed.arena...) // growth left up to half unused
	return sealed
}

func allNaN(values []float64) bool {
	for _, v := range values {
		if v == v {
			return false
		}
	}
	return true
}

// open decodes a sealed window back into columns.
func (w *sealedWindow) open() (*openWindow, error) {
	opened := newOpenWindow(w.number, w.width)
	for i := range len(w.offsets) - 1 {
		series := w.first + uint32(i)
		block := w.block(series)
		if len(block) == 0 {
			continue
		}
		if err := gorilla.Decode(opened.addRow(series), block); err != nil {
			return nil, w.damaged(series, err)
		}
	}
	return opened, nil
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
