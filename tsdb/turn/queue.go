package turn

import (
	"runtime"
	"slices"
	"sync"
)

// A Queue hands out turns, so many at a time as it has processors. Those whose task has had little time so far come first, in
// the order in which they began to wait; of the others the oldest task comes first. So short tasks pass, and long ones end one
// after the other instead of all at the end.
type Queue struct {
	mu      sync.Mutex // guards what follows
	free    int        // processors
	waiting []*waiter
	tasks   int64 // begun so far
	passed  int   // turns that short tasks had in a row while long ones waited
}

// A waiter is a goroutine that waits for its turn; granted is closed when it has come.
type waiter struct {
	task    *task
	granted chan struct{}
}

// NewQueue returns a queue for some processors, at least one.
func NewQueue(processors int) *Queue { return &Queue{free: max(1, processors)} }

// AllButOne returns how many processors questions may have: one less than there are. It is one where there is only one.
func AllButOne() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// Turn returns the turn of a new task; it has not begun.
func (q *Queue) Turn() *Turn {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tasks++
	return &Turn{queue: q, task: &task{number: q.tasks}}
}

// enter takes a free processor, or returns what to wait for.
func (q *Queue) enter(t *task) *waiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free > 0 {
		q.free--
		return nil
	}
	w := &waiter{t, make(chan struct{})}
	q.waiting = append(q.waiting, w)
	return w
}

// abandon takes back an enter. The turn may have come meanwhile.
func (q *Queue) abandon(w *waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.waiting, w); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		return
	}
	q.pass()
}

// leave gives a processor back.
func (q *Queue) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pass()
}

// exchange is leave and enter for a task that goes on, and nil where nobody who waits comes before it.
func (q *Queue) exchange(t *task) *waiter {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return nil
	}
	w := &waiter{t, make(chan struct{})}
	q.waiting = append(q.waiting, w)
	if i := q.next(); q.waiting[i] == w {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		return nil
	}
	q.pass()
	return w
}

// shortInRow is how many turns short tasks have before a long one has one, should all of them always wait.
const shortInRow = 8

// pass gives a processor to the one who comes next. The caller holds the lock.
func (q *Queue) pass() {
	if len(q.waiting) == 0 {
		q.free++
		return
	}
	i := q.next()
	w := q.waiting[i]
	if q.waiting = slices.Delete(q.waiting, i, i+1); w.task.isShort() {
		q.passed++
	} else {
		q.passed = 0
	}
	close(w.granted)
}

// next returns the place of the one who comes next; somebody waits.
func (q *Queue) next() int {
	short, long := -1, -1
	for i, w := range q.waiting {
		switch {
		case w.task.isShort():
			if short < 0 {
				short = i
			}
		case long < 0 || w.task.number < q.waiting[long].task.number:
			long = i
		}
	}
	if short < 0 || long >= 0 && q.passed >= shortInRow {
		return long
	}
	return short
}
