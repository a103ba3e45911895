package blockfile

import (
	"encoding/binary"
	"hash/crc32"
	"sync/atomic"
)

// A run is some series, one behind the other, under one checksum: a table with a row for each (row.go).
// Section runs has for each run
//
//	offset in section data   checksum
//	uint64                   uint32

// loadRuns checks that the runs lie one behind the other.
func (r *Reader) loadRuns() error {
	b, err := r.section(sectionRuns)
	if err != nil {
		return err
	}
	n := len(b) / runBytes
	for i := range n {
		start, end := r.runPlace(i)
		if i == 0 && start != 0 || start > end || end > uint64(len(r.sections[sectionData].bytes)) {
			return r.damaged(sectionRuns, "run %d of %d lies at %d in the data", i, n, start)
		}
	}
	r.runs = make([]atomic.Uint32, divideUp(n, 32))
	return nil
}

// runPlace returns where a run lies in section data.
func (r *Reader) runPlace(i int) (start, end uint64) {
	b := r.sections[sectionRuns].bytes[i*runBytes:]
	start, end = binary.LittleEndian.Uint64(b), uint64(len(r.sections[sectionData].bytes))
	if len(b) > runBytes {
		end = binary.LittleEndian.Uint64(b[runBytes:])
	}
	return start, end
}

// run returns the rows of a run whose checksum is right.
func (r *Reader) run(i int) (table, error) {
	start, end := r.runPlace(i)
	b := r.sections[sectionData].bytes[start:end]
	if bit := uint32(1) << (i % 32); r.runs[i/32].Load()&bit == 0 {
		want := binary.LittleEndian.Uint32(r.sections[sectionRuns].bytes[i*runBytes+8:])
		if sum := crc32.Checksum(b, castagnoli); sum != want {
			return table{}, r.damaged(sectionData, "checksum of run %d, %d bytes at %d, is %08x, not %08x",
				i, len(b), start, sum, want)
		}
		r.runs[i/32].Or(bit)
	}
	rows := min(r.runSeries, r.foot.series-i*r.runSeries)
	if len(b) < 4*rows {
		return table{}, r.damaged(sectionData, "run %d of %d series has %d bytes", i, rows, len(b))
	}
	return readTable(b, rows), nil
}

// row returns the row of a series.
func (r *Reader) row(position uint32) ([]byte, error) {
	rows, err := r.run(int(position) / r.runSeries)
	if err != nil {
		return nil, err
	}
	row, ok := rows.at(int(position) % r.runSeries)
	if !ok {
		return nil, r.badRow(position)
	}
	return row, nil
}

// block returns the block of a series in a window that the file has, empty where it has none.
func (r *Reader) block(position uint32, window int64) ([]byte, error) {
	row, err := r.row(position)
	if err != nil {
		return nil, err
	}
	block, ok := rowBlock(row, r.head.Windows, int(window-r.head.First))
	if !ok {
		return nil, r.badRow(position)
	}
	return block, nil
}

func (r *Reader) badRow(position uint32) error {
	return r.damaged(sectionData, "the row of position %d makes no sense", position)
}

// Blocks calls visit with each block that the series at positions have in the windows first to last: the
// series as they are listed, the windows of each ascending. A block is part of the file and only valid
// during the call of visit, on its goroutine. Close, meanwhile, does not harm. An error of visit ends the walk and is
// returned as it is; others match ErrDamaged or ErrClosed. It panics on a position that is not below Len.
func (r *Reader) Blocks(positions []uint32, first, last int64,
	visit func(position uint32, window int64, block []byte) error) (err error) {
	a, err := r.enter()
	if err != nil {
		return err
	}
	defer a.leave(&err)
	first, last = max(first, r.head.First), min(last, r.head.Last())
	if first > last {
		return nil
	}
	for _, position := range positions {
		if err := r.rowBlocks(position, first, last, visit); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) rowBlocks(position uint32, first, last int64,
	visit func(position uint32, window int64, block []byte) error) error {
	if first == last {
		block, err := r.block(position, first)
		if err != nil || len(block) == 0 {
			return err
		}
		return visit(position, first, block)
	}
	bytes, err := r.row(position)
	if err != nil {
		return err
	}
	row, ok := readRow(bytes, r.head.Windows)
	if !ok {
		return r.badRow(position)
	}
	for window := r.head.First; window <= last; window++ {
		block, ok := row.next()
		if !ok {
			return r.badRow(position)
		}
		if window < first || len(block) == 0 {
			continue
		}
		if err := visit(position, window, block); err != nil {
			return err
		}
	}
	return nil
}

// Block calls see with the block of a series in a window, if it has one there. What Blocks says of its visits and errors
// holds here.
func (r *Reader) Block(s Series, window int64, see func(block []byte) error) (err error) {
	a, err := r.enter()
	if err != nil {
		return err
	}
	defer a.leave(&err)
	if window < r.head.First || window > r.head.Last() {
		return nil
	}
	position, found, err := r.find(s)
	if err != nil || !found {
		return err
	}
	block, err := r.block(position, window)
	if err != nil || len(block) == 0 {
		return err
	}
	return see(block)
}
