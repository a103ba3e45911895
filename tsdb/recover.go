package tsdb

import (
	"errors"
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// ErrReplay reports a log record that this DB cannot have written: another layout, or damage that
// the checksum missed.
var ErrReplay = errors.New("the log does not fit the database")

// Replay applies one record of the log, before Start. Records must come in log order; a record may come
// twice. Records of other types are none of the DB's business and are an error here.
func (db *DB) Replay(rec wal.Record) error {
	var err error
	switch {
	case rec.Type == wal.Series && rec.Version == seriesVersion:
		err = db.replaySeries(rec.Body)
	case rec.Type == wal.Points && rec.Version == pointsVersion:
		err = db.replayPoints(rec.Body)
	default:
		err = fmt.Errorf("record type %d version %d", rec.Type, rec.Version)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReplay, err)
	}
	return nil
}

// replayShard reads the shard number that every body starts with.
func (db *DB) replayShard(r *bodyReader) (*shard, error) {
	n := r.uvarint()
	if r.err != nil {
		return nil, r.err
	}
	if n >= uint64(len(db.shards)) {
		return nil, fmt.Errorf("shard %d of %d", n, len(db.shards))
	}
	return db.shards[n], nil
}

func (db *DB) replaySeries(body []byte) error {
	r := &bodyReader{rest: body}
	s, err := db.replayShard(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	first, count := r.uvarint(), r.uvarint()
	for i := range count {
		tags := r.sized()
		if r.err != nil {
			return r.err
		}
		if err := s.replayDefinition(first+i, tags); err != nil {
			return fmt.Errorf("shard %d: %w", s.number, err)
		}
	}
	s.logged = len(s.list)
	return r.end()
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
	for uint64(len(s.list)) < number {
		s.list = append(s.list, series{tags: lost})
	}
	if number < n {
		s.list[number] = newSeries(canonical(tags), parsed)
		s.table[string(tags)] = uint32(number)
		return nil
	}
	s.define(canonical(tags), parsed)
	return nil
}

// knows reports whether a number that a record names has a series. It has none where the record that
// defined it is damaged, which the log has reported, or was never acknowledged.
func (s *shard) knows(number int64) bool {
	return number >= 0 && number < int64(len(s.list)) && s.list[number].tags != lost
}

func (db *DB) replayPoints(body []byte) error {
	r := &bodyReader{rest: body}
	s, err := db.replayShard(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var number, slot int64
	for range r.uvarint() {
		number += r.varint()
		slot += r.varint()
		value := r.float()
		if r.err != nil {
			return r.err
		}
		if !s.knows(number) {
			db.orphans++
			continue
		}
		if err := s.store(uint32(number), slot, value); err != nil {
			return err
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
		if s.knows(int64(number)) {
			s.list[number].state = state
		}
	}
	return r.end()
}

// restore moves the normaliser of a rate to its newest filled slot. Samples off the grid and counters
// need more than that and have their state behind the writes, in the same record or a later one.
func (e *series) restore(newest int64) {
	if e.kind == normalize.Rate && newest > e.state.Last {
		e.state = normalize.OnGrid(newest)
	}
}
