package blockfile

import "encoding/binary"

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
