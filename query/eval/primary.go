package eval

import "github.com/telamon-tsdb/telamon/tsdb/grid"

// Spans of the graphs that a store has to be able to draw, in milliseconds, and their widths in pixels.
var (
	usualSpans  = [...]int64{3 * hour, day, 7 * day}
	usualWidths = [...]int{200, 700, 1440}
)

// Usable reports whether a store with the primary step can be asked for graphs: one that is asked for at the
// primary step has it, and those of usual spans have a multiple of it. The primary step is all that values can be had
// at, and people read few others easily, so most numbers are not usable: 7 s, 45 s.
func (s Steps) Usable() bool {
	if s.Primary <= 0 || s.Fetch(0, s.Primary, s.Primary).Step != s.Primary {
		return false
	}
	for _, span := range usualSpans {
		for _, width := range usualWidths {
			if step := s.Graph(0, span, 0, width).Step; step%s.Primary != 0 || step > max(span, s.Primary) {
				return false
			}
		}
	}
	return true
}

// NearestUsable returns the largest usable primary step below s.Primary and the smallest above it; 0 for none.
func (s Steps) NearestUsable() (below, above int64) {
	try := func(primary int64) {
		if !(Steps{Primary: primary}).Usable() {
			return
		}
		if primary < s.Primary {
			below = max(below, primary)
		} else if primary > s.Primary && (above == 0 || primary < above) {
			above = primary
		}
	}
	for _, step := range readableSteps {
		try(step)
	}
	days := grid.FloorDiv(s.Primary, day)
	try(days * day)
	try((days + 1) * day)
	return below, above
}
