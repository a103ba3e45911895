package blockfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// FORMAT.md draws what these constants measure.
const (
	magic         = "TELABLK\n"
	endMagic      = "TELAEND\n"
	formatVersion = 2 // what is written; all from 1 on are read
	headBytes     = 52
	sectionBytes  = 12 // length and checksum of a section, in the foot
	runBytes      = 12 // offset and checksum of a run, in section runs
	shardBytes    = 8  // number and first position of a shard, in section shards
	// groupSeries is the number of series that share one offset in section refs.
	groupSeries = 16
)

// Bounds that a file keeps, so that no number in it makes a reader allocate or loop without measure.
const (
	MaxWindows    = 1024
	maxSlots      = 1 << 16
	maxRunSeries  = 1024
	maxKeys       = 1 << 16
	maxBlockBytes = 1 << 20
)

// The sections, in the order in which they lie in the file.
const (
	sectionData = iota
	sectionRuns
	sectionShards
	sectionNumbers
	sectionKeys
	sectionTags
	sectionRefs
	sectionPostings
	sectionHashes // from version 2 on
	numSections
)

var sectionNames = [numSections]string{"data", "runs", "shards", "numbers", "keys", "tags", "refs", "postings", "hashes"}

// sectionsOf returns how many sections the files of a version have, and footBytes how long their foot is.
func sectionsOf(version int) int {
	if version == 1 {
		return sectionHashes
	}
	return numSections
}

func footBytes(version int) int { return 16 + sectionsOf(version)*sectionBytes + 12 }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A Head says what a file is about: which windows of what grid.
type Head struct {
	// StepMillis is the length of a slot, and Slots how many make a window.
	StepMillis int64
	Slots      int
	// First is the number of the first window, and Windows how many there are, one behind the other;
	// any of them may be empty. Window w covers, in time, (w·Slots·StepMillis, (w+1)·Slots·StepMillis].
	First   int64
	Windows int
	// Sequence orders files: where two hold the same window of a series, the one with the higher number
	// holds the truth. The owner of the directory counts.
	Sequence uint64
}

// Last returns the number of the last window.
func (h Head) Last() int64 { return h.First + int64(h.Windows) - 1 }

func (h Head) check() error {
	switch {
	case h.StepMillis <= 0:
		return fmt.Errorf("a step of %d ms", h.StepMillis)
	case h.Slots < 1 || h.Slots > maxSlots:
		return fmt.Errorf("%d slots in a window, 1 to %d are possible", h.Slots, maxSlots)
	case h.Windows < 1 || h.Windows > MaxWindows:
		return fmt.Errorf("%d windows, 1 to %d are possible", h.Windows, MaxWindows)
	case h.Last() < h.First:
		return fmt.Errorf("windows that begin with number %d", h.First)
	}
	return nil
}

// runSeries returns how many series share a checksum: as many as make about 8 KB of blocks, since the
// first look at one of them reads them all.
func (h Head) runSeries() int { return max(4, 64/h.Windows) }

func (h Head) append(dst []byte, runSeries int) []byte {
	start := len(dst)
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint32(dst, formatVersion)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.StepMillis))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.First))
	dst = binary.LittleEndian.AppendUint64(dst, h.Sequence)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(h.Slots))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(h.Windows))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(runSeries))
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// readHead reads the head of a file.
func readHead(data []byte) (h Head, version, runSeries int, err error) {
	if !bytes.HasPrefix(data, []byte(magic)) {
		return Head{}, 0, 0, fmt.Errorf("%w: it begins with %q", ErrDamaged, data[:min(len(data), len(magic))])
	}
	if len(data) < headBytes {
		return Head{}, 0, 0, fmt.Errorf("%w: %d bytes, a head has %d", ErrDamaged, len(data), headBytes)
	}
	if crc32.Checksum(data[:headBytes-4], castagnoli) != binary.LittleEndian.Uint32(data[headBytes-4:]) {
		return Head{}, 0, 0, fmt.Errorf("%w: checksum of the head differs", ErrDamaged)
	}
	switch v := binary.LittleEndian.Uint32(data[8:]); {
	case v == 0:
		return Head{}, 0, 0, fmt.Errorf("%w: the head tells of format version 0", ErrDamaged)
	case v > formatVersion:
		return Head{}, 0, 0, fmt.Errorf("format version %d, this program knows 1 to %d: %w", v, formatVersion, ErrNewer)
	default:
		version = int(v)
	}
	h = Head{
		StepMillis: int64(binary.LittleEndian.Uint64(data[12:])),
		First:      int64(binary.LittleEndian.Uint64(data[20:])),
		Sequence:   binary.LittleEndian.Uint64(data[28:]),
		Slots:      int(binary.LittleEndian.Uint32(data[36:])),
		Windows:    int(binary.LittleEndian.Uint32(data[40:])),
	}
	runSeries = int(binary.LittleEndian.Uint32(data[44:]))
	if err := h.check(); err != nil {
		return Head{}, 0, 0, fmt.Errorf("%w: the head tells of %w", ErrDamaged, err)
	}
	if runSeries < 1 || runSeries > maxRunSeries {
		return Head{}, 0, 0, fmt.Errorf("%w: the head tells of %d series in a run", ErrDamaged, runSeries)
	}
	return h, version, runSeries, nil
}

// A foot is the end of a file: how many things there are, and the sections' lengths and checksums.
type foot struct {
	series, keys, tags, shards int
	sections                   [numSections]sectionEntry
}

type sectionEntry struct {
	length   int64
	checksum uint32 // 0 for data, whose runs have their own
}

// append writes the foot; its checksum continues that of the head, so that each belongs to the other.
func (f *foot) append(dst []byte, headSum uint32) []byte {
	start := len(dst)
	for _, count := range []int{f.series, f.keys, f.tags, f.shards} {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(count))
	}
	for _, s := range f.sections { // those of the newest version
		dst = binary.LittleEndian.AppendUint64(dst, uint64(s.length))
		dst = binary.LittleEndian.AppendUint32(dst, s.checksum)
	}
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Update(headSum, castagnoli, dst[start:]))
	return append(dst, endMagic...)
}

// readFoot reads the foot of a file that begins with a good head of a version.
func readFoot(file []byte, version int) (*foot, error) {
	footBytes := footBytes(version)
	at := len(file) - footBytes
	if at < headBytes || string(file[len(file)-len(endMagic):]) != endMagic {
		return nil, fmt.Errorf("%w: %d bytes, and the foot is missing: the end was cut off", ErrDamaged, len(file))
	}
	b := file[at:]
	sum := crc32.Update(binary.LittleEndian.Uint32(file[headBytes-4:]), castagnoli, b[:footBytes-12])
	if sum != binary.LittleEndian.Uint32(b[footBytes-12:]) {
		return nil, fmt.Errorf("%w: checksum of the foot at %d differs", ErrDamaged, at)
	}
	f := &foot{}
	for i, count := range []*int{&f.series, &f.keys, &f.tags, &f.shards} {
		*count = int(binary.LittleEndian.Uint32(b[4*i:]))
	}
	left := int64(at - headBytes)
	for i := range sectionsOf(version) {
		entry := b[16+i*sectionBytes:]
		f.sections[i] = sectionEntry{int64(binary.LittleEndian.Uint64(entry)), binary.LittleEndian.Uint32(entry[8:])}
		if f.sections[i].length < 0 || f.sections[i].length > left {
			return nil, fmt.Errorf("%w: the foot at %d gives section %s %d bytes of %d",
				ErrDamaged, at, sectionNames[i], f.sections[i].length, left)
		}
		left -= f.sections[i].length
	}
	if sum := f.sections[sectionData].checksum; sum != 0 {
		return nil, fmt.Errorf("%w: the foot at %d gives section data the checksum %08x, not 0", ErrDamaged, at, sum)
	}
	if left != 0 {
		return nil, fmt.Errorf("%w: %d bytes of the file belong to no section", ErrDamaged, left)
	}
	return f, nil
}

// checkLengths holds the sections to the counts, so that no look-up by number passes a section's end.
func (f *foot) checkLengths(version, runSeries int) error {
	if f.keys > maxKeys {
		return fmt.Errorf("%w: %d keys, at most %d are possible", ErrDamaged, f.keys, maxKeys)
	}
	runs, groups := divideUp(f.series, runSeries), divideUp(f.series, groupSeries)
	hashes := 0
	if version > 1 {
		hashes = hashesBytes(f.series)
	}
	for _, want := range []struct {
		section, length int
		exact           bool
	}{
		{sectionRuns, runs * runBytes, true},
		{sectionShards, f.shards * shardBytes, true},
		{sectionNumbers, f.series * 4, true},
		{sectionKeys, f.keys * (4 + 4), false},
		{sectionTags, f.tags * 4, false},
		{sectionRefs, groups * 4, false},
		{sectionPostings, (f.keys + f.tags) * 4, false},
		{sectionHashes, hashes, true},
	} {
		got := f.sections[want.section].length
		if got < int64(want.length) || want.exact && got > int64(want.length) {
			return fmt.Errorf("%w: section %s has %d bytes, its entries %d",
				ErrDamaged, sectionNames[want.section], got, want.length)
		}
	}
	return nil
}

func divideUp(n, by int) int { return (n + by - 1) / by }
