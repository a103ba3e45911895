package blockfile

import (
	"encoding/binary"
	"hash/crc32"
)

// A row is the blocks of one series:
//
//	checksum   length length …                         checksum block   checksum block …
//	uint32     uvarint per window but the last,        one behind the other; the last one has what is left;
//	           0 for none                              a length is that of checksum and block
//
// The checksum of the lengths is there if the file has several windows: one of one window spends nothing on lengths. Versions 1
// and 2 have no checksums in rows.
//
// A checksum begins with that in the head, goes on over the name of the series and, for a block, the number of the window, and
// then over what it is for. So a row or a block that lies where another should is as bad as one that was changed.

// A sealer makes the checksums in the row of a series.
type sealer struct {
	head   uint32
	series Series
	buffer []byte // for what is to be checked, in one piece
}

// name appends what goes before the lengths of the row.
func (x *sealer) name(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(x.series.Shard))
	return binary.LittleEndian.AppendUint32(dst, x.series.Number)
}

// window appends what goes before a block.
func (x *sealer) window(dst []byte, window int64) []byte {
	return binary.LittleEndian.AppendUint64(x.name(dst), uint64(window))
}

// sum returns the checksum of something with the name in front of it.
func (x *sealer) sum(b []byte) uint32 { return crc32.Update(x.head, castagnoli, b) }

func (x *sealer) lengths(b []byte) uint32 {
	x.buffer = append(x.name(x.buffer[:0]), b...)
	return x.sum(x.buffer)
}

func (x *sealer) block(window int64, b []byte) uint32 {
	x.buffer = append(x.window(x.buffer[:0], window), b...)
	return x.sum(x.buffer)
}

// appendRow appends the row of a series in the windows from first on.
func appendRow(dst []byte, x *sealer, first int64, blocks [][]byte) []byte {
	if len(blocks) > 1 {
		start := len(dst)
		dst = append(dst, 0, 0, 0, 0)
		for _, block := range blocks[:len(blocks)-1] {
			length := 0
			if len(block) > 0 {
				length = sumBytes + len(block)
			}
			dst = binary.AppendUvarint(dst, uint64(length))
		}
		binary.LittleEndian.PutUint32(dst[start:], x.lengths(dst[start+sumBytes:]))
	}
	for i, block := range blocks {
		if len(block) > 0 {
			dst = binary.LittleEndian.AppendUint32(dst, x.block(first+int64(i), block))
			dst = append(dst, block...)
		}
	}
	return dst
}

// A rowReader walks over the blocks of a row, window by window: what lies behind the checksum of the lengths.
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

// rowBlock returns the block of the k-th of so many windows of a row, and how many bytes its lengths take, or false where the row
// makes no sense. It says what a rowReader says, in one walk over the lengths.
func rowBlock(row []byte, windows, k int) (block []byte, at int, ok bool) {
	start, end := 0, 0
	for i := range windows - 1 {
		if at >= len(row) {
			return nil, 0, false
		}
		length := uint64(row[at])
		size := 1
		if length >= 0x80 {
			if length, size = binary.Uvarint(row[at:]); size <= 0 || length > uint64(len(row)) {
				return nil, 0, false
			}
		}
		at += size
		if i <= k {
			start, end = end, end+int(length)
		}
	}
	if at > len(row) {
		return nil, 0, false
	}
	blocks := row[at:]
	if k == windows-1 {
		start, end = end, len(blocks)
	}
	if start > end || end > len(blocks) {
		return nil, 0, false
	}
	return blocks[start:end:end], at, true
}
