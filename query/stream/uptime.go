package stream

import (
	"sync"
	"time"
)

// An Uptime knows when this server was taking samples, over restarts, and so what can be concluded from samples that
// are not there. Step T is known if and only if samples were taken during all of (T - step, T + delay].
//
//	taking   ├────────────────────┤ stopped        ├─────────────── …
//	steps   ? ┆ known ┆ known ┆ ? ┆ ? ┆ ? ┆ ? ┆ ? ┆ ? ┆ known ┆ known
//
// An interval begins with Begin. It ends with Stop; with a write to the log that fails, and goes on with one that
// works; where wall time and running time part by more than a quarter of a step; and where the process was paused.
// What was not in the log as taking when a process ended was not.
//
// Its life: NewUptime, Replay for each of its records, Begin; then anything from any goroutine; Stop.
type Uptime struct {
	read func() (wall int64, running time.Duration) // the clocks

	mu      sync.Mutex // guards what follows
	history history
	began   bool // between Begin and Stop
	up      bool // the last interval of history goes on
	// seen is the newest wall time of the interval, and good when the newest write that worked began.
	seen, good int64
	// anchor is what the clocks said when the interval began. Parting is judged from there, so that many small
	// steps of a clock count as a large one.
	anchor struct {
		wall    int64
		running time.Duration
	}
}

// NewUptime returns an uptime for the steps of clock, in which nothing is known yet. now returns the wall time; nil
// means time.Now.
func NewUptime(clock Clock, now func() time.Time) *Uptime {
	base := time.Now()
	u := &Uptime{history: history{clock: clock}}
	u.read = func() (int64, time.Duration) { return now().UnixMilli(), time.Since(base) }
	if now == nil {
		u.read = func() (int64, time.Duration) {
			t := time.Now() // one reading for both: a pause between two would look like a clock that was set
			return t.UnixMilli(), t.Sub(base)
		}
	}
	return u
}

// Begin notes that the server takes samples from now on.
func (u *Uptime) Begin() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.began = true
	wall, running := u.read()
	u.begin(wall, wall, running)
}

// Stop notes that the server takes no more samples.
func (u *Uptime) Stop() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.look()
	u.end(u.seen, Stopped)
	u.began = false
}

// Written notes what became of a write to the log that took so long. It is meant as wal.Config.Written.
func (u *Uptime) Written(took time.Duration, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.began {
		return
	}
	wall, running := u.look()
	begin := wall - took.Milliseconds()
	switch {
	case err != nil:
		// Nobody knows when the disk filled up; only that it was after the last write that worked had begun.
		u.end(u.good, AppendFailed)
	case u.up:
		u.good = max(u.good, begin)
	default:
		u.begin(begin, wall, running)
	}
}

// Paused notes that this process did not run for some time within the last so long. Others may have come to run again
// before who calls it: what has been noted since does not count.
func (u *Uptime) Paused(within time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.up {
		return
	}
	wall, running := u.look()
	u.end(wall-within.Milliseconds()-1, Paused)
	u.begin(wall, wall, running)
}

// Now returns the wall time, and notices whether it has parted from running time. Whoever waits for steps calls it
// about every second.
func (u *Uptime) Now() time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	wall, _ := u.look()
	return time.UnixMilli(wall)
}

// FirstUnknown returns the first step among first … last, both on the grid, that is unknown, and why; false if all
// of them are known. A step that has not closed yet is unknown.
func (u *Uptime) FirstUnknown(first, last int64) (step int64, why Reason, found bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.look()
	if step, found = u.history.firstUnknown(first, last); found {
		why = u.history.why(step)
	}
	return step, why, found
}

// look reads the clocks and carries the interval on up to now, or begins another if they have parted.
func (u *Uptime) look() (wall int64, running time.Duration) {
	wall, running = u.read()
	if !u.up {
		return wall, running
	}
	apart := time.Duration(wall-u.anchor.wall)*time.Millisecond - (running - u.anchor.running)
	if apart.Abs() > u.history.clock.Step/4 {
		u.end(u.seen, ClockMoved)
		u.begin(wall, wall, running)
	}
	u.seen = max(u.seen, wall) // a clock that is set back by very little makes nothing undone
	u.history.last().To = u.seen
	return wall, running
}

// begin begins an interval at from, which wall is the time of the clock for, or after.
func (u *Uptime) begin(from, wall int64, running time.Duration) {
	if u.up {
		return
	}
	from = max(from, 0)
	u.up, u.good, u.seen = true, from, max(from, wall)
	u.anchor.wall, u.anchor.running = wall, running
	u.history.add(Interval{From: from, To: u.seen})
}

// end ends the interval at a time inside of it.
func (u *Uptime) end(at int64, why Reason) {
	if !u.up {
		return
	}
	u.up = false
	last := u.history.last()
	last.To, last.Ended = max(last.From, at), why
}
