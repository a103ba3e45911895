package tsdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
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

// readTombstone reads what follows the shard of a body.
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
	return t, r.err
}

// covers reports whether t is about any slot of a window.
func (t tombstone) covers(g grid.Grid, window int64) bool {
	return t.first <= t.last && t.first <= g.LastSlot(window) && t.last >= g.FirstSlot(window)
}
