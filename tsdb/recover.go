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

// replayDefinition enters a series under the number that it had.
func (s *shard) replayDefinition(number uint64, tags []byte) error {
	switch n := uint64(len(s.list)); {
	case number < n && string(s.list[number].tags) == string(tags):
		return nil // seen before
	case number != n:
		return fmt.Errorf("series %d is defined out of order, %d are known", number, n)
	}
	if _, err := tag.ParseCanonical(tags); err != nil {
		return fmt.Errorf("series %d: %w", number, err)
	}
	s.define(canonical(tags))
	return nil
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
		if number < 0 || number >= int64(len(s.list)) {
			return fmt.Errorf("shard %d: points of series %d, %d are known", s.number, number, len(s.list))
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
		case number >= uint64(len(s.list)):
			return fmt.Errorf("shard %d: state of series %d, %d are known", s.number, number, len(s.list))
		}
		r.rest = rest
		s.list[number].state = state
	}
	return r.end()
}

// restore moves the normaliser of a rate to its newest filled slot. Samples off the grid and counters
// need more than that and have their state in the same record, behind the writes.
func (e *series) restore(newest int64) {
	if e.kind == normalize.Rate && newest > e.state.Last {
		e.state = normalize.OnGrid(newest)
	}
}
