package blockfile

import (
	"encoding/binary"
	"errors"
	"fmt"
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

// A rowBuffer takes copies of the blocks of a row. They are checked as copies: nothing can change them any more.
type rowBuffer struct {
	bytes  []byte
	blocks []copiedBlock
	lost   []lostPiece
	sealer sealer
	// strict: the lengths of a row are checked also where all of its blocks are good.
	strict bool
}

type copiedBlock struct {
	window     int64
	start, end int // in bytes
}

// maxBufferBytes is how much memory a buffer keeps between calls.
const maxBufferBytes = 1 << 16

func (r *Reader) buffer() *rowBuffer { return r.rows.Get().(*rowBuffer) }

func (r *Reader) giveBack(b *rowBuffer) {
	if cap(b.bytes) <= maxBufferBytes {
		r.rows.Put(b)
	}
}

func (b *rowBuffer) reset() { b.bytes, b.blocks, b.lost = b.bytes[:0], b.blocks[:0], b.lost[:0] }

// add copies a block.
func (b *rowBuffer) add(window int64, block []byte) {
	start := len(b.bytes)
	b.bytes = append(b.bytes, block...)
	b.blocks = append(b.blocks, copiedBlock{window, start, len(b.bytes)})
}

// addSealed copies a block that has a checksum in front of it, and reports whether that is the one of the copy.
func (b *rowBuffer) addSealed(window int64, sealed []byte) (good bool) {
	if len(sealed) <= sumBytes {
		return false
	}
	sum, begin := binary.LittleEndian.Uint32(sealed), len(b.bytes)
	b.bytes = b.sealer.window(b.bytes, window)
	start := len(b.bytes)
	b.bytes = append(b.bytes, sealed[sumBytes:]...)
	if b.sealer.sum(b.bytes[begin:]) != sum {
		b.bytes = b.bytes[:begin]
		return false
	}
	b.blocks = append(b.blocks, copiedBlock{window, start, len(b.bytes)})
	return true
}

// copyRow copies the blocks that a series has in some windows of the file. Those that are lost it names in the buffer.
func (r *Reader) copyRow(b *rowBuffer, position uint32, s Series, first, last int64) error {
	row, err := r.row(position)
	if err == nil {
		err = r.copyBlocks(b, row, position, s, first, last)
	}
	if err == nil && len(b.lost) == 0 {
		return nil
	}
	if err := r.checkWay(position); err != nil {
		return err // where the row lies; the call begins again
	}
	if err != nil {
		b.bytes, b.blocks = b.bytes[:0], b.blocks[:0]
		b.lost = append(b.lost[:0], lostPiece{r.head.First, r.head.Last(), err})
	}
	return nil
}

// checkWay checks those parts of the tables that lead to a row.
func (r *Reader) checkWay(position uint32) error {
	numbers, err := r.file.view(sectionNumbers)
	if err != nil {
		return err
	}
	runs, err := r.file.view(sectionRuns)
	if err != nil {
		return err
	}
	var m, n mark
	if err := numbers.check(numberBytes*int(position), numberBytes*int(position)+numberBytes, &m); err != nil {
		return err
	}
	at := int(position) / r.runSeries * runBytesOf(r.file.version)
	return runs.check(at, min(at+2*runBytesOf(r.file.version), len(runs.bytes)), &n)
}

// copyBlocks is copyRow with the row.
func (r *Reader) copyBlocks(b *rowBuffer, row []byte, position uint32, s Series, first, last int64) error {
	b.sealer.head, b.sealer.series = r.headSum, s
	sum, hasLengths := uint32(0), r.head.Windows > 1 && r.file.version >= 3
	if hasLengths {
		if len(row) < sumBytes {
			return r.badRow(position)
		}
		sum, row = binary.LittleEndian.Uint32(row), row[sumBytes:]
	}
	lengths, complete, ok := 0, true, false
	if first == last {
		lengths, complete, ok = r.copyOne(b, row, first)
	} else {
		lengths, complete, ok = r.copySome(b, row, first, last)
	}
	// A block that is as its checksum says need not be led to: the lengths have to be right about those that are missing.
	if !ok || (!complete || b.strict) && hasLengths && b.sealer.lengths(row[:lengths]) != sum {
		return r.badRow(position)
	}
	for i := range b.lost {
		piece := &b.lost[i]
		piece.cause = r.file.damaged(sectionData, "checksum of the block of position %d in window %d differs", position, piece.first)
	}
	return nil
}

// copyOne copies the block of one window. complete says that there is one; else it is missing, or lost.
func (r *Reader) copyOne(b *rowBuffer, row []byte, window int64) (lengths int, complete, ok bool) {
	block, lengths, ok := rowBlock(row, r.head.Windows, int(window-r.head.First))
	ok = ok && (len(block) > 0 || r.head.Windows > 1) // every series has a block somewhere
	return lengths, ok && r.copyBlock(b, window, block), ok
}

// copySome is copyOne for several windows, all of which have to have a block.
func (r *Reader) copySome(b *rowBuffer, row []byte, first, last int64) (lengths int, complete, ok bool) {
	blocks, ok := readRow(row, r.head.Windows)
	lengths, complete = len(blocks.lengths), true
	for window := r.head.First; ok && window <= last; window++ {
		var block []byte
		if block, ok = blocks.next(); ok && window >= first {
			complete = r.copyBlock(b, window, block) && complete
		}
	}
	return lengths, complete, ok
}

// copyBlock copies a block, if it is one. One that is not as its checksum says is lost.
func (r *Reader) copyBlock(b *rowBuffer, window int64, block []byte) (good bool) {
	switch {
	case len(block) == 0:
		return false
	case r.file.version < 3:
		b.add(window, block)
	case !b.addSealed(window, block):
		b.lost = append(b.lost, lostPiece{first: window, last: window})
		return false
	}
	return true
}

// Blocks calls visit with each block that the series at positions have in the windows first to last: the
// series as they are listed, the windows of each ascending; but for those that are lost. A block is only valid
// during the call of visit, on its goroutine. Close, meanwhile, does not harm. An error of visit ends the walk and is returned as it is; others match ErrClosed.
func (r *Reader) Blocks(positions []uint32, first, last int64,
	visit func(position uint32, window int64, block []byte) error) error {
	first, last = max(first, r.head.First), min(last, r.head.Last())
	if first > last {
		return nil
	}
	if err := r.file.hold(); err != nil {
		return err
	}
	defer r.file.letGo()
	b := r.buffer()
	defer r.giveBack(b)
	for _, position := range positions {
		r.mustBePosition(position)
		err := r.readBlocks(b, position, first, last)
		if errors.Is(err, ErrDamaged) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, block := range b.blocks {
			if err := visit(position, block.window, b.bytes[block.start:block.end:block.end]); err != nil {
				return err
			}
		}
	}
	return nil
}

// readBlocks copies the blocks of a series, and notes what is lost. The caller holds the file.
func (r *Reader) readBlocks(b *rowBuffer, position uint32, first, last int64) error {
	var s Series // a wrong one fits no checksum
	err := r.file.read(func() error {
		b.reset()
		s = r.supposed(position)
		return r.copyRow(b, position, s, first, last)
	})
	if err = r.afterPage(err, b, position, s, first, last); err != nil {
		return err
	}
	r.lose(b, position, s)
	return nil
}

// supposed returns the series at a position, unchecked.
func (r *Reader) supposed(position uint32) Series {
	number := binary.LittleEndian.Uint32(r.file.unchecked(sectionNumbers)[numberBytes*position:])
	return Series{r.shards[r.shardAt(position)].Shard, number}
}

// Block calls see with the block of a series in a window, if it has one there. What Blocks says of its visits and errors
// holds here.
func (r *Reader) Block(s Series, window int64, see func(block []byte) error) error {
	if window < r.head.First || window > r.head.Last() {
		return nil
	}
	if err := r.file.hold(); err != nil {
		return err
	}
	defer r.file.letGo()
	b := r.buffer()
	defer r.giveBack(b)
	position, found := uint32(0), false
	err := r.file.read(func() (err error) {
		b.reset()
		if position, found, err = r.find(s, r.file.version < 3); err != nil || !found {
			return err
		}
		return r.copyRow(b, position, s, window, window)
	})
	if err = r.afterPage(err, b, position, s, window, window); err != nil {
		if errors.Is(err, ErrDamaged) {
			return nil
		}
		return err
	}
	r.lose(b, position, s)
	for _, block := range b.blocks {
		return see(b.bytes[block.start:block.end:block.end])
	}
	return nil
}

// afterPage makes the best of an error that is about a page of section data: it takes away the blocks on it. Of several windows
// each is read alone.
func (r *Reader) afterPage(err error, b *rowBuffer, position uint32, s Series, first, last int64) error {
	if err == nil {
		return nil
	}
	var page *pageError
	if !errors.As(err, &page) || r.Failed() != nil {
		return err
	}
	b.reset()
	if first == last {
		b.lost = append(b.lost, lostPiece{first, last, fmt.Errorf("section data: %w", page)})
		return nil
	}
	one := r.buffer()
	defer r.giveBack(one)
	for window := first; window <= last; window++ {
		err := r.file.read(func() error {
			one.reset()
			return r.copyRow(one, position, s, window, window)
		})
		if err := r.afterPage(err, one, position, s, window, window); err != nil {
			return err
		}
		for _, block := range one.blocks {
			b.add(window, one.bytes[block.start:block.end])
		}
		b.lost = append(b.lost, one.lost...)
	}
	return nil
}
