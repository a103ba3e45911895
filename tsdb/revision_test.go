package tsdb

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// TestRevisions changes slots, several changes at a time, and checks against a list of what happened: what was read when
// stable was at a number holds exactly as long as no slot has a change that ended later or has not ended.
func TestRevisions(t *testing.T) {
	type event struct{ change, slot uint64 }
	rapid.Check(t, func(rt *rapid.T) {
		v := newRevisions(grid.Grid{StepMillis: 1000, Width: rapid.SampledFrom([]int{1, 4, 60}).Draw(rt, "width")})
		slot := rapid.Int64Range(-5, 12)
		var open []uint64
		var marks []event
		var dropped int64 = -100
		stables := []uint64{0}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				open = append(open, v.begin())
			case 1, 2:
				if len(open) == 0 {
					continue
				}
				change, at := rapid.SampledFrom(open).Draw(rt, "change"), slot.Draw(rt, "slot")
				if rapid.Bool().Draw(rt, "write") {
					v.markWrites(change, []stagedWrite{{slot: at}, {slot: at + 1}})
				} else {
					v.mark(change, at, at+1)
				}
				marks = append(marks, event{change, uint64(at)}, event{change, uint64(at + 1)})
			case 3:
				if len(open) > 0 {
					at := rapid.IntRange(0, len(open)-1).Draw(rt, "ends")
					v.end(open[at])
					open = append(open[:at], open[at+1:]...)
				}
			case 4:
				if rapid.IntRange(0, 9).Draw(rt, "drop") == 0 {
					dropped = max(dropped, slot.Draw(rt, "dropped")-20)
					v.drop(dropped)
				}
			}
			stable := v.stable()
			for _, change := range open {
				if stable >= change {
					rt.Fatalf("stable at %d while change %d is open", stable, change)
				}
			}
			stables = append(stables, stable)
			first := slot.Draw(rt, "first")
			last := first + rapid.Int64Range(0, 9).Draw(rt, "length")
			for _, stable := range stables {
				want := first > dropped
				for _, m := range marks {
					if m.change > stable && int64(m.slot) >= first && int64(m.slot) <= last {
						want = false
					}
				}
				if got := v.hold(stable, first, last); got != want {
					rt.Fatalf("slots %d to %d as of %d hold: %t, want %t", first, last, stable, got, want)
				}
			}
		}
	})
}

// TestLayout checks what a layout promises, for all steps and widths.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := grid.Grid{StepMillis: 1000, Width: rapid.SampledFrom([]int{1, 4, 12, 60, 360}).Draw(rt, "width")}
		ratio := rapid.Int64Range(1, 3000).Draw(rt, "ratio")
		start := rapid.Int64Range(-100, 100).Draw(rt, "start")
		n := rapid.Int64Range(1, 2000).Draw(rt, "length")
		step := ratio * g.StepMillis
		q := Query{Start: start * step, End: (start + n) * step, Step: step}
		l, cached := newRangePlan(g, q)
		width := int64(g.Width)
		if back := l.query(q); back.Start != q.Start || back.End != q.End {
			rt.Fatalf("%+v is the layout of %d … %d, want %d … %d", l, back.Start, back.End, q.Start, q.End)
		}
		if l.unit%ratio != 0 || l.run%l.unit != 0 || l.run%width != 0 || l.unit%width != 0 && width%l.unit != 0 {
			rt.Fatalf("%+v: units of whole values and runs of whole windows and units wanted, ratio %d, width %d", l, ratio, width)
		}
		if cached && (l.unit > unitWindows*width || int64(l.slots) < l.unit) {
			rt.Fatalf("%+v: units of %d windows in %d slots", l, l.unit/width, l.slots)
		}
		covered := 0
		for unit := l.unitOf(l.first); unit <= l.unitOf(l.last()); unit++ {
			first, last := l.unitBounds(unit)
			if l.unitOf(first) != unit || l.unitOf(last) != unit || l.runOf(first) != l.runOf(last) {
				rt.Fatalf("%+v: unit %d has the slots %d to %d", l, unit, first, last)
			}
			from, to := l.clip(first, last)
			if from != covered {
				rt.Fatalf("%+v: unit %d begins at %d, want %d", l, unit, from, covered)
			}
			covered = to
		}
		if covered != l.slots {
			rt.Fatalf("%+v: units end at %d, want %d", l, covered, l.slots)
		}
	})
}
