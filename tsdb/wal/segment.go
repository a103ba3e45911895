package wal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// A Position is a place in a log: the number of a segment and an offset in its file. Positions of one log are
// ordered by <; 0 is before all of them. The number may be kept: no later record ever has it.
type Position uint64

func newPosition(segment uint32, offset int64) Position {
	return Position(segment)<<32 | Position(offset)
}

// Segment returns the number of the segment.
func (p Position) Segment() uint32 { return uint32(p >> 32) }

// Offset returns the offset in the segment's file, in bytes.
func (p Position) Offset() int64 { return int64(p & 0xffffffff) }

// String returns, for example, "00000001.wal+28".
func (p Position) String() string { return fmt.Sprintf("%s+%d", segmentName(p.Segment()), p.Offset()) }

const segmentSuffix = ".wal"

func segmentName(number uint32) string { return fmt.Sprintf("%08d%s", number, segmentSuffix) }

// segmentNumber returns the number of the segment with the given file name, and whether it is one.
func segmentNumber(name string) (uint32, bool) {
	digits, found := strings.CutSuffix(name, segmentSuffix)
	number, err := strconv.ParseUint(digits, 10, 32)
	if !found || err != nil || number == 0 || segmentName(uint32(number)) != name {
		return 0, false
	}
	return uint32(number), true
}

// IsSegmentBefore reports whether a file name, without the directory, is that of a segment all of which lies before
// a position that Rotate returned.
func IsSegmentBefore(name string, at Position) bool {
	number, ok := segmentNumber(name)
	return ok && number < at.Segment()
}

// The head of a segment's file (see the package's drawing).
const (
	segmentMagic       = "TELAWAL\n"
	formatVersion      = 1
	segmentHeaderBytes = 28
)

// ErrNewer reports a segment whose format is newer than this program's. The way out is the program that
// wrote it.
var ErrNewer = errors.New("written by a newer version of the program")

// errHeader reports a segment's head that is damaged or foreign.
var errHeader = errors.New("segment header damaged")

// A Header is the head of a segment.
type Header struct {
	Number   uint32
	Previous Position // where the log before this segment ends; 0 when nothing is before it
}

func (h Header) append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, segmentMagic...)
	dst = binary.LittleEndian.AppendUint32(dst, formatVersion)
	dst = binary.LittleEndian.AppendUint32(dst, h.Number)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.Previous))
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// readHeader reads the head of the segment that its name calls number.
func readHeader(data []byte, number uint32) (Header, error) {
	if len(data) < segmentHeaderBytes {
		return Header{}, fmt.Errorf("%w: %d bytes of %d", errHeader, len(data), segmentHeaderBytes)
	}
	if !bytes.HasPrefix(data, []byte(segmentMagic)) {
		return Header{}, fmt.Errorf("%w: it begins with %q", errHeader, data[:len(segmentMagic)])
	}
	if crc32.Checksum(data[:24], castagnoli) != binary.LittleEndian.Uint32(data[24:]) {
		return Header{}, fmt.Errorf("%w: checksum differs", errHeader)
	}
	if version := binary.LittleEndian.Uint32(data[8:]); version != formatVersion {
		return Header{}, fmt.Errorf("format version %d, this program knows %d: %w", version, formatVersion, ErrNewer)
	}
	h := Header{
		Number:   binary.LittleEndian.Uint32(data[12:]),
		Previous: Position(binary.LittleEndian.Uint64(data[16:])),
	}
	if h.Number != number || h.Previous.Segment() >= number {
		return Header{}, fmt.Errorf("%w: segment %d after %s under the name of %d",
			errHeader, h.Number, h.Previous, number)
	}
	return h, nil
}
