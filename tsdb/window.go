package tsdb

import (
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A window is the same n slots of all series of a shard. Window w covers the slots w·n+1 … w·n+n, in
// time (w·n·step, (w+1)·n·step]: a value describes the step that ends at its time. It is open while it
// is being written and sealed afterwards.
//
// Its values lie outside the Go heap, in shard.memory. They are read, and what slots returns is, with the lock of the
// shard held, for reading at least; free wants it for writing. Whoever reads without the lock pins the window first
// (sealedWindow.pin).
type window interface {
	// slots returns the n values of a series, NaN where it has none; nil where it has none at all.
	// The result is read-only, and scratch (of n values) may back it.
	slots(series uint32, scratch []float64) ([]float64, error)
	// addInto adds the n values of a series to sum, where either has one, and returns how many it has.
	// scratch (of n values) is overwritten.
	addInto(sum, scratch []float64, series uint32) (present int, err error)
	// prefetch reads a byte of each cache line that slots of a series will read where [from, to) of them are wanted, and
	// returns something made of them.
	prefetch(series uint32, from, to int) byte
	// holds reports whether the series has values here.
	holds(series uint32) bool
	// series calls visit for each series that has values here, in ascending order.
	series(visit func(series uint32))
	sizeBytes() int
	// free gives the memory back, of the base too, now or when the last pin is gone. The caller has taken the window
	// out of its place: nobody asks it for anything any more.
	free()
}

const cacheLine = 64 // bytes

var nan = math.NaN()

// A baseWindow is a sealed window under an open one.
type baseWindow interface {
	window
	// appendBlock appends the block of a series to dst, nothing where it has none.
	appendBlock(dst []byte, series uint32) ([]byte, error)
}

// An openWindow holds plain columns: an append is a look-up of the row and a store.
//
//	rows    [ 0 2 0 1 … ]        by series number
//	strips  [16 slots | 16 slots | …]      16 values of each row, where one of 64 rows has any
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
	strips    []strip
	used      int    // rows that have been given out
	spare     []int  // those of them that were taken away again
	lastWrite uint64 // the shard's write counter at the last write: the least is sealed first
	seen      uint64 // lastWrite, when Maintain last looked
	// since is a position of the log that lies before the first write that is in no file.
	since wal.Position
}

func newOpenWindow(g grid.Grid, number int64, memory *offheap.Arena) *openWindow {
	return &openWindow{number: number, firstSlot: g.FirstSlot(number), width: g.Width,
		rows: rowTable{memory: memory}, strips: newStrips(g.Width)}
}

// addRow gives a series that has none a row without values.
func (w *openWindow) addRow(series uint32) (row int) {
	row = w.used
	if n := len(w.spare); n > 0 {
		row, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		w.used++
	}
	w.rows.set(series, row)
	return row
}

// dropRow takes away the row of a series, which must have one.
func (w *openWindow) dropRow(series uint32) {
	row, _ := w.rows.row(series)
	w.clear(row, 0, w.width)
	w.spare = append(w.spare, row)
	w.rows.remove(series)
}

// rowOver gives a series that has none a row with what the base has. scratch (of n values) is overwritten.
func (w *openWindow) rowOver(series uint32, scratch []float64) (row int, err error) {
	row = w.addRow(series)
	values, err := w.base.slots(series, scratch)
	if err != nil {
		return row, err
	}
	for slot, v := range values {
		w.set(row, slot, v)
	}
	return row, nil
}

// set writes a slot of a row.
func (w *openWindow) set(row, slot int, value float64) {
	w.strips[slot/stripSlots].set(w.rows.memory, row, slot%stripSlots, value)
}

// at returns a slot of a row.
func (w *openWindow) at(row, slot int) float64 {
	if values := w.strips[slot/stripSlots].row(row); values != nil {
		return values[slot%stripSlots]
	}
	return nan
}

// clear takes the values of a row in from ≤ slot < to.
func (w *openWindow) clear(row, from, to int) {
	for slot := from; slot < to; slot++ {
		w.set(row, slot, nan)
	}
}

// read copies the values of a row to dst (of n values) and returns it.
func (w *openWindow) read(row int, dst []float64) []float64 {
	for i := range w.strips {
		to := dst[i*stripSlots:][:w.strips[i].slots]
		if values := w.strips[i].row(row); values != nil {
			copy(to, values)
		} else {
			vector.FillNaN(to)
		}
	}
	return dst
}

func (w *openWindow) slots(series uint32, scratch []float64) ([]float64, error) {
	if row, ok := w.rows.row(series); ok {
		return w.read(row, scratch[:w.width]), nil
	}
	if w.base == nil {
		return nil, nil
	}
	return w.base.slots(series, scratch)
}

// part returns the slots in from ≤ k < to, as slots does, and reads no others.
func (w *openWindow) part(series uint32, scratch []float64, from, to int) ([]float64, error) {
	row, ok := w.rows.row(series)
	if !ok {
		values, err := w.slots(series, scratch)
		if values == nil {
			return nil, err
		}
		return values[from:to], err
	}
	for i := from / stripSlots; i*stripSlots < to; i++ {
		place := scratch[i*stripSlots:][:w.strips[i].slots]
		if values := w.strips[i].row(row); values != nil {
			copy(place, values)
		} else {
			vector.FillNaN(place)
		}
	}
	return scratch[from:to], nil
}

func (w *openWindow) addInto(sum, scratch []float64, series uint32) (present int, err error) {
	row, ok := w.rows.row(series)
	switch {
	case ok:
		for i := range w.strips {
			present += vector.AddInto(sum[i*stripSlots:], w.strips[i].row(row))
		}
		return present, nil
	case w.base == nil:
		return 0, nil
	}
	return w.base.addInto(sum, scratch, series)
}

func (w *openWindow) prefetch(series uint32, from, to int) byte {
	row, ok := w.rows.row(series)
	switch {
	case ok:
		var any uint64
		for i := from / stripSlots; i*stripSlots < to; i++ {
			any ^= w.strips[i].prefetch(row)
		}
		return byte(any)
	case w.base == nil:
		return 0
	}
	return w.base.prefetch(series, from, to)
}

func (w *openWindow) holds(series uint32) bool {
	_, ok := w.rows.row(series)
	return ok || w.base != nil && w.base.holds(series)
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
	size := w.rows.sizeBytes()
	for i := range w.strips {
		size += w.strips[i].sizeBytes()
	}
	if w.base != nil {
		size += w.base.sizeBytes()
	}
	return size
}

func (w *openWindow) free() {
	for i := range w.strips {
		w.strips[i].free(w.rows.memory)
	}
	w.rows.free()
	if w.base != nil {
		w.base.free()
	}
}
