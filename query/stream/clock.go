package stream

import "time"

// MaxCatchUp is how far back a walk resumes after a pause or a restart. Steps missed before that are
// skipped: an alert about what was over an hour ago helps nobody, and the queue of steps stays bounded.
const MaxCatchUp = time.Hour

// A Clock tells when a step closes: step T at T + Delay. Only wall time counts, so that it agrees
// with the timestamps of the samples.
type Clock struct {
	// Step is the distance between two steps: whole milliseconds, more than 0.
	Step time.Duration
	// Delay is how long a step stays open after its time; 0 closes it at once.
	Delay time.Duration
}

// A Tick is one closed step to act on.
type Tick struct {
	// Step is the time of the step in milliseconds since the epoch, a multiple of Clock.Step.
	Step int64
	// Skipped is the number of steps left out just before this one because they lay more than
	// MaxCatchUp back; 0 nearly always.
	Skipped int64
}

// Closed returns the newest step that has closed by now, in milliseconds since the epoch.
func (c Clock) Closed(now time.Time) int64 {
	open := now.UnixMilli() - c.Delay.Milliseconds()
	return open - open%c.stepMillis()
}

// ClosesAt returns the moment at which step, in milliseconds since the epoch, closes.
func (c Clock) ClosesAt(step int64) time.Time {
	return time.UnixMilli(step).Add(c.Delay)
}

// Next returns the step to act on after last, or false where that has not closed yet. A last of 0
// means that no step was acted on yet: then it is the newest closed step, because the past of
// somebody who was not there is nobody's.
//
// Where the clock has gone back behind last, Next waits until it is past last again: no step is
// handed out twice.
func (c Clock) Next(last int64, now time.Time) (Tick, bool) {
	closed := c.Closed(now)
	if last == 0 {
		return Tick{Step: closed}, closed > 0
	}
	step := c.stepMillis()
	next := last - last%step + step
	if next > closed {
		return Tick{}, false
	}
	limit := max(MaxCatchUp.Milliseconds()/step, 1)
	oldest := closed - (limit-1)*step
	if next >= oldest {
		return Tick{Step: next}, true
	}
	return Tick{Step: oldest, Skipped: (oldest - next) / step}, true
}

// Behind returns how far the newest closed step lies before last: more than 0 only when the clock
// has gone back (or the delay was raised) since last was acted on.
func (c Clock) Behind(last int64, now time.Time) time.Duration {
	return max(0, time.Duration(last-c.Closed(now))*time.Millisecond)
}

// wait returns how long to sleep before asking Next again.
func (c Clock) wait(last int64, now time.Time) time.Duration {
	step := c.stepMillis()
	next := last - last%step + step
	return c.ClosesAt(next).Sub(now.Round(0)) // Round drops the monotonic reading: a set clock counts
}

func (c Clock) stepMillis() int64 { return c.Step.Milliseconds() }
