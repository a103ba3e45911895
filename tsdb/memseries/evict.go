package memseries

// Eviction of series without values in memory, as the package says. To find a series that rests for its tags, or to write to
// it, wakes it; one that was evicted has its number in files still, and comes back under that.

// evictAtOnce bounds how many series are evicted while commits wait: well below a millisecond.
const evictAtOnce = 512

// A restingBatch is series that began to rest together.
type restingBatch struct {
	number  uint32 // of the batch
	since   int64  // slot
	numbers []uint32
}

// Wake makes a series that rests one that is remembered. If nothing comes, it will rest again.
func (t *Table) Wake(number uint32) {
	if entry := t.at(number); entry.resting != 0 {
		entry.resting = 0
		t.MayRest(number)
	}
}

// MayRest notes a series that may have no values in memory.
func (t *Table) MayRest(number uint32) { t.idle = append(t.idle, number) }

// Rest puts the series without values in memory to rest.
func (t *Table) Rest(now int64) {
	batch := restingBatch{number: t.batch + 1, since: now}
	for _, number := range t.idle {
		if entry := t.at(number); entry != nil && entry.windows == 0 && entry.resting == 0 {
			entry.resting = batch.number
			batch.numbers = append(batch.numbers, number)
		}
	}
	t.idle = nil
	if len(batch.numbers) > 0 {
		t.batch = batch.number
		t.batches = append(t.batches, batch)
	}
}

// rested takes some series that have rested for so many slots, or none, from the batches.
func (t *Table) rested(now, slots int64) (numbers []uint32, batch uint32) {
	for len(t.batches) > 0 {
		first := &t.batches[0]
		first.since = min(first.since, now) // the clock was set back
		if first.since > now-slots {
			break
		}
		if n := min(len(first.numbers), evictAtOnce); n > 0 {
			numbers, first.numbers = first.numbers[:n], first.numbers[n:]
			return numbers, first.number
		}
		t.batches = t.batches[1:]
	}
	return nil, 0
}
