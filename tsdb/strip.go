package tsdb

import (
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
)

const (
	// pageRows is the number of rows in one page of an open window: small enough that a shard with three series
	// wastes little and large enough that pages are few.
	pageRows = 64
	// stripSlots is the number of slots in a strip, two cache lines of a row.
	stripSlots = 16
)

// A strip is the part of an open window that is stripSlots long, or what is left of the window: pages of 64 rows.
// It takes memory once a value comes for it, so that at the turn of the hour, when two windows are open, the new one is
// a quarter of the old.
type strip struct {
	slots int         // of a row
	pages [][]float64 // nil: none of its rows has a value here; NaN: no value
}

func newStrips(width int) []strip {
	strips := make([]strip, 0, (width+stripSlots-1)/stripSlots)
	for at := 0; at < width; at += stripSlots {
		strips = append(strips, strip{slots: min(stripSlots, width-at)})
	}
	return strips
}

// row returns the values of a row, nil where it has none.
func (t *strip) row(row int) []float64 {
	if row/pageRows >= len(t.pages) || t.pages[row/pageRows] == nil {
		return nil
	}
	at := row % pageRows * t.slots
	return t.pages[row/pageRows][at : at+t.slots : at+t.slots]
}

// set writes a slot of a row.
func (t *strip) set(memory *offheap.Arena, row, slot int, value float64) {
	values := t.row(row)
	if values == nil {
		if value != value {
			return // nothing stays nothing
		}
		t.addPage(memory, row/pageRows)
		values = t.row(row)
	}
	values[slot] = value
}

func (t *strip) addPage(memory *offheap.Arena, page int) {
	for page >= len(t.pages) {
		t.pages = append(t.pages, nil)
	}
	t.pages[page] = offheap.Make[float64](memory, pageRows*t.slots)
	vector.FillNaN(t.pages[page])
}

// prefetch reads a byte of each cache line of a row.
func (t *strip) prefetch(row int) uint64 {
	values := t.row(row)
	if values == nil {
		return 0
	}
	return math.Float64bits(values[0]) ^ math.Float64bits(values[len(values)-1])
}

func (t *strip) sizeBytes() (size int) {
	for _, page := range t.pages {
		size += 8 * len(page)
	}
	return size
}

func (t *strip) free(memory *offheap.Arena) {
	for _, page := range t.pages {
		offheap.Free(memory, page)
	}
	t.pages = nil
}
