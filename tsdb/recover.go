package tsdb

import (
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/memseries"
)

// replaySeries applies a record of definitions. The caller holds the lock.
func (s *shard) replaySeries(r *bodyReader) error {
	first, count := r.uvarint(), r.uvarint()
	if first > memseries.MaxNumber {
		return fmt.Errorf("there can be no series %d", first)
	}
	for i := range count {
		tags := r.sized()
		if r.err != nil {
			return r.err
		}
		if err := s.series.Define(first+i, tags); err != nil {
			return err
		}
	}
	s.series.Table.Reserve(uint32(first))
	return nil
}

// install makes the shards know of the windows that a file is in force for. A file with shards that are not ours is
// ErrLayout.
func (db *DB) install(file *windowFile) error {
	for _, part := range file.reader.Shards() {
		if part.Shard >= len(db.shards) {
			return fmt.Errorf("%w: %s has series of shard %d of %d",
				ErrLayout, file.reader.Name(), part.Shard, len(db.shards))
		}
	}
	windows := db.blocks.windowsOf(file)
	for _, part := range file.reader.Shards() {
		last, err := file.reader.Series(part.End - 1)
		if err != nil {
			return db.blocks.takeOut(file, err)
		}
		s := db.shards[part.Shard]
		s.mu.Lock()
		s.series.Table.Reserve(last.Number + 1)
		s.mu.Unlock()
	}
	for i, s := range db.shards {
		for _, window := range windows {
			if filed := file.filed(window, i); filed != nil {
				s.mu.Lock()
				s.values.addWindow(window, filed)
				s.mu.Unlock()
			}
		}
	}
	return nil
}

// closeReplay ends the time of records: what neither they nor the files define stays lost.
func (db *DB) closeReplay() error {
	if err := db.replay.finish(); err != nil {
		return fmt.Errorf("%w: %w", ErrReplay, err)
	}
	orphans, impossible := 0, 0
	for _, s := range db.shards {
		s.mu.Lock()
		orphans += s.closeReplay()
		impossible += s.impossible
		s.mu.Unlock()
	}
	if orphans+impossible > 0 {
		db.logger.Warn("the log has values of series that it does not define; nobody can ask for them",
			"series", orphans, "left_out", impossible)
	}
	return nil
}

// closeReplay looks for what the log did not define in the files, and returns of how many series with values the tags
// are lost.
func (s *shard) closeReplay() (orphans int) {
	for number, entry := range s.series.Table.All(0) {
		if entry.Tags == memseries.UnknownTags {
			s.values.knowFromFiles(number)
		}
		switch {
		case !entry.InMemory():
			s.series.Table.MayRest(number)
		case entry.Tags == memseries.UnknownTags:
			orphans++
		}
	}
	return orphans
}
