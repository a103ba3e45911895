package tsdb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// ErrNotLogged reports a change that the log did not take, as on a full disk. Nothing of it was applied.
var ErrNotLogged = errors.New("the log does not take it; try again")

// Delete removes what the series that match where have at the times from first to last, both included, in milliseconds,
// and returns how many series had anything there. It returns when that survives a crash; no query that begins later sees
// any of it, whether it was acknowledged before Delete was called or not. Samples that arrive later are stored as ever.
// From the disk the values go as Maintain folds them in: from the files at its next run, from the log when the
// segments are dropped that they are in.
//
// An error is that of the predicate, of the context, ErrClosed, or ErrNotLogged: nothing was removed then. Or it is
// blockfile.ErrDamaged: what lies outside of the damage was removed. A process that ends before Delete returns leaves each
// tombstone whole or none of it.
func (db *DB) Delete(ctx context.Context, where tag.Predicate, first, last int64) (series int, err error) {
	if err := db.enter(); err != nil {
		return 0, err
	}
	defer db.senders.RUnlock()
	tombstones, records, err := db.tombstones(ctx, where, first, last)
	if err != nil || len(records) == 0 {
		return 0, err
	}
	db.committing.Lock()
	defer db.committing.Unlock()
	if err := db.log.Append(ctx, records...); err != nil {
		return 0, fmt.Errorf("nothing was deleted: %w: %w", ErrNotLogged, err)
	}
	defer db.removals.Add(1) // behind the last change: who reads the new count sees no value that is gone
	var errs []error
	for i, s := range db.shards {
		n, err := s.buryAll(tombstones[i])
		series += n
		errs = append(errs, err)
	}
	return series, errors.Join(errs...)
}

// enter begins a call that Close waits for; it ends with db.senders.RUnlock.
func (db *DB) enter() error {
	db.senders.RLock()
	select {
	case <-db.closing:
		db.senders.RUnlock()
		return ErrClosed
	default:
		return nil
	}
}

// tombstones returns a tombstone per shard, perhaps without series, and all of them as records.
func (db *DB) tombstones(ctx context.Context, where tag.Predicate, first, last int64) ([]tombstone, []wal.Record, error) {
	tombstones := make([]tombstone, len(db.shards))
	files := newFileAnswers(where)
	var records []wal.Record
	for i, s := range db.shards {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		t := &tombstones[i]
		t.first, t.last = ceilDiv(first, db.grid.step), floorDiv(last, db.grid.step)
		var err error
		if t.numbers, err = s.covered(ctx, files, *t); err != nil {
			return nil, nil, err
		}
		records = append(records, t.records(i)...)
	}
	return tombstones, records, nil
}

// covered returns the series that match and are in a window that t covers some of, ascending.
func (s *shard) covered(ctx context.Context, files *fileAnswers, t tombstone) ([]uint32, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var windows []numberedWindow
	for _, number := range s.order {
		if t.covers(s.grid, number) {
			windows = append(windows, numberedWindow{number, s.windows[number]})
		}
	}
	if len(windows) == 0 {
		return nil, nil
	}
	numbers, err := s.candidates(ctx, windows, files)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(numbers), func(number uint32) bool { return !anyHolds(windows, number) }), nil
}

// replayTombstone hides again, in the windows of which no file has it folded in. The caller holds the lock. Damaged blocks
// stay: whoever has found them has marked their file.
func (s *shard) replayTombstone(blocks *blockDir, at wal.Position, r *bodyReader) error {
	t, err := readTombstone(r)
	if err != nil {
		return err
	}
	s.logAt = at
	filed := filedSlots{blocks: blocks, at: at, first: 1}
	b := s.newBurial(t)
	for _, window := range s.order {
		if !t.covers(s.grid, window) || filed.has(s.grid.firstSlot(window)) {
			continue
		}
		if err := s.bury(window, b); err != nil && !errors.Is(err, blockfile.ErrDamaged) {
			return err
		}
	}
	return nil
}

// Removals counts the deletes, and the drops of windows past the retention: as long as it stays the same, nothing that a
// query has seen is gone. Appends do not count.
func (db *DB) Removals() uint64 { return db.removals.Load() }
