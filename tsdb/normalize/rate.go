package normalize

// NextRate takes the next sample of a rate and appends the writes that are due to dst.
//
// A sample counts from the sample before it. After a gap of more than one step the partial interval is
// forgotten and x is a first sample again; a first sample off the grid is written, by its share, to the
// boundary before it. NaN spreads to each boundary it has a share in, and so does an infinity.
// At most two slots are written. Source: Atlas, NormalizeValueFunction with a heartbeat of one step.
func NextRate(s State, step int64, x Sample, dst []Write) (State, []Write, Outcome) {
	if x.Time <= s.Last {
		return s, dst, lateness(s.Last, step, x.Time)
	}
	s, dst = spread(s, step, step, x, dst)
	return s, dst, Accepted
}

// lateness names the outcome for a sample of a rate at t, not newer than last.
func lateness(last, step, t int64) Outcome {
	switch {
	case t%step != 0:
		return LateOffGrid
	case t == last:
		return Duplicate
	}
	return LateOnGrid
}

// spread distributes x, which is newer than s.Last, over the time since s.Last; a gap of more than
// heartbeat makes it a first sample.
//
// The weight is computed before the product, as Atlas does it: recorded answers agree to the last bit,
// and a sample that covers a whole interval arrives there unchanged.
func spread(s State, step, heartbeat int64, x Sample, dst []Write) (State, []Write) {
	if s.Last > 0 && x.Time-s.Last > heartbeat {
		s.Last, s.Partial = 0, 0
	}
	offset := x.Time % step
	boundary := x.Time - offset
	if s.Last >= boundary && s.Last != 0 { // the same interval again
		s.Partial = plus(s.Partial, x.Value*weight(x.Time-s.Last, step))
		s.Last = x.Time
		return s, dst
	}
	switch {
	case s.Last != 0:
		into := s.Last % step
		end := s.Last - into + step
		dst = append(dst, Write{end, plus(s.Partial, x.Value*weight(step-into, step))})
		for end < boundary {
			end += step
			dst = append(dst, Write{end, x.Value})
		}
	case offset == 0:
		dst = append(dst, Write(x))
	default:
		dst = append(dst, Write{boundary, x.Value * weight(step-offset, step)})
	}
	s.Last = x.Time
	s.Partial = x.Value * weight(offset, step)
	return s, dst
}

func weight(part, step int64) float64 { return float64(part) / float64(step) }

// plus adds to a partial value, where zero of either sign means that there is nothing yet: a negative
// zero on the grid stays one, as it does after a restart.
func plus(partial, v float64) float64 {
	if partial == 0 {
		return v
	}
	return partial + v
}
