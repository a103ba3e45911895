package blockfile

import (
	"encoding/binary"
	"hash/crc32"
	"sync/atomic"
)

// A run is the rows of some series, one behind the other: a table with a row for each (row.go). Section runs has for each run
// its offset in section data, a uint64; in versions 1 and 2 a checksum of the whole run behind it, a uint32.

func runBytesOf(version int) int {
	if version < 3 {
		return runBytes + sumBytes
	}
	return runBytes
}

// loadRuns checks that the runs lie one behind the other.
func (r *Reader) loadRuns() error {
	v, err := r.file.view(sectionRuns)
	if err != nil {
		return err
	}
	if _, err := v.all(); err != nil {
		return err
	}
	n := len(v.bytes) / runBytesOf(r.file.version)
	for i := range n {
		start, end := r.runPlace(v.bytes, i)
		if i == 0 && start != 0 || start > end || end > uint64(len(r.file.sections[sectionData].bytes)) {
			return r.file.damaged(sectionRuns, "run %d of %d lies at %d in the data", i, n, start)
		}
	}
	if r.file.version < 3 {
		r.runs.good = make([]atomic.Uint32, divideUp(n, 32))
	}
	return nil
}

// runPlace returns where a run lies in section data, as section runs says.
func (r *Reader) runPlace(runs []byte, i int) (start, end uint64) {
	size := runBytesOf(r.file.version)
	start, end = binary.LittleEndian.Uint64(runs[i*size:]), uint64(len(r.file.sections[sectionData].bytes))
	if next := (i + 1) * size; next < len(runs) {
		end = binary.LittleEndian.Uint64(runs[next:])
	}
	return start, end
}

// row returns the row of a series. Neither the row nor where it lies has been checked.
func (r *Reader) row(position uint32) ([]byte, error) {
	i := int(position) / r.runSeries
	runs, data := r.file.unchecked(sectionRuns), r.file.sections[sectionData].bytes
	start, end := r.runPlace(runs, i)
	rows := min(r.runSeries, r.contents.series-i*r.runSeries)
	if start > end || end > uint64(len(data)) || end-start < uint64(4*rows) {
		return nil, r.file.damaged(sectionData, "run %d of %d series lies at %d to %d of %d", i, rows, start, end, len(data))
	}
	if r.file.version < 3 {
		if err := r.checkRun(i, data[start:end], start); err != nil {
			return nil, err
		}
	}
	row, ok := readTable(data[start:end], rows).at(int(position) % r.runSeries)
	if !ok {
		return nil, r.badRow(position)
	}
	return row, nil
}

// checkRun checks a run of a file of version 1 or 2, if nobody has.
func (r *Reader) checkRun(i int, b []byte, start uint64) error {
	good, bit := &r.runs.good[i/32], uint32(1)<<(i%32)
	if good.Load()&bit != 0 {
		return nil
	}
	want := binary.LittleEndian.Uint32(r.file.unchecked(sectionRuns)[i*runBytesOf(r.file.version)+runBytes:])
	if sum := crc32.Checksum(b, castagnoli); sum != want {
		return r.file.damaged(sectionData, "checksum of run %d, %d bytes at %d, is %08x, not %08x", i, len(b), start, sum, want)
	}
	good.Or(bit)
	return nil
}

func (r *Reader) badRow(position uint32) error {
	return r.file.damaged(sectionData, "the row of position %d makes no sense", position)
}
