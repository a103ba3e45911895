package tsdb

import (
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
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

// install makes the shards know of the windows that a file is in force for. One with shards that are not ours is as bad as
// a damaged one.
func (db *DB) install(file *windowFile) error {
	for _, part := range file.reader.Shards() {
		if part.Shard >= len(db.shards) {
			foreign := fmt.Errorf("%w: %s has series of shard %d of %d",
				blockfile.ErrDamaged, file.reader.Name(), part.Shard, len(db.shards))
			return db.blocks.takeOut(file, foreign)
		}
	}
	for i, s := range db.shards {
		for _, window := range db.blocks.windowsOf(file) {
			filed := file.filed(window, i)
			if filed == nil {
				continue
			}
			s.mu.Lock()
			s.addWindow(window, filed)
			filed.series(func(number uint32) {
				s.expect(number + 1)
				s.enterWindow(number)
			})
			s.mu.Unlock()
		}
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
