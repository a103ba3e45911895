package tsdb

import "github.com/telamon-tsdb/telamon/tsdb/offheap"

// tablePage is the number of series numbers that share a page of a look-up by number: a page is there where one of
// them is. Numbers are never used again, so that those which are alive lie far apart one day, in clusters.
const tablePage = 256

// A rowTable gives a row to series numbers, in constant time, and costs what the numbers in it cost:
//
//	top      by number / 65,536         8 bytes for 65,536 numbers, up to the greatest
//	middle   by number / 256 % 256      2 KB for 65,536 numbers, absent where there is none of them
//	page     by number % 256            1 KB for 256 numbers, absent likewise; row + 1, 0 for none
type rowTable struct {
	memory *offheap.Arena // of the pages
	top    []*[tablePage]*[tablePage]uint32
}

// row returns the row of a number, if it has one.
func (t *rowTable) row(number uint32) (row int, ok bool) {
	if page := t.page(number); page != nil {
		row = int(page[uint8(number)])
	}
	return row - 1, row != 0
}

// page returns the page of a number, or nil.
func (t *rowTable) page(number uint32) *[tablePage]uint32 {
	if i := number >> 16; int(i) < len(t.top) && t.top[i] != nil {
		return t.top[i][uint8(number>>8)]
	}
	return nil
}

// set gives a number its row.
func (t *rowTable) set(number uint32, row int) {
	for int(number>>16) >= len(t.top) {
		t.top = append(t.top, nil)
	}
	middle := &t.top[number>>16]
	if *middle == nil {
		*middle = new([tablePage]*[tablePage]uint32)
	}
	page := &(*middle)[uint8(number>>8)]
	if *page == nil {
		*page = (*[tablePage]uint32)(offheap.Make[uint32](t.memory, tablePage))
	}
	(*page)[uint8(number)] = uint32(row) + 1
}

// remove takes away the row of a number that has one.
func (t *rowTable) remove(number uint32) { t.page(number)[uint8(number)] = 0 }

// end is greater than all numbers.
func (t *rowTable) end() int64 { return int64(len(t.top)) << 16 }

// visitRange calls visit for each number from first on and below end that has a row, in ascending order.
func (t *rowTable) visitRange(first, end int64, visit func(number uint32)) {
	for number := first; number < min(end, t.end()); {
		middle := t.top[number>>16]
		if middle == nil {
			number = (number>>16 + 1) << 16
			continue
		}
		page := middle[uint8(number>>8)]
		if page == nil {
			number = (number>>8 + 1) << 8
			continue
		}
		if page[uint8(number)] != 0 {
			visit(uint32(number))
		}
		number++
	}
}

// sizeBytes is what the table takes outside the Go heap, and nearly all it takes.
func (t *rowTable) sizeBytes() (size int) {
	t.visitPages(func([]uint32) { size += 4 * tablePage })
	return size
}

// free gives the memory back. The table is empty then.
func (t *rowTable) free() {
	t.visitPages(func(page []uint32) { offheap.Free(t.memory, page) })
	t.top = nil
}

func (t *rowTable) visitPages(visit func(page []uint32)) {
	for _, middle := range t.top {
		if middle == nil {
			continue
		}
		for _, page := range middle {
			if page != nil {
				visit(page[:])
			}
		}
	}
}
