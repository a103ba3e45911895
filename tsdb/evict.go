package tsdb

import (
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
)

// refSteps is for how many steps a Ref is good, and with it what the series was doing: far longer than a request takes.
// Where steps are shorter than a second it is refMillis, so that a process that stood still for some seconds loses neither.
const (
	refSteps  = 60
	refMillis = 60_000
)

// refSlots returns the number of slots for which a Ref is good.
func refSlots(g grid.Grid) int64 { return max(refSteps, refMillis/g.StepMillis) }

// evict evicts the series that have rested long enough at a slot.
func (m *maintenance) evict(now int64) {
	for _, s := range m.shards {
		s.mu.Lock()
		s.series.Table.Rest(now)
		s.mu.Unlock()
		for m.evictSome(s, now) {
		}
	}
}

// evictSome evicts some series of a shard, between two commits, and reports whether there may be more.
func (m *maintenance) evictSome(s *shard, now int64) (more bool) {
	m.committing.Lock()
	s.mu.Lock()
	evicted, more := s.series.EvictSome(now, refSlots(m.grid), func(state normalize.State) bool { return m.matters(state, now) })
	s.mu.Unlock()
	m.committing.Unlock()
	s.series.Release(evicted)
	return more
}

// matters reports whether a sample that comes now may have to do with those before it.
func (m *maintenance) matters(state normalize.State, now int64) bool {
	newest := max(state.Last, state.CounterTime)
	return newest > 0 && m.grid.TimeOf(now)-newest <= normalize.HeartbeatOf(m.grid.StepMillis)
}
