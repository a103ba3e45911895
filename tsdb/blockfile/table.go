package blockfile

import (
	"encoding/binary"
	"math"
)

// A table is a list of byte strings:
//
//	end end end …   bytes bytes bytes …
//	uint32 each     entry i is bytes[end i-1 : end i]; the first one begins at 0
//
// It is the form of the sections keys, tags, refs and postings (sectionTable reads them), and of each run of blocks.
type table struct{ ends, bytes []byte }

// readTable cuts a table of n entries from b, which has at least 4·n bytes.
func readTable(b []byte, n int) table { return table{b[:4*n], b[4*n:]} }

// at returns entry i, which is a part of the table, or false where the table's offsets make no sense.
func (t table) at(i int) ([]byte, bool) {
	start := uint32(0)
	if i > 0 {
		start = binary.LittleEndian.Uint32(t.ends[4*i-4:])
	}
	end := binary.LittleEndian.Uint32(t.ends[4*i:])
	if start > end || uint64(end) > uint64(len(t.bytes)) {
		return nil, false
	}
	return t.bytes[start:end:end], true
}

// A tableBuilder makes a table.
type tableBuilder struct{ ends, bytes []byte }

// end closes the entry whose bytes have been appended to b.bytes.
func (b *tableBuilder) end() error {
	if len(b.bytes) > math.MaxUint32 {
		return ErrTooLarge
	}
	b.ends = binary.LittleEndian.AppendUint32(b.ends, uint32(len(b.bytes)))
	return nil
}

// join appends the entries of other.
func (b *tableBuilder) join(other *tableBuilder) error {
	base := len(b.bytes)
	if base+len(other.bytes) > math.MaxUint32 {
		return ErrTooLarge
	}
	for i := range other.len() {
		end := binary.LittleEndian.Uint32(other.ends[4*i:])
		b.ends = binary.LittleEndian.AppendUint32(b.ends, end+uint32(base))
	}
	b.bytes = append(b.bytes, other.bytes...)
	return nil
}

// whole returns the table, and takes it from the builder.
func (b *tableBuilder) whole() []byte {
	whole := append(b.ends, b.bytes...)
	*b = tableBuilder{}
	return whole
}

func (b *tableBuilder) len() int { return len(b.ends) / 4 }

func (b *tableBuilder) reset() { b.ends, b.bytes = b.ends[:0], b.bytes[:0] }
