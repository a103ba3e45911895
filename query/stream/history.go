package stream

import "slices"

// maxIntervals bounds what a history remembers: of a server that is restarted every hour, six weeks. What lies before
// the oldest interval that is left is unknown.
const maxIntervals = 1000

// An Interval is a time in which this server was taking samples, in milliseconds of wall time since the epoch.
type Interval struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Ended is why it does not go on behind To; "" while it does, and after an end that nobody could write down.
	Ended Reason `json:"ended,omitempty"`
}

// A Reason says why a step is unknown.
type Reason string

// The reasons. The first four end an Interval.
const (
	Stopped      Reason = "stopped"       // the server was not running, or not ready
	AppendFailed Reason = "append failed" // the log took no records, as on a full disk
	ClockMoved   Reason = "clock"         // wall time and running time parted: the clock was set, the machine slept
	Paused       Reason = "paused"        // the process did not run, as after SIGSTOP
	NoRecord     Reason = "no record"     // nothing is remembered from so early on
)

// A history is a list of intervals in the order in which they were. They overlap where the clock was set back.
type history struct {
	clock   Clock
	entries []entry
}

// An entry is an interval, and what of it the log has.
type entry struct {
	Interval
	logged Interval
}

// window is how long samples must be taken for one step to be known.
func (h *history) window() int64 { return (h.clock.Step + h.clock.Delay).Milliseconds() }

// last returns the newest interval; nil if there is none.
func (h *history) last() *entry {
	if len(h.entries) == 0 {
		return nil
	}
	return &h.entries[len(h.entries)-1]
}

// add appends an interval. An interval that is too short to make a step known is kept as long as it is the newest of
// these, for its reason; so a log that fails every second does not push out what is of use.
func (h *history) add(i Interval) {
	if n := len(h.entries); n >= 2 && h.short(n-1) && h.short(n-2) {
		h.entries = slices.Delete(h.entries, n-2, n-1)
	}
	h.entries = append(h.entries, entry{Interval: i})
	if extra := len(h.entries) - maxIntervals; extra > 0 {
		h.entries = slices.Delete(h.entries, 0, extra)
	}
}

func (h *history) short(i int) bool { return h.entries[i].To-h.entries[i].From < h.window() }

// apply takes an interval from the log: a new one, or the newest word on one that is there.
func (h *history) apply(i Interval) {
	if at := h.find(i.From); at >= 0 {
		h.entries[at] = entry{i, i}
		return
	}
	h.add(i)
	h.last().logged = i
}

// find returns the place of the interval that begins at from; -1 if there is none.
func (h *history) find(from int64) int {
	for i := len(h.entries) - 1; i >= 0; i-- { // it is among the newest
		if h.entries[i].From == from {
			return i
		}
	}
	return -1
}

// firstUnknown returns the first step among first … last, both on the grid, that is unknown; false if all are known.
func (h *history) firstUnknown(first, last int64) (int64, bool) {
	step, delay := h.clock.stepMillis(), h.clock.Delay.Milliseconds()
	for at := first; at <= last; {
		until := h.coveredUntil(at-step, at+delay)
		if until == 0 {
			return at, true
		}
		at = (until-delay)/step*step + step // the interval knows all steps up to there
	}
	return 0, false
}

// coveredUntil returns where the longest of the intervals that hold all of (from, to] ends; 0 if there is none.
func (h *history) coveredUntil(from, to int64) int64 {
	until := int64(0)
	for i := range h.entries {
		if e := &h.entries[i]; e.From <= from && e.To >= to {
			until = max(until, e.To)
		}
	}
	return until
}

// why returns why a step is unknown.
func (h *history) why(step int64) Reason {
	closes := step + h.clock.Delay.Milliseconds()
	for i := len(h.entries) - 1; i >= 0; i-- {
		e := &h.entries[i]
		if e.From >= closes || e.To >= closes { // it began too late, so ask how the one before ended
			continue
		}
		if e.Ended == "" {
			return Stopped
		}
		return e.Ended
	}
	return NoRecord
}
