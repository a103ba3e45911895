package tsdb

import (
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A pointsReplay applies records of points to a shard, run by run: the points of a run, one behind the other in a
// record, are of the same slot. A fleet on the grid makes one run of a record, and what a run costs once (which
// window, is the slot in a file) is then nothing.
type pointsReplay struct {
	shard  *shard
	blocks *blockDir // nil: there are no files
	newest int64     // slot so far
	// The run that gathers.
	slot    int64
	numbers []uint32
	values  []float64
}

// apply applies a record, which is at a position of the log, but for what is in the block files already. The caller
// holds the shard's lock.
func (p *pointsReplay) apply(at wal.Position, r *bodyReader) error {
	p.shard.values.logAt = at
	filed := filedSlots{blocks: p.blocks, at: at, first: 1}
	p.numbers, p.values = p.numbers[:0], p.values[:0]
	var number, slot int64
	for range r.uvarint() {
		deltaNumber, deltaSlot, value := r.point()
		if r.err != nil {
			return r.err
		}
		number += deltaNumber
		slot += deltaSlot
		if slot != p.slot {
			if err := p.store(&filed); err != nil {
				return err
			}
			p.slot = slot
		}
		if p.shard.series.GetOrPlaceholder(number) == nil {
			p.shard.impossible++
			continue
		}
		p.numbers, p.values = append(p.numbers, uint32(number)), append(p.values, value)
	}
	if err := p.store(&filed); err != nil {
		return err
	}
	return p.shard.replayStates(r)
}

// store ends the run.
func (p *pointsReplay) store(filed *filedSlots) error {
	if len(p.numbers) == 0 {
		return nil
	}
	s := p.shard
	if !filed.has(p.slot) {
		if err := s.values.storeRun(p.slot, p.numbers, p.values); err != nil {
			return err
		}
	}
	p.newest = max(p.newest, p.slot)
	newest := s.grid.TimeOf(p.slot)
	for _, number := range p.numbers {
		s.series.Get(number).Restore(newest)
	}
	p.numbers, p.values = p.numbers[:0], p.values[:0]
	return nil
}

// replayStates applies the states at the end of a record of points.
func (s *shard) replayStates(r *bodyReader) error {
	for range r.uvarint() {
		number := r.uvarint()
		state, rest, err := normalize.ReadState(r.rest)
		switch {
		case r.err != nil:
			return r.err
		case err != nil:
			return err
		}
		r.rest = rest
		if entry := s.series.GetOrPlaceholder(int64(min(number, math.MaxInt64))); entry != nil {
			entry.State = state
		}
	}
	return nil
}

// filedSlots tells for which slots a record at a position of the log has nothing that is not in a file.
type filedSlots struct {
	blocks      *blockDir // nil: there are no files
	at          wal.Position
	first, last int64 // the slots for which filed is known, none while first is greater
	filed       bool
}

func (f *filedSlots) has(slot int64) bool {
	if f.blocks == nil {
		return false
	}
	if slot < f.first || slot > f.last {
		grid := f.blocks.grid
		window := grid.WindowOf(slot)
		f.first, f.last = grid.FirstSlot(window), grid.LastSlot(window)
		file := f.blocks.files[window]
		f.filed = file != nil && f.at < file.upTo
	}
	return f.filed
}
