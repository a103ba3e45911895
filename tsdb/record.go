package tsdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// Bodies of the record types that a DB keeps in the log; tombstone.go has the third. All integers are varints; a
// signed one is zigzag-coded.
//
//	series, version 1    shard  first-number  count  { length  canonical tags } …
//	points, version 1    shard  count { Δnumber  Δslot  value (8 bytes, little endian) } …
//	                            count { number  state } …
//
// Δ is the signed difference to the entry before. A fleet that publishes on the grid costs about 11
// bytes a point: the number differs by a little, the slot not at all.
const (
	seriesVersion = 1
	pointsVersion = 1
)

var recordVersions = map[wal.Type]uint8{wal.Series: seriesVersion, wal.Points: pointsVersion, wal.Tombstone: tombstoneVersion}

// errShort reports a record body that ends before its counts do.
var errShort = errors.New("body ends too early")

// appendSeriesHead appends what stands before the tags of count series of a shard, from number first on. With a count
// of 0 it says that the numbers below first have been given out.
func appendSeriesHead(dst []byte, shard int, first uint32, count int) []byte {
	dst = binary.AppendUvarint(dst, uint64(shard))
	dst = binary.AppendUvarint(dst, uint64(first))
	return binary.AppendUvarint(dst, uint64(count))
}

// appendDefinitions appends the body that defines count series from number first on, which must all exist. The caller
// holds the lock.
func (s *shard) appendDefinitions(dst []byte, first uint32, count int) []byte {
	dst = appendSeriesHead(dst, s.number, first, count)
	for number, entry := range s.series.Table.All(first) {
		if number-first >= uint32(count) {
			break
		}
		dst = binary.AppendUvarint(dst, uint64(len(entry.Tags)))
		dst = append(dst, entry.Tags...)
	}
	return dst
}

// statesOf returns the states of some series, where they are not those of a series without samples. The caller holds the
// lock.
func (s *shard) statesOf(numbers []uint32) (states []stagedState) {
	for _, number := range numbers {
		if state := s.series.Get(number).State; state != (normalize.State{}) {
			states = append(states, stagedState{series: number, mustLog: true, state: state})
		}
	}
	return states
}

// appendPointsBody appends the body for what is staged in a shard.
func appendPointsBody(dst []byte, shard int, writes []stagedWrite, states []stagedState) []byte {
	dst = binary.AppendUvarint(dst, uint64(shard))
	dst = binary.AppendUvarint(dst, uint64(len(writes)))
	var number, slot int64
	for i := range writes {
		w := &writes[i]
		dst = binary.AppendVarint(dst, int64(w.series)-number)
		dst = binary.AppendVarint(dst, w.slot-slot)
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(w.value))
		number, slot = int64(w.series), w.slot
	}
	logged := 0
	for i := range states {
		if states[i].mustLog {
			logged++
		}
	}
	dst = binary.AppendUvarint(dst, uint64(logged))
	for i := range states {
		if states[i].mustLog {
			dst = binary.AppendUvarint(dst, uint64(states[i].series))
			dst = normalize.AppendState(dst, states[i].state)
		}
	}
	return dst
}

// A bodyReader takes a record body apart. After the first failure it yields zeros and keeps the error.
type bodyReader struct {
	rest []byte
	err  error
}

func (r *bodyReader) fail() {
	r.rest = nil
	if r.err == nil {
		r.err = errShort
	}
}

func (r *bodyReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *bodyReader) varint() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *bodyReader) float() float64 {
	if len(r.rest) < 8 {
		r.fail()
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.rest))
	r.rest = r.rest[8:]
	return v
}

// point reads an entry of the points, Δnumber, Δslot and value.
func (r *bodyReader) point() (number, slot int64, value float64) {
	if b := r.rest; len(b) >= 10 && b[0]|b[1] < 0x80 { // as nearly always: both deltas fit in a byte
		r.rest = b[10:]
		return unzigzag(b[0]), unzigzag(b[1]), math.Float64frombits(binary.LittleEndian.Uint64(b[2:]))
	}
	return r.varint(), r.varint(), r.float()
}

// unzigzag returns the number that a varint of one byte stands for.
func unzigzag(b byte) int64 { return int64(b>>1) ^ -int64(b&1) }

func (r *bodyReader) sized() []byte {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// end returns the first failure, or an error if bytes are left over.
func (r *bodyReader) end() error {
	if r.err == nil && len(r.rest) > 0 {
		return fmt.Errorf("%d bytes too many", len(r.rest))
	}
	return r.err
}
