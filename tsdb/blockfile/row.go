package blockfile

import "encoding/binary"

// A row is the blocks of one series:
//
//	length length …                         block block …
//	uvarint per window but the last,        one behind the other; the last one has what is left
//	0 for none
//
// so that a file of one window spends nothing on lengths.

func appendRow(dst []byte, blocks [][]byte) []byte {
	for _, block := range blocks[:len(blocks)-1] {
		dst = binary.AppendUvarint(dst, uint64(len(block)))
	}
	for _, block := range blocks {
		dst = append(dst, block...)
	}
	return dst
}

// A rowReader walks over the blocks of a row, window by window.
type rowReader struct {
	lengths, blocks []byte
	left            int // windows whose length is still in lengths
}

// readRow returns a reader of a row of so many windows, or false where the row makes no sense.
func readRow(row []byte, windows int) (rowReader, bool) {
	at := 0
	for range windows - 1 {
		for at < len(row) && row[at] >= 0x80 {
			at++
		}
		at++
	}
	if at > len(row) {
		return rowReader{}, false
	}
	return rowReader{lengths: row[:at], blocks: row[at:], left: windows - 1}, true
}

// next returns the block of the next window, or false where the row makes no sense.
func (r *rowReader) next() ([]byte, bool) {
	if r.left == 0 {
		block := r.blocks
		r.blocks = nil
		return block, true
	}
	length, n := binary.Uvarint(r.lengths)
	if n <= 0 || length > uint64(len(r.blocks)) {
		return nil, false
	}
	block := r.blocks[:length:length]
	r.lengths, r.blocks = r.lengths[n:], r.blocks[length:]
	r.left--
	return block, true
}

// rowBlock returns the block of the k-th of so many windows of a row, or false where the row makes no sense. It says what a
// rowReader says, in one walk over the lengths.
func rowBlock(row []byte, windows, k int) (block []byte, ok bool) {
	at, start, end := 0, 0, 0
	for i := range windows - 1 {
		if at >= len(row) {
			return nil, false
		}
		length := uint64(row[at])
		size := 1
		if length >= 0x80 {
			if length, size = binary.Uvarint(row[at:]); size <= 0 || length > uint64(len(row)) {
				return nil, false
			}
		}
		at += size
		if i <= k {
			start, end = end, end+int(length)
		}
	}
	blocks := row[at:]
	if k == windows-1 {
		start, end = end, len(blocks)
	}
	if start > end || end > len(blocks) {
		return nil, false
	}
	return blocks[start:end:end], true
}
