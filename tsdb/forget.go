package tsdb

import (
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
)

// A series that has no values in memory is forgotten; its number lives on in the files that it is in:
//
//	            last window in memory goes, or                refSteps later
//	            resolved and nothing written                  nothing has come
//	remembered ───────────────────────────────► resting ──────────────────────► forgotten
//	    ▲                                          │                                │
//	    └──────── a value, or Resolve ─────────────┴───────── Resolve ──────────────┘
//
// To resolve a series that rests, or to write to it, wakes it: a Ref is good for at least refSteps after it was resolved.
// Of a forgotten one Resolve finds the number in the files again (resolve.go), as it does after a restart.

// refSteps is for how many steps a Ref is good, and with it what the series was doing: far longer than a request takes.
// Where steps are shorter than a second it is refMillis, so that a process that stood still for some seconds loses neither.
const (
	refSteps  = 60
	refMillis = 60_000
)

// refSlots returns the number of slots for which a Ref is good.
func refSlots(g grid.Grid) int64 { return max(refSteps, refMillis/g.StepMillis) }

// forgetAtOnce bounds how many series are forgotten while commits wait: well below a millisecond.
const forgetAtOnce = 512

// A restingBatch is series that began to rest together.
type restingBatch struct {
	number  uint32 // of the batch
	since   int64  // slot
	numbers []uint32
}

// wake makes a series that rests one that is remembered. If nothing comes, it will rest again.
func (r *roster) wake(number uint32) {
	if entry := r.at(number); entry.resting != 0 {
		entry.resting = 0
		r.idle = append(r.idle, number)
	}
}

// rest puts the series without values in memory to rest.
func (r *roster) rest(now int64) {
	batch := restingBatch{number: r.batch + 1, since: now}
	for _, number := range r.idle {
		if entry := r.at(number); entry != nil && entry.windows == 0 && entry.resting == 0 {
			entry.resting = batch.number
			batch.numbers = append(batch.numbers, number)
		}
	}
	r.idle = nil
	if len(batch.numbers) > 0 {
		r.batch = batch.number
		r.batches = append(r.batches, batch)
	}
}

// rested takes some series that have rested for so many slots, or none, from the batches.
func (r *roster) rested(now, slots int64) (numbers []uint32, batch uint32) {
	for len(r.batches) > 0 {
		first := &r.batches[0]
		first.since = min(first.since, now) // the clock was set back
		if first.since > now-slots {
			break
		}
		if n := min(len(first.numbers), forgetAtOnce); n > 0 {
			numbers, first.numbers = first.numbers[:n], first.numbers[n:]
			return numbers, first.number
		}
		r.batches = r.batches[1:]
	}
	return nil, 0
}

// forget lets go of the series that have rested long enough at a slot.
func (u *upkeep) forget(now int64) {
	for _, s := range u.shards {
		s.mu.Lock()
		s.roster.rest(now)
		s.mu.Unlock()
		for u.forgetSome(s, now) {
		}
	}
}

// forgetSome forgets some series of a shard, between two commits, and reports whether there may be more.
func (u *upkeep) forgetSome(s *shard, now int64) bool {
	u.committing.Lock()
	s.mu.Lock()
	numbers, batch := s.roster.rested(now, refSlots(u.grid))
	var gone []canonical
	for _, number := range numbers {
		entry := s.roster.at(number)
		switch {
		case entry == nil || entry.resting != batch: // it has woken
		case u.matters(entry.state, now):
			s.roster.wake(number)
		default:
			gone = append(gone, entry.tags)
			s.roster.remove(number)
		}
	}
	if len(gone) > 0 {
		s.roster.unlogged = slices.DeleteFunc(s.roster.unlogged, func(number uint32) bool { return s.roster.at(number) == nil })
	}
	s.mu.Unlock()
	u.committing.Unlock()
	for _, tags := range gone {
		if tags != lost {
			s.census.remove(tags.tags())
		}
	}
	return len(numbers) > 0
}

// matters reports whether a sample that comes now may have to do with those before it.
func (u *upkeep) matters(state normalize.State, now int64) bool {
	newest := max(state.Last, state.CounterTime)
	return newest > 0 && u.grid.TimeOf(now)-newest <= normalize.HeartbeatOf(u.grid.StepMillis)
}
