package eval

import (
	"math"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// A Range is what an expression is evaluated over: the times Start, Start + Step, … before End, all in
// milliseconds. The value at T describes (T - Step, T]. Start and End are multiples of Step, which is
// one of Primary, the step of the store. The first time is evaluated and not shown: it gives
// words like :derivative a previous value.
type Range struct {
	Start, End int64
	Step       int64
	Primary    int64
	// Now is what "now" stands for inside expressions. Steps leaves it to the caller.
	Now time.Time
}

// Len returns the number of values of each line.
func (r Range) Len() int { return int((r.End - r.Start) / r.Step) }

// Time returns the time of a value.
func (r Range) Time(i int) int64 { return r.Start + int64(i)*r.Step }

// Steps holds what decides on the step of a graph.
type Steps struct {
	Primary       int64 // step of the store in milliseconds
	MaxDatapoints int   // per line; 0 means 1440
}

// defaultMaxDatapoints is Atlas's: a day of minutes.
const defaultMaxDatapoints = 1440

// Graph returns the range for a graph of width pixels from start to end, times in milliseconds with
// start <= end. The step is the requested one, or the primary one where that is 0, rounded up to one
// that people read easily, and so large that there is at most one point per pixel.
func (s Steps) Graph(start, end, requested int64, width int) Range {
	step := s.Fetch(start, end, requested).Step
	most := int64(min(s.maxDatapoints(), max(width, 1)))
	if perPixel := grid.CeilDiv((end-start)/step, most); perPixel > 1 {
		step = s.round(step, perPixel*step)
	}
	return s.window(start, end, step)
}

// Fetch is Graph without a width: the step depends on the request alone.
func (s Steps) Fetch(start, end, requested int64) Range {
	step := s.Primary
	if requested > 0 {
		step = s.round(s.Primary, requested)
	}
	return s.window(start, end, step)
}

func (s Steps) maxDatapoints() int {
	if s.MaxDatapoints > 0 {
		return s.MaxDatapoints
	}
	return defaultMaxDatapoints
}

// window rounds start and end down to steps, at least one apart, and adds the last step.
func (s Steps) window(start, end, step int64) Range {
	first, last := grid.FloorDiv(start, step)*step, grid.FloorDiv(end, step)*step
	if first == last {
		first -= step
	}
	return Range{Start: first, End: last + step, Step: step, Primary: s.Primary}
}

// Coarser returns the step for which r has so many times fewer values, rounded up to one that people read easily; 0 where
// that leaves fewer than two of them.
func (s Steps) Coarser(r Range, times float64) int64 {
	if !(times < float64(r.Len())) {
		return 0
	}
	step := s.round(r.Step+1, int64(math.Ceil(float64(r.Step)*times)))
	if step > (r.End-r.Start)/2 {
		return 0
	}
	return step
}

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// readableSteps are the steps below a day, ascending.
var readableSteps = [...]int64{
	1, 5, 10, 50, 100, 500,
	1 * second, 2 * second, 3 * second, 4 * second, 5 * second, 6 * second, 10 * second, 12 * second, 15 * second, 20 * second, 30 * second,
	1 * minute, 2 * minute, 3 * minute, 4 * minute, 5 * minute, 6 * minute, 10 * minute, 12 * minute, 15 * minute, 20 * minute, 30 * minute,
	1 * hour, 2 * hour, 3 * hour, 4 * hour, 6 * hour, 8 * hour, 12 * hour,
}

// blockPoints is the number of points in a storage block of Atlas. Its steps divide a block or are
// multiples of one; ours would not need to, but the same graph should have the same points.
const blockPoints = 60

// round returns the least readable step that is base and x or more and a multiple of the primary step;
// above half a day whole days.
func (s Steps) round(base, x int64) int64 {
	block := blockPoints * s.Primary
	wanted := max(base, x)
	for _, step := range readableSteps {
		if step < wanted || step%s.Primary != 0 {
			continue
		}
		if step <= block && block%step == 0 || step > block && step%block == 0 {
			return step
		}
	}
	return grid.CeilDiv(wanted, day) * day
}
