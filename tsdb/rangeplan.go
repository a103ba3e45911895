package tsdb

import "github.com/telamon-tsdb/telamon/tsdb/grid"

// A rangePlan is a range of primary slots, cut into runs for reading and runs into units for counting and for the cache:
//
//	slots    1 … 60              61 … 120            121 … 180
//	windows ├───────────────────┼───────────────────┼───────────────────┤
//	runs    ├───────────────────┼───────────────────┼───────────────────┤   whole windows
//	units   ├──┼──┼──┼──┼──┼────┼──┼──┼──┼──┼──┼────┼ …                     whole output values
//
// Runs and units lie where their numbers say, whatever the range, which may begin and end within one. An output value
// never takes slots of two units, and a unit never lies in two runs; a run is several windows where an output
// value or a unit takes more than one.
type rangePlan struct {
	ratio     int   // slots per output value
	first     int64 // first slot
	slots     int   // a multiple of ratio
	unit, run int64 // slots in one
}

const (
	// unitValues is how many output values a unit of the cache has at least. Fewer make more entries; more make more slots
	// that are read again with each refresh until their unit is closed.
	unitValues = 8
	// unitWindows is how many windows a unit of the cache takes at most.
	unitWindows = 24
)

// newRangePlan returns the plan for a query, and whether its units are such as the cache keeps.
func newRangePlan(g grid.Grid, q Query) (l rangePlan, cached bool) {
	l = rangePlan{ratio: int(q.Step / g.StepMillis), first: g.SlotAt(q.Start-q.Step) + 1}
	l.slots = q.Len() * l.ratio
	chunk := leastCommonMultiple(int64(g.Width), int64(l.ratio))
	unit := unitSlots(g, int64(l.ratio), chunk)
	if unit == 0 || int64(l.slots) < unit {
		l.unit, l.run = chunk, chunk
		return l, false
	}
	l.unit, l.run = unit, max(unit, chunk)
	return l, true
}

// unitSlots returns the length of the cache's units, 0 if it would be too much. Either whole units make a window, or
// whole windows a unit. chunk is the least common multiple of a window and ratio.
func unitSlots(g grid.Grid, ratio, chunk int64) int64 {
	most := unitWindows * int64(g.Width)
	if chunk > most {
		return 0
	}
	if chunk == int64(g.Width) {
		for unit := unitValues * ratio; unit < chunk; unit += ratio {
			if chunk%unit == 0 {
				return unit
			}
		}
	}
	unit := chunk
	for unit < unitValues*ratio && unit+chunk <= most {
		unit += chunk
	}
	return unit
}

func leastCommonMultiple(a, b int64) int64 {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

// last returns the last slot.
func (l *rangePlan) last() int64 { return l.first + int64(l.slots) - 1 }

// unitOf and runOf return the numbers of the unit and the run that hold a slot.
func (l *rangePlan) unitOf(slot int64) int64 { return grid.FloorDiv(slot-1, l.unit) }
func (l *rangePlan) runOf(slot int64) int64  { return grid.FloorDiv(slot-1, l.run) }

// runs returns the number of runs that the range touches.
func (l *rangePlan) runs() int { return int(l.runOf(l.last()) - l.runOf(l.first) + 1) }

// unitsPerRun returns how many units one whole run has.
func (l *rangePlan) unitsPerRun() int { return int(l.run / l.unit) }

// clip returns the places in the range, from 0, of the part of [first, last] that lies in it.
func (l *rangePlan) clip(first, last int64) (from, to int) {
	return int(max(first, l.first) - l.first), int(min(last, l.last()) + 1 - l.first)
}

// unitBounds and runBounds return the first and the last slot.
func (l *rangePlan) unitBounds(unit int64) (first, last int64) {
	return unit*l.unit + 1, (unit + 1) * l.unit
}
func (l *rangePlan) runBounds(run int64) (first, last int64) { return run*l.run + 1, (run + 1) * l.run }

// part returns the plan of some slots, which begin and end with an output value.
func (l *rangePlan) part(first, last int64) rangePlan {
	p := *l
	p.first, p.slots = first, int(last-first+1)
	return p
}

// query returns q with the range of l.
func (l *rangePlan) query(q Query) Query {
	output := func(slot int64) int64 { return grid.FloorDiv(slot-1, int64(l.ratio)) + 1 }
	q.Start, q.End = output(l.first)*q.Step, (output(l.last())+1)*q.Step
	return q
}
