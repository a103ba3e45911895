package memseries

// A tagTable finds numbers by hash: open addressing, linear probing.
//
//	slots    [ hash number+1 | - | hash number+1 | … ]     8 bytes each, a power of two of them, at most 4/5 in use
//
// It knows no tags: the caller compares those of the numbers that have the hash, nearly always one. It has no pointers,
// so that the collector does not look at it, and takes 10 to 20 bytes a series where a map from string takes 28 to 50.
// Removal moves back what was displaced: there are no graves, and a table that many have come to and left is as fast as
// a new one. It shrinks, too. TestTagTable holds it against a map; numbers in BenchmarkTagTable.
type tagTable struct {
	slots []tagSlot
	used  int
}

// A tagSlot is empty while number is 0.
type tagSlot struct {
	hash   uint32
	number uint32 // of the series, plus one
}

const minTagSlots = 16

// home is where a hash is looked for first.
func (t *tagTable) home(hash uint32) int { return int(hash) & (len(t.slots) - 1) }

// find returns the number that has the hash and that is says is the one.
func (t *tagTable) find(hash uint32, is func(number uint32) bool) (number uint32, found bool) {
	if t.used == 0 {
		return 0, false
	}
	mask := len(t.slots) - 1
	for at := t.home(hash); t.slots[at].number != 0; at = (at + 1) & mask {
		if s := t.slots[at]; s.hash == hash && is(s.number-1) {
			return s.number - 1, true
		}
	}
	return 0, false
}

// add enters a number that is not there.
func (t *tagTable) add(hash, number uint32) {
	if (t.used+1)*5 > len(t.slots)*4 {
		t.resize(max(minTagSlots, 2*len(t.slots)))
	}
	t.used++
	t.place(tagSlot{hash, number + 1})
}

func (t *tagTable) place(s tagSlot) {
	mask := len(t.slots) - 1
	at := t.home(s.hash)
	for t.slots[at].number != 0 {
		at = (at + 1) & mask
	}
	t.slots[at] = s
}

func (t *tagTable) resize(slots int) {
	old := t.slots
	t.slots = make([]tagSlot, slots)
	for _, s := range old {
		if s.number != 0 {
			t.place(s)
		}
	}
}

// remove takes a number out, which may not be there.
func (t *tagTable) remove(hash, number uint32) {
	if t.used == 0 {
		return
	}
	mask := len(t.slots) - 1
	at := t.home(hash)
	for t.slots[at] != (tagSlot{hash, number + 1}) {
		if t.slots[at].number == 0 {
			return
		}
		at = (at + 1) & mask
	}
	t.used--
	// What follows without a gap comes nearer to its home where the gap lies between.
	for next := (at + 1) & mask; t.slots[next].number != 0; next = (next + 1) & mask {
		if distance := (next - t.home(t.slots[next].hash)) & mask; distance >= (next-at)&mask {
			t.slots[at] = t.slots[next]
			at = next
		}
	}
	t.slots[at] = tagSlot{}
	if len(t.slots) > minTagSlots && t.used*5 < len(t.slots) {
		t.resize(len(t.slots) / 2)
	}
}
