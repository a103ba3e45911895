package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A Type says what a record is and so who owns it. The list below is the registry, so that no two owners
// take the same number. A number is never used again.
type Type uint8

const (
	Series       Type = 1 // a new series: its reference and its tags (tsdb)
	Points       Type = 2 // finished slot writes and the normaliser's states they left (tsdb)
	AlertState   Type = 3 // the state of one group of one alert rule (query/alert)
	Notification Type = 4 // a notification to deliver, or the word that it was delivered (query/alert)
	Document     Type = 5 // a version of a document: kind, id, JSON (tsdb/doc)
	Tombstone    Type = 6 // series that have nothing in a range of slots from here on (tsdb)
	Uptime       Type = 7 // when this server was taking samples (query/stream)
)

// A Record is one entry of the log. Version belongs to the owner of the type: it says how Body is encoded.
type Record struct {
	Type    Type // not 0
	Version uint8
	Body    []byte // at most MaxBodyBytes
}

// MaxBodyBytes bounds the body of a record. A length beyond it is damage, so a reader never allocates more.
// It holds a batch of a million points.
const MaxBodyBytes = 16 << 20

// recordHeaderBytes is the length of what precedes a body (see the package's drawing).
const recordHeaderBytes = 12

// ErrTooLarge reports a record whose body is over MaxBodyBytes, or an Append over maxAppendBytes.
var ErrTooLarge = errors.New("too large for the log")

// errNoType reports a record to append that names no type.
var errNoType = errors.New("record without a type")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encodedBytes returns how long the records are in the log, or why they cannot be there.
func encodedBytes(records []Record) (int, error) {
	total := 0
	for i := range records {
		r := &records[i]
		if r.Type == 0 {
			return 0, fmt.Errorf("wal: record %d of %d: %w", i, len(records), errNoType)
		}
		if len(r.Body) > MaxBodyBytes {
			return 0, fmt.Errorf("wal: record %d of %d, type %d: %d bytes, at most %d: %w",
				i, len(records), r.Type, len(r.Body), MaxBodyBytes, ErrTooLarge)
		}
		total += recordHeaderBytes + len(r.Body)
	}
	if total > maxAppendBytes {
		return 0, fmt.Errorf("wal: %d records of %d bytes together, at most %d: %w",
			len(records), total, maxAppendBytes, ErrTooLarge)
	}
	return total, nil
}

// appendRecord appends a record whose checksums are still 0: they depend on where it will lie.
func appendRecord(dst []byte, r *Record) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(r.Body)))
	dst = append(dst, byte(r.Type), r.Version, 0, 0, 0, 0, 0, 0)
	return append(dst, r.Body...)
}

// seal sets the checksums of the records in group, which will lie at the given position. It may be called
// again for another position.
func seal(group []byte, at Position) {
	for len(group) > 0 {
		end := recordHeaderBytes + int(binary.LittleEndian.Uint32(group))
		sum := headerSum(group, at)
		binary.LittleEndian.PutUint16(group[6:], fold(sum))
		binary.LittleEndian.PutUint32(group[8:], bodySum(sum, group[recordHeaderBytes:end]))
		group, at = group[end:], at+Position(end)
	}
}

// bodyBytes returns the length of the body of the record that may start at header, which holds
// recordHeaderBytes or more. It is false where no record starts at that position.
func bodyBytes(header []byte, at Position) (int, bool) {
	length := binary.LittleEndian.Uint32(header)
	if length > MaxBodyBytes || header[4] == 0 { // cheap, and enough nearly everywhere that findEntry looks
		return 0, false
	}
	return int(length), fold(headerSum(header, at)) == binary.LittleEndian.Uint16(header[6:])
}

// readRecord returns the record in data, a header that passed bodyBytes and its body. Its Body is part
// of data.
func readRecord(data []byte, at Position) (Record, bool) {
	body := data[recordHeaderBytes:]
	if bodySum(headerSum(data, at), body) != binary.LittleEndian.Uint32(data[8:]) {
		return Record{}, false
	}
	return Record{Type: Type(data[4]), Version: data[5], Body: body}, true
}

// headerSum starts from the position, spread over 32 bits by the golden ratio so that neighbours differ.
func headerSum(header []byte, at Position) uint32 {
	return crc32.Update(uint32(uint64(at)*0x9E3779B97F4A7C15>>32), castagnoli, header[:6])
}

func bodySum(headerSum uint32, body []byte) uint32 { return crc32.Update(headerSum, castagnoli, body) }

func fold(sum uint32) uint16 { return uint16(sum>>16) ^ uint16(sum) }
