package blockfile

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The foot is what the files of versions 1 and 2 have in the place of directories.

const footSectionBytes = 12 // length and checksum of a section

func footBytes(version int) int { return 16 + sectionsOf(version)*footSectionBytes + 12 }

// readFoot reads the foot of a file that begins with a good head of a version.
func readFoot(file []byte, version int) (*contents, error) {
	footBytes := footBytes(version)
	at := len(file) - footBytes
	if at < headBytes || string(file[len(file)-len(endMagic):]) != endMagic {
		return nil, fmt.Errorf("%w: %d bytes, and the foot is missing: the end was cut off", ErrDamaged, len(file))
	}
	b := file[at:]
	sum := crc32.Update(binary.LittleEndian.Uint32(file[headBytes-sumBytes:]), castagnoli, b[:footBytes-12])
	if sum != binary.LittleEndian.Uint32(b[footBytes-12:]) {
		return nil, fmt.Errorf("%w: checksum of the foot at %d differs", ErrDamaged, at)
	}
	c := &contents{}
	for i, count := range c.counts() {
		*count = int(binary.LittleEndian.Uint32(b[4*i:]))
	}
	offset := int64(headBytes)
	for i := range sectionsOf(version) {
		entry := b[16+i*footSectionBytes:]
		s := &c.sections[i]
		*s = sectionEntry{offset, int64(binary.LittleEndian.Uint64(entry)), binary.LittleEndian.Uint32(entry[8:])}
		if s.length < 0 || s.length > int64(at)-offset {
			return nil, fmt.Errorf("%w: the foot at %d gives section %s %d bytes of %d",
				ErrDamaged, at, sectionNames[i], s.length, int64(at)-offset)
		}
		offset += s.length
	}
	if sum := c.sections[sectionData].checksum; sum != 0 {
		return nil, fmt.Errorf("%w: the foot at %d gives section data the checksum %08x, not 0", ErrDamaged, at, sum)
	}
	if offset != int64(at) {
		return nil, fmt.Errorf("%w: %d bytes of the file belong to no section", ErrDamaged, int64(at)-offset)
	}
	return c, nil
}
