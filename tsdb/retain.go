package tsdb

import (
	"slices"
	"time"
)

// retain drops the windows that lie wholly before the retention, with the files that have no others, and returns how many.
func (db *DB) retain(now time.Time) (int, error) {
	if db.retention == 0 {
		return 0, nil
	}
	first := db.firstKept(now)
	db.revisions.drop(db.grid.lastSlot(db.grid.windowOf(first) - 1))
	dropped := db.dropBefore(first)
	if dropped > 0 {
		db.removals.Add(1)
	}
	if db.blocks == nil {
		return dropped, nil
	}
	return dropped, db.blocks.dropBefore(first)
}

// firstKept returns the slot before which nothing is kept; there is a retention.
func (db *DB) firstKept(now time.Time) int64 {
	return db.grid.slotBefore(db.believed(now).Add(-db.retention))
}

// dropBefore drops the windows that end before slot from the shards, and returns how many.
func (db *DB) dropBefore(slot int64) (dropped int) {
	for _, s := range db.shards {
		dropped += s.dropBefore(slot)
	}
	return dropped
}

// patience is by how much the clock may be ahead of the data before retention doubts it, and for how long it doubts; the
// retention itself where that is shorter.
const patience = 24 * time.Hour

// believed returns the time from which retention counts back. A clock that leaps ahead by a year would empty the store at
// once, and so would one that leaps while the server writes samples of its own. So it is now only if that is not far ahead
// of the data that are known to be true; else the end of those and patience, until the clock has gone on for
// patience.
//
//	data     ──────────────────────────            ──── of a clock that has leapt, or behind an outage
//	                             patience├──┤           ▲ now
//	retention             ├─────────────────┤   as if it were then
//
// A clock that leaps back drops nothing.
func (db *DB) believed(now time.Time) time.Time {
	wait := min(patience, db.retention)
	limit := now
	if windows := db.windowNumbers(); len(windows) > 0 {
		limit = db.proven(windows, wait).Add(wait)
	}
	if !limit.Before(now) {
		db.doubted = time.Time{}
		return now
	}
	if db.doubted.IsZero() || now.Before(db.doubted) {
		db.doubted = now
		db.logger.Warn("the clock is far ahead of the data; retention waits until it has gone on so: correct it if it is wrong",
			"clock", now.UTC(), "data", limit.Add(-wait).UTC(), "wait", wait)
	}
	if now.Sub(db.doubted) >= wait {
		return now
	}
	return limit
}

// proven returns the end of the newest stretch of windows that is longer than wait and has no gap longer than that, or,
// without one, of the oldest stretch. The windows are ascending.
func (db *DB) proven(windows []int64, wait time.Duration) (until time.Time) {
	begin, end := db.grid.bounds(windows[0])
	oldest := true
	for _, window := range windows {
		from, to := db.grid.bounds(window)
		if from.Sub(end) > wait {
			begin, oldest = from, false
		}
		end = to
		if oldest || end.Sub(begin) > wait {
			until = end
		}
	}
	return until
}

// windowNumbers returns the windows of all shards in order.
func (db *DB) windowNumbers() []int64 {
	var numbers []int64
	for _, s := range db.shards {
		s.mu.RLock()
		numbers = append(numbers, s.order...)
		s.mu.RUnlock()
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
