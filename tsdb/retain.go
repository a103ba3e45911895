package tsdb

import (
	"slices"
	"time"
)

// retain drops the windows that lie wholly before the retention, with the files that have no others, and returns how many.
func (u *upkeep) retain(now time.Time) (int, error) {
	if u.retention == 0 {
		return 0, nil
	}
	first := u.firstKept(now)
	u.revisions.drop(u.grid.LastSlot(u.grid.WindowOf(first) - 1))
	dropped := u.dropBefore(first)
	if dropped > 0 {
		u.removals.Add(1)
	}
	if u.blocks == nil {
		return dropped, nil
	}
	return dropped, u.blocks.dropBefore(first)
}

// firstKept returns the slot before which nothing is kept; there is a retention.
func (u *upkeep) firstKept(now time.Time) int64 {
	return u.grid.SlotBefore(u.trustedNow(now).Add(-u.retention))
}

// dropBefore drops the windows that end before slot from the shards, and returns how many.
func (u *upkeep) dropBefore(slot int64) (dropped int) {
	for _, s := range u.shards {
		dropped += s.dropBefore(slot)
	}
	return dropped
}

// maxClockLead is by how much the clock may be ahead of the data before retention doubts it, and for how long it doubts; the
// retention itself where that is shorter.
const maxClockLead = 24 * time.Hour

// trustedNow returns the time from which retention counts back. A clock that leaps ahead by a year would empty the store at
// once, and so would one that leaps while the server writes samples of its own. So it is now only if that is not far ahead
// of the data that are known to be true; else the end of those and maxClockLead, until the clock has gone on for
// maxClockLead.
//
//	data     ──────────────────────────            ──── of a clock that has leapt, or behind an outage
//	                                 lead├──┤           ▲ now
//	retention             ├─────────────────┤   as if it were then
//
// A clock that leaps back drops nothing.
func (u *upkeep) trustedNow(now time.Time) time.Time {
	wait := min(maxClockLead, u.retention)
	limit := now
	if windows := u.windowNumbers(); len(windows) > 0 {
		limit = u.proven(windows, wait).Add(wait)
	}
	if !limit.Before(now) {
		u.leapSince = time.Time{}
		return now
	}
	if u.leapSince.IsZero() || now.Before(u.leapSince) {
		u.leapSince = now
		u.logger.Warn("the clock is far ahead of the data; retention waits until it has gone on so: correct it if it is wrong",
			"clock", now.UTC(), "data", limit.Add(-wait).UTC(), "wait", wait)
	}
	if now.Sub(u.leapSince) >= wait {
		return now
	}
	return limit
}

// proven returns the end of the newest stretch of windows that is longer than wait and has no gap longer than that, or,
// without one, of the oldest stretch. The windows are ascending.
func (u *upkeep) proven(windows []int64, wait time.Duration) (until time.Time) {
	begin, end := u.grid.Bounds(windows[0])
	oldest := true
	for _, window := range windows {
		from, to := u.grid.Bounds(window)
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
func (u *upkeep) windowNumbers() []int64 {
	var numbers []int64
	for _, s := range u.shards {
		s.mu.RLock()
		numbers = append(numbers, s.values.order...)
		s.mu.RUnlock()
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
