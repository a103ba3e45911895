package tsdb

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
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
// It goes shard by shard, and lets commits pass in between. After an error, of the predicate or of the context, ErrClosed
// or ErrNotLogged, what was removed so far stays so, and the rest is there; a crash before it returns leaves each tombstone
// whole or none of it. blockfile.ErrDamaged says that some of what was deleted is still in a file that will be set aside.
func (db *DB) Delete(ctx context.Context, where tag.Predicate, first, last int64) (series int, err error) {
	if err := db.intake.enter(); err != nil {
		return 0, err
	}
	defer db.intake.leave()
	matching, err := db.condition(ctx, where)
	if err != nil {
		return 0, err
	}
	defer matching.close()
	t := tombstone{first: grid.CeilDiv(first, db.grid.StepMillis), last: grid.FloorDiv(last, db.grid.StepMillis)}
	var damage error
	for _, s := range db.shards {
		b := s.newBurial()
		err := db.deleteIn(ctx, s, matching, t, b)
		if n := b.touched.Len(); n > 0 {
			series += n
			db.removals.Add(1) // behind the last change: whoever reads the new count sees no value that is gone
		}
		switch {
		case errors.Is(err, blockfile.ErrDamaged):
			damage = errors.Join(damage, err)
		case err != nil:
			return series, err
		}
	}
	return series, damage
}

// deleteAtOnce bounds the series times windows that a commit waits for: some 20 ms.
const deleteAtOnce = 1 << 15

// deleteIn removes from one shard, some series and windows at a time.
func (db *DB) deleteIn(ctx context.Context, s *shard, matching *condition, t tombstone, b *burial) error {
	matching.ask(ctx, s, t.first, t.last)
	windows, numbers, err := s.covered(ctx, matching, t)
	if err != nil {
		return err
	}
	var damage error
	for some := range slices.Chunk(numbers, tombstoneSeries) {
		rest := tombstone{t.first, t.last, some}
		for span := range slices.Chunk(windows, max(1, deleteAtOnce/len(some))) {
			part := rest
			if end := span[len(span)-1]; end != windows[len(windows)-1] {
				part.last = s.grid.LastSlot(end)
				rest.first = part.last + 1
			}
			err := db.bury(ctx, s, part, b)
			switch {
			case errors.Is(err, blockfile.ErrDamaged):
				damage = errors.Join(damage, err)
			case err != nil:
				return err
			}
		}
	}
	return damage
}

// bury logs a tombstone and applies it, between two commits.
func (db *DB) bury(ctx context.Context, s *shard, t tombstone, b *burial) error {
	db.committing.Lock()
	defer db.committing.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	body := appendTombstoneBody(nil, s.number, t)
	if err := db.log.Append(ctx, wal.Record{Type: wal.Tombstone, Version: tombstoneVersion, Body: body}); err != nil {
		return fmt.Errorf("delete: %w: %w", ErrNotLogged, err)
	}
	change := db.revisions.begin()
	defer db.revisions.end(change)
	windows := s.coveredBy(t)
	for _, window := range windows {
		db.revisions.mark(change, max(t.first, db.grid.FirstSlot(window)), min(t.last, db.grid.LastSlot(window)))
	}
	return s.buryAll(windows, t, b)
}

// covered returns the windows that t covers some of, and the series that match and are in any of them, ascending both.
func (s *shard) covered(ctx context.Context, matching *condition, t tombstone) (windows []int64, numbers []uint32, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var covered []numberedWindow
	for _, window := range s.values.order {
		if t.covers(s.grid, window) {
			windows = append(windows, window)
			covered = append(covered, numberedWindow{window, s.values.byNumber[window]})
		}
	}
	if len(windows) == 0 {
		return nil, nil, nil
	}
	found, err := s.candidates(ctx, covered, matching)
	if err != nil {
		return nil, nil, err
	}
	for _, number := range found {
		if anyHolds(covered, number) {
			numbers = append(numbers, number)
		}
	}
	return windows, numbers, nil
}

// replayTombstone hides again, in the windows of which no file has it folded in. The caller holds the lock. Damaged blocks
// are no error here: whoever has found them has marked their file.
func (s *shard) replayTombstone(blocks *blockDir, at wal.Position, r *bodyReader) error {
	t, err := readTombstone(r)
	if err != nil {
		return err
	}
	s.values.logAt = at
	filed := filedSlots{blocks: blocks, at: at, first: 1}
	b := s.newBurial()
	for _, window := range s.values.order {
		if !t.covers(s.grid, window) || filed.has(s.grid.FirstSlot(window)) {
			continue
		}
		if err := s.bury(window, t, b); err != nil && !errors.Is(err, blockfile.ErrDamaged) {
			return err
		}
	}
	return nil
}

// Removals counts the deletes, and the drops of windows past the retention: as long as it stays the same, nothing that a
// query has seen is gone. Appends do not count.
func (db *DB) Removals() uint64 { return db.removals.Load() }
