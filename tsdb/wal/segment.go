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

// The head of a segment's file (see the package's drawing). Its first part is the same in all versions, so that any
// program can tell a newer segment from a damaged one.
const (
	segmentMagic       = "TELAWAL\n"
	formatVersion      = 2  // what is written; all from 1 on are read
	firstPartBytes     = 28 // all that version 1 has
	segmentHeaderBytes = 80 // of the version that is written
)

// headerBytes returns the length of the head in a version that this program knows.
func headerBytes(version uint32) int64 {
	if version == 1 {
		return firstPartBytes
	}
	return segmentHeaderBytes
}

// ErrNewer reports a segment whose format is newer than this program's. The way out is the program that
// wrote it.
var ErrNewer = errors.New("written by a newer version of the program")

// ErrHeader reports a segment's head that is damaged or foreign.
var ErrHeader = errors.New("segment header damaged")

// A Header is the head of a segment.
type Header struct {
	Number   uint32
	Previous Position // where the log before this segment ends; 0 when nothing is before it
	Origin   Origin   // zero in format version 1, which does not have it
}

func (h Header) append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, segmentMagic...)
	dst = binary.LittleEndian.AppendUint32(dst, formatVersion)
	dst = binary.LittleEndian.AppendUint32(dst, h.Number)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.Previous))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
	dst = h.Origin.append(dst)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

// readHeader reads the head of the segment that its name calls number, and says how long it is.
func readHeader(data []byte, number uint32) (h Header, length int64, err error) {
	if len(data) < firstPartBytes {
		return Header{}, 0, fmt.Errorf("%w: %d bytes of %d", ErrHeader, len(data), firstPartBytes)
	}
	if !bytes.HasPrefix(data, []byte(segmentMagic)) {
		return Header{}, 0, fmt.Errorf("%w: it begins with %q", ErrHeader, data[:len(segmentMagic)])
	}
	if !endsWithChecksum(data[:firstPartBytes]) {
		return Header{}, 0, fmt.Errorf("%w: checksum differs", ErrHeader)
	}
	version := binary.LittleEndian.Uint32(data[8:])
	switch {
	case version == 0:
		return Header{}, 0, fmt.Errorf("%w: it tells of format version 0", ErrHeader)
	case version > formatVersion:
		return Header{}, 0, fmt.Errorf("format version %d, this program knows 1 to %d: %w", version, formatVersion, ErrNewer)
	}
	h = Header{
		Number:   binary.LittleEndian.Uint32(data[12:]),
		Previous: Position(binary.LittleEndian.Uint64(data[16:])),
	}
	if h.Number != number || h.Previous.Segment() >= number {
		return Header{}, 0, fmt.Errorf("%w: segment %d after %s under the name of %d",
			ErrHeader, h.Number, h.Previous, number)
	}
	if length = headerBytes(version); length == firstPartBytes {
		return h, length, nil
	}
	if int64(len(data)) < length {
		return Header{}, 0, fmt.Errorf("%w: %d bytes of %d", ErrHeader, len(data), length)
	}
	if !endsWithChecksum(data[:length]) {
		return Header{}, 0, fmt.Errorf("%w: checksum of the origin differs", ErrHeader)
	}
	h.Origin = readOrigin(data[firstPartBytes:])
	return h, length, nil
}

// endsWithChecksum reports whether the last four bytes are the checksum of those before.
func endsWithChecksum(data []byte) bool {
	at := len(data) - 4
	return crc32.Checksum(data[:at], castagnoli) == binary.LittleEndian.Uint32(data[at:])
}
