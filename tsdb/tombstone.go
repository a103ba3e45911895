package tsdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A tombstone says that some series of a shard have nothing in a range of slots from then on, whatever they had: it is a
// record of the log before it is anything else. What is written later is written as ever. The life of one:
//
//	log      Delete returns when it is durable; replay applies it at its place among the points
//	hide     values are cleared in open windows; sealed ones, in memory or in a file, get a tombstonedWindow over them
//	fold     Maintain writes such windows to files without the values; until then the log is kept, by their since
//
// The normaliser's states are not touched: a rate that goes on goes on.
//
//	tombstone, version 1    shard  first-slot  last-slot  count  { Δnumber } …
//
// The slots are signed and included; the numbers ascend, and the first Δ is the number itself.
type tombstone struct {
	first, last int64    // slots, included
	numbers     []uint32 // of series, ascending
}

const tombstoneVersion = 1

// tombstoneSeries bounds the series in one record: a crash keeps a record whole or not at all.
const tombstoneSeries = 4096

// records returns t in records of the log.
func (t tombstone) records(shard int) []wal.Record {
	var records []wal.Record
	for numbers := t.numbers; len(numbers) > 0; {
		n := min(len(numbers), tombstoneSeries)
		part := tombstone{t.first, t.last, numbers[:n]}
		records = append(records, wal.Record{
			Type: wal.Tombstone, Version: tombstoneVersion, Body: appendTombstoneBody(nil, shard, part),
		})
		numbers = numbers[n:]
	}
	return records
}

func appendTombstoneBody(dst []byte, shard int, t tombstone) []byte {
	dst = binary.AppendUvarint(dst, uint64(shard))
	dst = binary.AppendVarint(dst, t.first)
	dst = binary.AppendVarint(dst, t.last)
	dst = binary.AppendUvarint(dst, uint64(len(t.numbers)))
	previous := uint32(0)
	for _, number := range t.numbers {
		dst = binary.AppendUvarint(dst, uint64(number-previous))
		previous = number
	}
	return dst
}

var errTombstone = errors.New("a tombstone that makes no sense")

// readTombstone reads what follows the shard.
func readTombstone(r *bodyReader) (tombstone, error) {
	t := tombstone{first: r.varint(), last: r.varint()}
	count := r.uvarint()
	if r.err == nil && count > uint64(len(r.rest)) {
		return t, errShort
	}
	t.numbers = make([]uint32, 0, count)
	number := uint64(0)
	for i := range count {
		delta := r.uvarint()
		if delta > math.MaxUint32 || number+delta > math.MaxUint32 || i > 0 && delta == 0 {
			return t, fmt.Errorf("%w: series %d + %d", errTombstone, number, delta)
		}
		number += delta
		t.numbers = append(t.numbers, uint32(number))
	}
	return t, r.end()
}

// offsets returns the part of a window that t covers, from ≤ offset < to; nothing if they are equal.
func (t tombstone) offsets(g grid, window int64) (from, to int) {
	first, last := max(t.first, g.firstSlot(window)), min(t.last, g.lastSlot(window))
	if first > last {
		return 0, 0
	}
	return g.offset(first), g.offset(last) + 1
}

// bury hides what t covers in all windows of the shard but those that skip names, and adds the series that had something
// there to touched. It takes the lock for one window at a time. A window whose blocks are damaged stays as it is and makes
// an error; the others are done all the same.
func (s *shard) bury(t tombstone, touched *seriesSet, skip func(window int64) bool) error {
	s.mu.RLock()
	windows := slices.Clone(s.order)
	s.mu.RUnlock()
	scratch := make([]float64, s.grid.width)
	var errs []error
	for _, number := range windows {
		from, to := t.offsets(s.grid, number)
		if from == to || skip(number) {
			continue
		}
		if err := s.buryWindow(number, burial{t.numbers, from, to, scratch, s.encoder}, touched); err != nil {
			errs = append(errs, fmt.Errorf("shard %d: %w", s.number, err))
		}
	}
	return errors.Join(errs...)
}

// buryWindow hides in one window. The series that have nothing left there leave it.
func (s *shard) buryWindow(number int64, b burial, touched *seriesSet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.windows[number]
	if before == nil {
		return nil // past the retention meanwhile
	}
	after, hidden, err := b.in(before)
	if err != nil {
		return err
	}
	if over, ok := after.(*tombstonedWindow); ok {
		over.since = s.logAt
		if since, unfiled := unfiledSince(before); unfiled {
			over.since = since
		}
	}
	s.windows[number] = after
	var gone []index.Series
	for _, one := range hidden {
		touched.add(one)
		if !after.holds(one) {
			gone = s.leaveWindow(gone, one)
		}
	}
	s.index.Remove(gone...)
	return nil
}
