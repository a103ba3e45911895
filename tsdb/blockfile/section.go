package blockfile

import (
	"encoding/binary"
	"hash/crc32"
	"sync/atomic"
)

// A section is a part of the mapped file.
type section struct {
	entry sectionEntry
	bytes []byte // mapped
	// sums are the checksums of its chunks: of a table. In files of versions 1 and 2, which have none, they are made when the
	// section was checked as a whole.
	sums atomic.Pointer[[]uint32]
	// restored is a copy of the section, in which what was damaged is good again. It is ours: nobody changes it.
	restored atomic.Pointer[[]byte]
}

// badSection reports a chunk of a table that is not as it was written. Where the section can be restored, the call that
// found it begins again.
type badSection struct {
	number int
	cause  error
}

func (e *badSection) Error() string { return e.cause.Error() }

func (e *badSection) Unwrap() error { return e.cause }

// A view is a section as one call reads it: each chunk is checked when the call first reads it. So a change of the file, or a
// page that comes from the disk anew and differs, is found by the call that would have used it.
type view struct {
	file   *mapped
	number int
	bytes  []byte
	sums   []uint32 // nil: bytes are ours, and good
}

// view begins to read a section.
func (m *mapped) view(number int) (view, error) {
	s := &m.sections[number]
	if restored := s.restored.Load(); restored != nil {
		return view{m, number, *restored, nil}, nil
	}
	sums := s.sums.Load()
	if sums == nil {
		made := sumsOf(s.bytes)
		if sum := crc32.Checksum(s.bytes, castagnoli); sum != s.entry.checksum {
			return view{}, &badSection{number, m.damaged(number, "checksum is %08x, not %08x", sum, s.entry.checksum)}
		}
		sums = &made
		s.sums.Store(sums)
	}
	return view{m, number, s.bytes, *sums}, nil
}

// unchecked returns the bytes of a section for who checks what they say in another way.
func (m *mapped) unchecked(number int) []byte {
	s := &m.sections[number]
	if restored := s.restored.Load(); restored != nil {
		return *restored
	}
	return s.bytes
}

// A mark remembers the chunk that a call has checked last, plus 1: most reads go on where the one before ended.
type mark int

// check checks the chunks that have the bytes from ≤ i < to, which are in the section.
func (v *view) check(from, to int, m *mark) error {
	if v.sums == nil || from >= to {
		return nil
	}
	for i := from / chunkBytes; i <= (to-1)/chunkBytes; i++ {
		if int(*m) == i+1 {
			continue
		}
		if sum := crc32.Checksum(chunkOf(v.bytes, i), castagnoli); sum != v.sums[i] {
			return &badSection{v.number, v.file.damaged(v.number, "checksum of its bytes from %d on is %08x, not %08x",
				i*chunkBytes, sum, v.sums[i])}
		}
		*m = mark(i + 1)
	}
	return nil
}

// all returns the whole section, checked.
func (v *view) all() ([]byte, error) {
	var m mark
	return v.bytes, v.check(0, len(v.bytes), &m)
}

// A sectionTable is a table of a section, the entries of which are checked as they are read.
type sectionTable struct {
	view
	n           int  // entries
	ends, texts mark // where in the offsets, and in the entries, was read last
}

// table begins to read a section that is a table of n entries.
func (m *mapped) table(number, n int) (sectionTable, error) {
	v, err := m.view(number)
	return sectionTable{view: v, n: n}, err
}

// at returns entry i, a part of the section.
func (t *sectionTable) at(i int) ([]byte, error) {
	if err := t.check(4*max(0, i-1), 4*i+4, &t.ends); err != nil {
		return nil, err
	}
	start, end := 0, int(binary.LittleEndian.Uint32(t.bytes[4*i:]))
	if i > 0 {
		start = int(binary.LittleEndian.Uint32(t.bytes[4*i-4:]))
	}
	b := t.bytes[4*t.n:]
	if start > end || end > len(b) {
		return nil, t.file.damaged(t.number, "entry %d lies at %d to %d of %d bytes", i, start, end, len(b))
	}
	return b[start:end:end], t.check(4*t.n+start, 4*t.n+end, &t.texts)
}
