package tsdb

import (
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// replaySeries applies a record of definitions. The caller holds the lock.
func (s *shard) replaySeries(r *bodyReader) error {
	first, count := r.uvarint(), r.uvarint()
	for i := range count {
		tags := r.sized()
		if r.err != nil {
			return r.err
		}
		if err := s.replayDefinition(first+i, tags); err != nil {
			return err
		}
	}
	s.logged = len(s.list)
	return nil
}

// maxLostSeries bounds the gap that a lost record may leave in the numbers of a shard.
const maxLostSeries = 1 << 20

// replayDefinition enters a series under the number that it had. Where a damaged record has taken the
// definitions before it along, their numbers stay without a series.
func (s *shard) replayDefinition(number uint64, tags []byte) error {
	n := uint64(len(s.list))
	switch {
	case number < n && string(s.list[number].tags) == string(tags):
		return nil // seen before
	case number < n && s.list[number].tags != lost:
		return fmt.Errorf("series %d is defined twice", number)
	case number > n+maxLostSeries:
		return fmt.Errorf("series %d is defined next after %d", number, n)
	}
	parsed, err := tag.ParseCanonical(tags)
	if err != nil {
		return fmt.Errorf("series %d: %w", number, err)
	}
	s.census.restore(parsed)
	s.expect(uint32(number))
	if number < n {
		old := s.list[number]
		entry := newSeries(canonical(tags), parsed)
		entry.windows, entry.state = old.windows, old.state
		s.list[number] = entry
		s.table[string(tags)] = uint32(number)
		if entry.windows > 0 {
			s.index.Add(uint32(number), parsed)
		}
		return nil
	}
	s.define(canonical(tags), parsed)
	return nil
}

// expect makes the numbers below number ones of series, lost so far.
func (s *shard) expect(number uint32) {
	for uint32(len(s.list)) < number {
		s.list = append(s.list, series{tags: lost})
	}
}

// admit makes a number that a record names one of a series, and reports whether that makes sense. Its definition may
// come later: segments that began with it may be dropped, and it is written again behind some points. It never
// comes where its record is damaged, which the log has reported.
func (s *shard) admit(number int64) bool {
	if number < 0 || number >= int64(len(s.list))+maxLostSeries {
		return false
	}
	s.expect(uint32(number) + 1)
	return true
}

// replayPoints applies a record of points, which is at a position of the log, but for what is in the block files
// already. The caller holds the lock.
func (s *shard) replayPoints(blocks *blockDir, at wal.Position, r *bodyReader) error {
	s.logAt = at
	var number, slot int64
	filed := filedSlots{blocks: blocks, at: at, first: 1}
	for range r.uvarint() {
		number += r.varint()
		slot += r.varint()
		value := r.float()
		if r.err != nil {
			return r.err
		}
		if !s.admit(number) {
			s.orphans++
			continue
		}
		if !filed.has(slot) {
			if err := s.store(uint32(number), slot, value); err != nil {
				return err
			}
		}
		s.list[number].restore(s.grid.timeOf(slot))
	}
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
		if s.admit(int64(min(number, math.MaxInt64))) {
			s.list[number].state = state
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
		window := grid.windowOf(slot)
		f.first, f.last = grid.firstSlot(window), grid.lastSlot(window)
		file := f.blocks.files[window]
		f.filed = file != nil && f.at < file.upTo
	}
	return f.filed
}

// install makes the shards know of the windows in files.
func (db *DB) install(file *windowFile) error {
	for _, part := range file.reader.Shards() {
		if part.Shard >= len(db.shards) {
			return fmt.Errorf("%w: %s has series of shard %d of %d",
				blockfile.ErrDamaged, file.reader.Name(), part.Shard, len(db.shards))
		}
	}
	for i, s := range db.shards {
		filed := file.filed(i)
		if filed == nil {
			continue
		}
		s.mu.Lock()
		s.addWindow(file.window, filed)
		filed.series(func(number uint32) {
			s.expect(number + 1)
			s.enterWindow(number)
		})
		s.mu.Unlock()
	}
	return nil
}

// closeReplay ends the time of records: what is lost now stays lost.
func (db *DB) closeReplay() error {
	if err := db.replay.finish(); err != nil {
		return fmt.Errorf("%w: %w", ErrReplay, err)
	}
	orphans := 0
	for _, s := range db.shards {
		s.mu.Lock()
		orphans += s.orphans
		for i := range s.list {
			if s.list[i].tags == lost && s.list[i].windows > 0 {
				orphans++
			}
		}
		s.logged = len(s.list)
		s.mu.Unlock()
	}
	if orphans > 0 {
		db.logger.Warn("the log has values of series that it does not define; nobody can ask for them", "series", orphans)
	}
	return nil
}

// restore moves the normaliser of a rate to its newest filled slot. Samples off the grid and counters
// need more than that and have their state behind the writes, in the same record or a later one.
func (e *series) restore(newest int64) {
	if e.kind == normalize.Rate && newest > e.state.Last {
		e.state = normalize.OnGrid(newest)
	}
}
