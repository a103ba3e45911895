package alert

import "slices"

// An arrival is a notification that has come into an outbox; it may have left it again.
type arrival struct {
	lane *lane
	id   string
}

// waits returns the position of the arrival's notification in its lane, or false if it has left.
func (a arrival) waits() (int, bool) {
	i := slices.IndexFunc(a.lane.letters, func(n Notification) bool { return n.ID == a.id })
	return i, i >= 0
}

// arrivals are in the order in which they came, so that the oldest is found without looking at every lane: when a
// receiver is dead and the outbox is full, each notification that comes displaces one.
type arrivals struct {
	queue []arrival // from first on; those that have left are skipped when their turn comes
	first int
}

func (a *arrivals) add(one arrival) { a.queue = append(a.queue, one) }

// oldest takes out the oldest notification that waits and for which no attempt is under way: its lane and its position
// there. The lane is nil if there is none.
func (a *arrivals) oldest() (*lane, int) {
	for range len(a.queue) - a.first {
		one := a.queue[a.first]
		a.queue[a.first] = arrival{}
		a.first++
		i, waits := one.waits()
		if waits && (i > 0 || !one.lane.sending) {
			return one.lane, i
		}
		if waits {
			a.queue = append(a.queue, one) // it is being sent: its turn comes again
		}
	}
	return nil, 0
}

// compact forgets those that have left, when they are more than those that wait.
func (a *arrivals) compact(waiting int) {
	const few = 64
	if len(a.queue)-a.first <= 2*waiting+few && a.first <= len(a.queue)/2+few {
		return
	}
	kept := make([]arrival, 0, waiting)
	for _, one := range a.queue[a.first:] {
		if _, waits := one.waits(); waits {
			kept = append(kept, one)
		}
	}
	a.queue, a.first = kept, 0
}
