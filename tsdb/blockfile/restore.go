package blockfile

import (
	"errors"
	"fmt"
	"hash/crc32"
)

// restore makes a section good after a call has found it damaged, and reports whether the call may begin again.
func (m *mapped) restore(bad *badSection) bool {
	m.restoring.Lock()
	defer m.restoring.Unlock()
	s := &m.sections[bad.number]
	if s.restored.Load() != nil {
		return true // another call has done it meanwhile
	}
	if restored := m.copyOf(bad.number); restored != nil {
		s.restored.Store(&restored)
	} else if bad.number != sectionHashes || m.hashless.Swap(true) {
		return false
	}
	m.damages.add(Damage{Cause: fmt.Errorf("block file %s: %w", m.name, bad.cause)})
	return true
}

// copyOf returns a copy of a section, in which the chunks that are damaged are made of the others of their classes; nil if
// that does not succeed.
func (m *mapped) copyOf(number int) []byte {
	s := &m.sections[number]
	sums := s.sums.Load()
	if sums == nil {
		return nil
	}
	section := make([]byte, s.entry.length)
	for i, sum := range *sums {
		chunk := chunkOf(section, i)
		if !m.readChunk(chunk, s.entry.offset+int64(i)*chunkBytes, sum) && !m.rebuildChunk(chunk, number, i) {
			return nil
		}
	}
	return section
}

// readChunk copies what the file has at an offset and reports whether that has a checksum.
func (m *mapped) readChunk(dst []byte, offset int64, sum uint32) bool {
	return m.readAt(dst, offset) && crc32.Checksum(dst, castagnoli) == sum
}

// readAt copies what the file has at an offset and reports whether it has all of it.
func (m *mapped) readAt(dst []byte, offset int64) bool {
	err := m.guarded(func() error {
		if offset+int64(len(dst)) > m.size {
			return errors.New("behind the end")
		}
		copy(dst, m.mapping.Data[offset:])
		return nil
	})
	return err == nil
}

// rebuildChunk makes a chunk of a section of the parity of its class and the others in it.
func (m *mapped) rebuildChunk(dst []byte, number, chunk int) bool {
	if m.parity.length == 0 {
		return false
	}
	var lengths []int64
	wanted := chunk // among the chunks of all tables
	for i := firstTable; i < numSections; i++ {
		if i < number {
			wanted += chunksOf(m.sections[i].entry.length)
		}
		lengths = append(lengths, m.sections[i].entry.length)
	}
	chunks := chunkLengths(lengths)
	ends := parityEnds(chunks)
	class := wanted % len(ends)
	start := int64(0)
	if class > 0 {
		start = ends[class-1]
	}
	var room [2][chunkBytes]byte
	sum := room[0][:ends[class]-start]
	if ends[len(ends)-1] != m.parity.length || !m.readAt(sum, m.parity.offset+start) {
		return false
	}
	i := 0
	for number := firstTable; number < numSections; number++ {
		s := &m.sections[number]
		for j, want := range *s.sums.Load() {
			if i%len(ends) == class && i != wanted {
				other := room[1][:chunks[i]]
				if restored := s.restored.Load(); restored != nil {
					other = chunkOf(*restored, j)
				} else if !m.readChunk(other, s.entry.offset+int64(j)*chunkBytes, want) {
					return false
				}
				addTo(sum, other)
			}
			i++
		}
	}
	copy(dst, sum)
	return crc32.Checksum(dst, castagnoli) == (*m.sections[number].sums.Load())[chunk]
}
