package blockfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// The directory of a file is there twice, in front of the tables and behind them, so that the loss of one costs nothing:
//
//	magic length   head   counts       lengths             checksums       checksum length magic
//	8     uint32   52     4 × uint32   of data, parity,    of each chunk   of all   again
//	                                   and the tables
//	                                   uint64 each         uint32 each     uint32   uint32 8
const (
	directoryMagic = "TELADIR\n"
	directoryFront = len(directoryMagic) + 4
	directoryBack  = sumBytes + 4 + len(endMagic)
	// directoryFixed is the length of a directory but for the checksums of chunks.
	directoryFixed = directoryFront + headBytes + 4*4 + (numSections+1)*8 + directoryBack
)

// A directory says what is where in a file, and the checksums of its tables.
type directory struct {
	contents
	head      Head
	headSum   uint32
	runSeries int
	parity    sectionEntry
	sums      [numSections][]uint32 // by chunk, of the tables
}

// bytes returns the length of a directory.
func (d *directory) bytes() int64 {
	n := int64(directoryFixed)
	for i := firstTable; i < numSections; i++ {
		n += sumBytes * int64(chunksOf(d.sections[i].length))
	}
	return n
}

// append writes the directory; head is that of the file, as it lies there.
func (d *directory) append(dst, head []byte) []byte {
	start := len(dst)
	length := uint32(d.bytes())
	dst = append(dst, directoryMagic...)
	dst = binary.LittleEndian.AppendUint32(dst, length)
	dst = append(dst, head...)
	for _, count := range d.counts() {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(*count))
	}
	dst = binary.LittleEndian.AppendUint64(dst, uint64(d.sections[sectionData].length))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(d.parity.length))
	for _, s := range d.sections[firstTable:] {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(s.length))
	}
	for _, sums := range d.sums {
		for _, sum := range sums {
			dst = binary.LittleEndian.AppendUint32(dst, sum)
		}
	}
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
	dst = binary.LittleEndian.AppendUint32(dst, length)
	return append(dst, endMagic...)
}

// findDirectory reads the directory that ends a file or, where that is damaged, the one in front of the tables, which it
// looks for from the end. problem says what is wrong with the first, if anything; err that there is none.
func findDirectory(file []byte) (d *directory, problem, err error) {
	if len(file) >= directoryFixed {
		length := int64(binary.LittleEndian.Uint32(file[len(file)-len(endMagic)-4:]))
		if at := int64(len(file)) - length; at >= headBytes {
			if d, problem = readDirectory(file, at); problem == nil && d.end() == int64(len(file)) {
				return d, nil, nil
			}
		}
	}
	problem = fmt.Errorf("%w: there is no good directory at the end of %d bytes", ErrDamaged, len(file))
	for end := len(file); ; {
		at := bytes.LastIndex(file[:end], []byte(directoryMagic))
		if at < 0 {
			return nil, nil, fmt.Errorf("%w, and none before", problem)
		}
		if d, err := readDirectory(file, int64(at)); err == nil {
			return d, problem, nil
		}
		end = at + len(directoryMagic) - 1
	}
}

// readDirectory reads a directory that lies at an offset, which is one of its two places.
func readDirectory(file []byte, at int64) (*directory, error) {
	b := file[at:]
	if len(b) < directoryFixed || string(b[:len(directoryMagic)]) != directoryMagic {
		return nil, fmt.Errorf("%w: no directory at %d", ErrDamaged, at)
	}
	length := binary.LittleEndian.Uint32(b[len(directoryMagic):])
	if int64(length) < int64(directoryFixed) || int64(length) > int64(len(b)) {
		return nil, fmt.Errorf("%w: a directory of %d bytes at %d", ErrDamaged, length, at)
	}
	b = b[:length:length]
	back := b[len(b)-directoryBack:]
	if crc32.Checksum(b[:len(b)-directoryBack], castagnoli) != binary.LittleEndian.Uint32(back) ||
		binary.LittleEndian.Uint32(back[sumBytes:]) != length || string(back[sumBytes+4:]) != endMagic {
		return nil, fmt.Errorf("%w: checksum of the directory at %d differs", ErrDamaged, at)
	}
	d := &directory{}
	if err := d.read(b[directoryFront : len(b)-directoryBack]); err != nil {
		return nil, fmt.Errorf("%w, as the directory at %d says", err, at)
	}
	if first := d.sections[sectionData].offset + d.sections[sectionData].length; at != first && at != d.end()-d.bytes() {
		return nil, fmt.Errorf("%w: the directory at %d belongs elsewhere", ErrDamaged, at)
	}
	return d, nil
}

// read reads what lies between the ends of a directory.
func (d *directory) read(b []byte) (err error) {
	var version int
	if d.head, version, d.runSeries, err = readHead(b); err != nil {
		return err
	}
	if version != formatVersion {
		return fmt.Errorf("%w: a directory in a file of version %d", ErrDamaged, version)
	}
	d.headSum = binary.LittleEndian.Uint32(b[headBytes-sumBytes:])
	b = b[headBytes:]
	for i, count := range d.counts() {
		*count = int(binary.LittleEndian.Uint32(b[4*i:]))
	}
	b = b[4*len(d.counts()):]
	lengths, sums := b[:8*(numSections+1)], b[8*(numSections+1):]
	if err := d.place(lengths, len(sums)); err != nil {
		return err
	}
	for i := firstTable; i < numSections; i++ {
		d.sums[i] = make([]uint32, chunksOf(d.sections[i].length))
		for j := range d.sums[i] {
			d.sums[i][j] = binary.LittleEndian.Uint32(sums)
			sums = sums[sumBytes:]
		}
	}
	return d.checkLengths(version, d.runSeries)
}

// place lays the sections out whose lengths are given, and holds them to the bytes of checksums there are.
func (d *directory) place(lengths []byte, sumsBytes int) error {
	const limit = int64(1) << 48
	next := func() (length int64) {
		length = int64(binary.LittleEndian.Uint64(lengths))
		lengths = lengths[8:]
		return length
	}
	d.sections[sectionData] = sectionEntry{offset: headBytes, length: next()}
	d.parity.length = next()
	chunks := 0
	for i := firstTable; i < numSections; i++ {
		length := next()
		if length < 0 || length > limit {
			return fmt.Errorf("%w: section %s of %d bytes", ErrDamaged, sectionNames[i], length)
		}
		d.sections[i].length = length
		chunks += chunksOf(length)
	}
	if n := d.sections[sectionData].length; n < 0 || n > limit || d.parity.length < 0 || d.parity.length > limit ||
		sumsBytes != sumBytes*chunks {
		return fmt.Errorf("%w: sections and checksums do not fit", ErrDamaged)
	}
	offset := headBytes + d.sections[sectionData].length + d.bytes()
	d.parity.offset = offset
	offset += d.parity.length
	for i := firstTable; i < numSections; i++ {
		d.sections[i].offset = offset
		offset += d.sections[i].length
	}
	return nil
}

// end returns the length of the file.
func (d *directory) end() int64 {
	last := d.sections[numSections-1]
	return last.offset + last.length + d.bytes()
}
