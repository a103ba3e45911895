package tsdb

import (
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A window is the same n slots of all series of a shard. Window w covers the slots w·n+1 … w·n+n, in
// time (w·n·step, (w+1)·n·step]: a value describes the step that ends at its time. It is open while it
// is being written and sealed afterwards.
//
// Its values lie outside the Go heap, in shard.memory. They are read, and what slots returns is, with the lock of the
// shard held, for reading at least; free wants it for writing. Who reads without the lock pins the window first
// (sealedWindow.pin).
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
	// free gives the memory back, of the base too, now or when the last pin is gone. The caller has taken the window
	// out of its place: nobody asks it for anything any more.
	free()
}

// pageRows is the number of rows in one page of an open window: 64 rows of 60 slots are 30 kB, small
// enough that a shard with three series wastes little and large enough that pages are few.
const pageRows = 64

const cacheLine = 64 // bytes

// A baseWindow is a sealed window under an open one.
type baseWindow interface {
	window
	// appendBlock appends the block of a series to dst, nothing where it has none.
	appendBlock(dst []byte, series uint32) ([]byte, error)
}

// An openWindow holds plain columns: an append is a look-up of the row and a store.
//
//	rows    [ 0 2 0 1 … ]        by series number
//	pages   [[v0 … v59 | v0 … v59 | …] …]   64 rows of n values to a page; NaN is "no value"
//	base    of a window that was sealed before: the series without a row are as there
//
// A late write into a sealed window costs the decoding of one block, its series': the row begins with
// what the base has, and stands in for it.
type openWindow struct {
	base      baseWindow // nil: the window has never been sealed
	number    int64
	firstSlot int64
	width     int // n
	rows      rowTable
	pages     [][]float64
	used      int    // rows in use
	touched   uint64 // the shard's write counter at the last write: the least is sealed first
	// since is a position of the log that lies before the first write that is in no file.
	since wal.Position
}

func newOpenWindow(g grid, number int64, memory *offheap.Arena) *openWindow {
	return &openWindow{number: number, firstSlot: g.firstSlot(number), width: g.width, rows: rowTable{memory: memory}}
}

// row returns the values of a series, nil where it has no row.
func (w *openWindow) row(series uint32) []float64 {
	r := w.rows.row(series)
	if r == 0 {
		return nil
	}
	at := int(r-1) % pageRows * w.width
	return w.pages[(r-1)/pageRows][at : at+w.width : at+w.width]
}

// addRow gives a series that has none a row of NaN.
func (w *openWindow) addRow(series uint32) []float64 {
	if w.used%pageRows == 0 {
		w.pages = append(w.pages, offheap.Make[float64](w.rows.memory, pageRows*w.width))
	}
	w.rows.set(series, w.used)
	w.used++
	row := w.row(series)
	fillNaN(row)
	return row
}

// rowOver gives a series that has none a row with what the base has.
func (w *openWindow) rowOver(series uint32) ([]float64, error) {
	row := w.addRow(series)
	values, err := w.base.slots(series, row)
	if err != nil {
		fillNaN(row)
		return nil, err
	}
	copy(row, values)
	return row, nil
}

func (w *openWindow) slots(series uint32, scratch []float64) ([]float64, error) {
	if row := w.row(series); row != nil || w.base == nil {
		return row, nil
	}
	return w.base.slots(series, scratch)
}

func (w *openWindow) addInto(sum, scratch []float64, series uint32) (int, error) {
	if row := w.row(series); row != nil || w.base == nil {
		return addInto(sum, row), nil
	}
	return w.base.addInto(sum, scratch, series)
}

func (w *openWindow) touch(series uint32) byte {
	row := w.row(series)
	if row == nil && w.base != nil {
		return w.base.touch(series)
	}
	var any uint64
	for i := 0; i < len(row); i += cacheLine / 8 {
		any ^= math.Float64bits(row[i])
	}
	return byte(any)
}

func (w *openWindow) holds(series uint32) bool {
	return w.row(series) != nil || w.base != nil && w.base.holds(series)
}

func (w *openWindow) series(visit func(uint32)) {
	next := int64(0)
	if w.base != nil {
		w.base.series(func(s uint32) {
			w.rows.visitRange(next, int64(s), visit)
			visit(s)
			next = int64(s) + 1
		})
	}
	w.rows.visitRange(next, w.rows.end(), visit)
}

func (w *openWindow) sizeBytes() int {
	size := w.rows.sizeBytes() + 8*len(w.pages)*pageRows*w.width
	if w.base != nil {
		size += w.base.sizeBytes()
	}
	return size
}

func (w *openWindow) free() {
	for _, page := range w.pages {
		offheap.Free(w.rows.memory, page)
	}
	w.pages = nil
	w.rows.free()
	if w.base != nil {
		w.base.free()
	}
}
