package tsdb

import (
	"slices"
	"time"
)

// retain drops the windows that lie wholly before the retention, with the files that have no others, and returns how many.
func (m *maintenance) retain(now time.Time) (int, error) {
	if m.retention == 0 {
		return 0, nil
	}
	first := m.firstKept(now)
	m.revisions.drop(m.grid.LastSlot(m.grid.WindowOf(first) - 1))
	dropped := m.dropBefore(first)
	if dropped > 0 {
		m.removals.Add(1)
	}
	if m.blocks == nil {
		return dropped, nil
	}
	return dropped, m.blocks.dropBefore(first)
}

// firstKept returns the slot before which nothing is kept; there is a retention.
func (m *maintenance) firstKept(now time.Time) int64 {
	return m.grid.SlotBefore(m.trustedNow(now).Add(-m.retention))
}

// dropBefore drops the windows that end before slot from the shards, and returns how many.
func (m *maintenance) dropBefore(slot int64) (dropped int) {
	for _, s := range m.shards {
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
func (m *maintenance) trustedNow(now time.Time) time.Time {
	wait := min(maxClockLead, m.retention)
	limit := now
	if windows := m.windowNumbers(); len(windows) > 0 {
		limit = m.proven(windows, wait).Add(wait)
	}
	if !limit.Before(now) {
		m.leapSince = time.Time{}
		return now
	}
	if m.leapSince.IsZero() || now.Before(m.leapSince) {
		m.leapSince = now
		m.logger.Warn("the clock is far ahead of the data; retention waits until it has gone on so: correct it if it is wrong",
			"clock", now.UTC(), "data", limit.Add(-wait).UTC(), "wait", wait)
	}
	if now.Sub(m.leapSince) >= wait {
		return now
	}
	return limit
}

// proven returns the end of the newest stretch of windows that is longer than wait and has no gap longer than that, or,
// without one, of the oldest stretch. The windows are ascending.
func (m *maintenance) proven(windows []int64, wait time.Duration) (until time.Time) {
	begin, end := m.grid.Bounds(windows[0])
	oldest := true
	for _, window := range windows {
		from, to := m.grid.Bounds(window)
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
func (m *maintenance) windowNumbers() []int64 {
	var numbers []int64
	for _, s := range m.shards {
		s.mu.RLock()
		numbers = append(numbers, s.values.order...)
		s.mu.RUnlock()
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
