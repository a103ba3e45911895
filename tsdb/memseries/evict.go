package memseries

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

// forgetAtOnce bounds how many series are forgotten while commits wait: well below a millisecond.
const forgetAtOnce = 512

// A restingBatch is series that began to rest together.
type restingBatch struct {
	number  uint32 // of the batch
	since   int64  // slot
	numbers []uint32
}

// Wake makes a series that rests one that is remembered. If nothing comes, it will rest again.
func (r *Table) Wake(number uint32) {
	if entry := r.at(number); entry.resting != 0 {
		entry.resting = 0
		r.MayRest(number)
	}
}

// MayRest notes a series that may have no values in memory.
func (r *Table) MayRest(number uint32) { r.idle = append(r.idle, number) }

// Rest puts the series without values in memory to rest.
func (r *Table) Rest(now int64) {
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
func (r *Table) rested(now, slots int64) (numbers []uint32, batch uint32) {
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
