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
	formatVersion = 3 // what is written; all from 1 on are read
	headBytes     = 52
	runBytes      = 8 // offset of a run, in section runs; versions 1 and 2 have its checksum behind it
	shardBytes    = 8 // number and first position of a shard, in section shards
	sumBytes      = 4 // a CRC-32C
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

// The table sections are all but the data.
const firstTable = sectionRuns

var sectionNames = [numSections]string{"data", "runs", "shards", "numbers", "keys", "tags", "refs", "postings", "hashes"}

// sectionsOf returns how many sections the files of a version have.
func sectionsOf(version int) int {
	if version == 1 {
		return sectionHashes
	}
	return numSections
}

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

// runSeries returns how many series share an offset in section runs: as many as make about 8 KB of blocks.
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

func divideUp(n, by int) int { return (n + by - 1) / by }
