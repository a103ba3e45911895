package tsdb

import (
	"slices"
	"time"
)

// patience is by how much the clock may run ahead of the data before retention doubts it; the retention itself
// where that is shorter.
const patience = 24 * time.Hour

// retain drops the windows that lie whole before the retention, with their files, and returns how many.
func (db *DB) retain(now time.Time) (int, error) {
	if db.retention == 0 {
		return 0, nil
	}
	first := db.grid.slotBefore(db.believed(now).Add(-db.retention))
	dropped := 0
	for _, s := range db.shards {
		s.mu.Lock()
		dropped += s.dropBefore(first)
		s.mu.Unlock()
	}
	if dropped > 0 {
		db.removals.Add(1)
	}
	if db.blocks == nil {
		return dropped, nil
	}
	for number, file := range db.blocks.files {
		if db.grid.lastSlot(number) < first {
			if err := db.blocks.removeDurably(file); err != nil {
				return dropped, err
			}
			delete(db.blocks.files, number)
		}
	}
	return dropped, nil
}

// believed returns the time from which retention counts back: now, unless the data say that the clock has leapt. A clock
// that is a year ahead would empty the store at once, and a server writes samples of its own at such a time, too.
//
// The windows are taken in stretches, which end where nothing follows for longer than patience. The clock may be
// ahead of a stretch by patience. The newest stretch counts that lasts longer than patience itself; before there is one,
// the oldest. So after a leap, or an outage, retention goes on when new data have come for a day; a store to which
// nothing is written keeps its last windows.
//
//	data     ──────────────────────────            ────
//	                             patience├──┤           ▲ now
//	retention             ├─────────────────┤   as if it were then
func (db *DB) believed(now time.Time) time.Time {
	windows := db.windowNumbers()
	if len(windows) == 0 {
		return now
	}
	wait := min(patience, db.retention)
	begin, end := db.spanOf(windows[0])
	trusted, oldest := end, true
	for _, window := range windows {
		from, to := db.spanOf(window)
		if from.Sub(end) > wait {
			begin, oldest = from, false
		}
		end = to
		if oldest || end.Sub(begin) > wait {
			trusted = end
		}
	}
	if limit := trusted.Add(wait); limit.Before(now) {
		return limit
	}
	return now
}

// spanOf returns the times between which a window lies.
func (db *DB) spanOf(window int64) (from, to time.Time) {
	last := db.grid.lastSlot(window)
	return time.UnixMilli(db.grid.timeOf(last - int64(db.grid.width))), time.UnixMilli(db.grid.timeOf(last))
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
