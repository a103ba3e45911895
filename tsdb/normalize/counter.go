package normalize

// HeartbeatOf returns the longest gap, in milliseconds, that a counter bridges.
func HeartbeatOf(step int64) int64 {
	if step < 60_000 {
		return 120_000
	}
	return 2 * step
}

// NextCounter takes the next sample of a counter and appends the writes that are due to dst.
//
// The sample becomes the increase per second since the last one received, 0 where the value or the time
// did not grow (resets never give a negative rate), and is then spread as a rate. A missed sample is
// bridged: the new rate fills the slots between, at most as many as
// the heartbeat has, and one more. The first sample writes nothing.
// An older sample writes nothing either but is the one the next is compared with, as in Atlas, so the
// state changes with every sample: the outcome is always Accepted.
// Source: Atlas, RateValueFunction in front of NormalizeValueFunction.
func NextCounter(s State, step int64, x Sample, dst []Write) (State, []Write, Outcome) {
	before := s
	s.CounterTime, s.CounterValue = x.Time, x.Value
	if before.CounterTime <= 0 || x.Time <= s.Last {
		return s, dst, Accepted
	}
	rate := Sample{Time: x.Time, Value: perSecond(before, x)}
	s, dst = spread(s, step, HeartbeatOf(step), rate, dst)
	return s, dst, Accepted
}

// perSecond returns the increase from the last raw sample in s to x. NaN on either side gives NaN.
func perSecond(s State, x Sample) float64 {
	seconds := float64(x.Time-s.CounterTime) / 1000
	increase := x.Value - s.CounterValue
	if seconds <= 0 || increase <= 0 {
		return 0
	}
	return increase / seconds
}
