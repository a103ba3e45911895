package alert

import (
	"container/heap"
	"time"
)

type laneKey struct{ alert, receiver string }

// A lane holds what one receiver has yet to hear of one alert, in order. At most one of it is under way.
type lane struct {
	key      laneKey
	letters  []Notification
	attempts int        // failed ones for letters[0]
	queue    *laneQueue // of the receiver
	due      time.Time  // of the next attempt
	place    int        // in queue.due; -1 if not in there
	sending  bool
	orphan   bool // the alert is forgotten: the lane goes when it is empty
	last     Delivery
}

// A laneQueue holds the lanes of one receiver that have an attempt to come. There is one for every receiver
// that ever had a letter, which the rules files of one life bound.
type laneQueue struct {
	due     laneHeap
	sending int // attempts under way
}

// schedule puts l, which is not there, among those that have an attempt to come, at due.
func (l *lane) schedule(due time.Time) {
	l.due = due
	heap.Push(&l.queue.due, l)
}

// unschedule is the inverse of schedule; for a lane that is not scheduled it does nothing.
func (l *lane) unschedule() {
	if l.place >= 0 {
		heap.Remove(&l.queue.due, l.place)
	}
}

// A laneHeap has the lane that is due first at its head.
type laneHeap []*lane

func (h laneHeap) Len() int           { return len(h) }
func (h laneHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h laneHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i]; h[i].place, h[j].place = i, j }

// Push implements heap.Interface.
func (h *laneHeap) Push(x any) {
	l := x.(*lane)
	l.place = len(*h)
	*h = append(*h, l)
}

// Pop implements heap.Interface.
func (h *laneHeap) Pop() any {
	last := len(*h) - 1
	l := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	l.place = -1
	return l
}
