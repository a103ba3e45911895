package tsdb

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// ErrReplay reports a log record that this DB cannot have written: another layout, or damage that
// the checksum missed.
var ErrReplay = errors.New("the log does not fit the database")

// Replay takes one record of the log, which is at a position there, before Start. Records must come in log order; a
// record may come twice. Records of other types are none of the DB's business and are an error here. Nothing is
// kept of the body.
//
// Records are applied a little later, those of different shards at the same time. The error may be that of an earlier
// record, which it names; what is still on its way then is the error of Start.
func (db *DB) Replay(at wal.Position, rec wal.Record) error {
	if err := db.replay.add(at, rec); err != nil {
		return fmt.Errorf("%w: %w", ErrReplay, err)
	}
	return nil
}

// A replay gathers records and applies them a batch at a time: while one batch gathers, the one before it is applied,
// shard by shard, by as many goroutines as there are cores. So records of one shard are applied in the order of the
// log, and whoever reads the log waits when it is a batch ahead. There are no goroutines but those of the one batch.
type replay struct {
	db        *DB
	gathering *replayBatch
	applying  *replayBatch // or applied, once the goroutines are done
	workers   sync.WaitGroup
}

// replayBatchBytes is how long the bodies of a batch are together, unless one alone is longer: 800,000 points, a
// few milliseconds for each shard. There are two batches.
const replayBatchBytes = 8 << 20

// A replayBatch has records of all shards.
type replayBatch struct {
	bytes   []byte           // their bodies, one behind the other
	records [][]replayRecord // by shard, in the order of the log
	errs    []error          // by shard: the first of its records that could not be applied
}

// A replayRecord is a record whose body is bytes[from:to] of its batch, without the shard number.
type replayRecord struct {
	at       wal.Position
	kind     wal.Type
	from, to int
}

func newReplay(db *DB) *replay {
	newBatch := func() *replayBatch {
		return &replayBatch{records: make([][]replayRecord, len(db.shards)), errs: make([]error, len(db.shards))}
	}
	return &replay{db: db, gathering: newBatch(), applying: newBatch()}
}

// add puts a record into the batch that gathers.
func (r *replay) add(at wal.Position, rec wal.Record) error {
	if version, known := recordVersions[rec.Type]; !known || rec.Version != version {
		return fmt.Errorf("record at %s: type %d version %d", at, rec.Type, rec.Version)
	}
	body := &bodyReader{rest: rec.Body}
	shard := body.uvarint()
	switch {
	case body.err != nil:
		return fmt.Errorf("record at %s: %w", at, body.err)
	case shard >= uint64(len(r.db.shards)):
		return fmt.Errorf("record at %s: shard %d of %d", at, shard, len(r.db.shards))
	}
	if len(r.gathering.bytes)+len(body.rest) > replayBatchBytes {
		if err := r.flush(); err != nil {
			return err
		}
	}
	b := r.gathering
	from := len(b.bytes)
	b.bytes = append(b.bytes, body.rest...)
	b.records[shard] = append(b.records[shard], replayRecord{at, rec.Type, from, len(b.bytes)})
	return nil
}

// flush waits for the batch under way, and then begins to apply the one that has gathered.
func (r *replay) flush() error {
	if err := r.wait(); err != nil {
		return err
	}
	r.gathering, r.applying = r.applying, r.gathering
	var next atomic.Int64 // shard that no goroutine has taken yet
	for range min(runtime.GOMAXPROCS(0), len(r.db.shards)) {
		r.workers.Go(func() {
			for {
				shard := int(next.Add(1)) - 1
				if shard >= len(r.db.shards) {
					return
				}
				r.applying.errs[shard] = r.apply(r.db.shards[shard])
			}
		})
	}
	return nil
}

// apply applies the records of one shard, and seals as Maintain would have done meanwhile: with two windows open until a
// third begins, a replay would take more memory than what it restores.
func (r *replay) apply(s *shard) error {
	newest, err := s.replay(r.applying, r.db.blocks)
	if err == nil {
		_ = s.sealIdleBefore(newest-idleSlots, s.values.encoder) // after an error the window stays open, and nothing is lost
	}
	return err
}

// wait returns when no batch is under way, and makes room in the one that was. The error is that of the least of its
// shards that has one; it stays.
func (r *replay) wait() error {
	r.workers.Wait()
	b := r.applying
	if err := cmp.Or(b.errs...); err != nil {
		return err
	}
	if b.bytes = b.bytes[:0]; cap(b.bytes) > 2*replayBatchBytes {
		b.bytes = nil // one record needed that much
	}
	for i := range b.records {
		b.records[i] = b.records[i][:0]
	}
	return nil
}

// finish applies what has gathered, waits for it and gives the memory back.
func (r *replay) finish() error {
	if err := r.flush(); err != nil {
		return err
	}
	if err := r.wait(); err != nil {
		return err
	}
	*r = *newReplay(r.db)
	return nil
}

// replay applies the records of a batch that are the shard's, up to the first that cannot be. It returns the newest slot
// of their points.
func (s *shard) replay(b *replayBatch, blocks *blockDir) (newest int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	points := pointsReplay{shard: s, blocks: blocks, newest: math.MinInt64 / 2}
	for _, rec := range b.records[s.number] {
		body := &bodyReader{rest: b.bytes[rec.from:rec.to]}
		switch rec.kind {
		case wal.Series:
			err = s.replaySeries(body)
		case wal.Points:
			err = points.apply(rec.at, body)
		case wal.Tombstone:
			err = s.replayTombstone(blocks, rec.at, body)
		}
		if err == nil {
			err = body.end()
		}
		if err != nil {
			return 0, fmt.Errorf("record at %s: shard %d: %w", rec.at, s.number, err)
		}
	}
	return points.newest, nil
}
