package listen

import "sync/atomic"

// A budget is a number of bytes that may be held at one time. It never waits: who gets nothing
// gives back what it has and says so.
type budget struct {
	limit int64
	used  atomic.Int64
}

func (b *budget) take(n int64) bool {
	if b.used.Add(n) > b.limit {
		b.used.Add(-n)
		return false
	}
	return true
}

// A holding is what one request has taken from a budget.
type holding struct {
	budget *budget
	bytes  int64
}

func (h *holding) take(n int) bool {
	if !h.budget.take(int64(n)) {
		return false
	}
	h.bytes += int64(n)
	return true
}

func (h *holding) release() {
	h.budget.used.Add(-h.bytes)
	h.bytes = 0
}
