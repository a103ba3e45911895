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
	if first > maxNumber {
		return fmt.Errorf("there can be no series %d", first)
	}
	for i := range count {
		tags := r.sized()
		if r.err != nil {
			return r.err
		}
		if err := s.replayDefinition(first+i, tags); err != nil {
			return err
		}
	}
	s.roster.next = max(s.roster.next, uint32(first))
	return nil
}

// replayDefinition enters a series under the number that it had.
func (s *shard) replayDefinition(number uint64, tags []byte) error {
	if number > maxNumber {
		return fmt.Errorf("there can be no series %d", number)
	}
	entry := s.roster.at(uint32(number))
	switch {
	case entry != nil && string(entry.tags) == string(tags):
		return nil // seen before
	case entry != nil && entry.tags != lost:
		return fmt.Errorf("series %d is defined twice", number)
	}
	parsed, err := tag.ParseCanonical(tags)
	if err != nil {
		return fmt.Errorf("series %d: %w", number, err)
	}
	s.know(uint32(number), canonical(tags), parsed)
	return nil
}

// know enters a series that has its number already, whatever the limits.
func (s *shard) know(number uint32, tags canonical, parsed tag.Tags) {
	s.census.restore(parsed)
	s.introduce(number, newSeries(tags, parsed))
}

// maxLostSeries bounds how far a number without a definition may lie above those that were given out, as far as is known.
const maxLostSeries = 1 << 20

// expect returns the series with a number that a record names, one whose tags are lost if need be, or nil if it makes no
// sense. Its definition may come later: segments that began with it may be dropped, and it is written again behind
// some points, or is in a block file only. It never comes where its record is damaged, which the log has reported.
func (s *shard) expect(number int64) *series {
	if number < 0 || number > maxNumber || number >= int64(s.roster.next)+maxLostSeries {
		return nil
	}
	if entry := s.roster.at(uint32(number)); entry != nil {
		return entry
	}
	return s.roster.put(uint32(number), series{tags: lost, exists: true})
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
		entry := s.expect(number)
		if entry == nil {
			s.orphans++
			continue
		}
		if !filed.has(slot) {
			if err := s.store(uint32(number), slot, value); err != nil {
				return err
			}
		}
		entry.restore(s.grid.timeOf(slot))
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
		if entry := s.expect(int64(min(number, math.MaxInt64))); entry != nil {
			entry.state = state
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
		last, err := file.reader.Series(filed.part.End - 1)
		if err != nil { // at the first shard: the section is checked whole
			return err
		}
		s.mu.Lock()
		s.addWindow(file.window, filed)
		s.roster.next = max(s.roster.next, last.Number+1)
		s.mu.Unlock()
	}
	return nil
}

// closeReplay ends the time of records: what neither they nor the files define stays lost.
func (db *DB) closeReplay() error {
	if err := db.replay.finish(); err != nil {
		return fmt.Errorf("%w: %w", ErrReplay, err)
	}
	orphans := 0
	for _, s := range db.shards {
		s.mu.Lock()
		orphans += s.orphans + s.closeReplay()
		s.mu.Unlock()
	}
	if orphans > 0 {
		db.logger.Warn("the log has values of series that it does not define; nobody can ask for them", "series", orphans)
	}
	return nil
}

// closeReplay looks for what the log did not define in the files, and returns of how many series with values the tags
// are lost.
func (s *shard) closeReplay() (orphans int) {
	for number, entry := range s.roster.all(0) {
		if entry.tags == lost {
			s.knowFromFiles(number)
		}
		switch {
		case entry.windows == 0:
			s.roster.idle = append(s.roster.idle, number)
		case entry.tags == lost:
			orphans++
		}
	}
	return orphans
}
