package tsdb

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
)

// staging is what a commit is about to change in one shard: computed before the log is written and
// applied after, so that a failed log changes nothing. Samples of one commit see each other through it.
type staging struct {
	shard  int // its number
	series *memseries.Catalog
	values *windowSet

	writes []stagedWrite
	states []stagedState
	// definitions is how many of the unlogged series the log knows after the commit. More may come while it is
	// written; those are for the next one.
	definitions int
	// emitted is the normaliser's output, reused from sample to sample.
	emitted []normalize.Write
}

// A stagedWrite is one finished write, slot = value.
type stagedWrite struct {
	series   uint32
	previous int32 // the series' write before this one: position + 1, 0 for none
	slot     int64
	value    float64
}

// A stagedState is the normaliser's state of a series after the commit.
type stagedState struct {
	series  uint32
	mustLog bool // the writes alone do not restore it
	state   normalize.State
}

// stage computes what a sample changes. The caller holds the lock for reading and is the committer.
func (st *staging) stage(number uint32, p Point, counts *AppendStats) error {
	entry := st.series.Get(number)
	if entry == nil {
		return fmt.Errorf("%w: shard %d has no series %d, or has forgotten it", ErrUnknownRef, st.shard, number)
	}
	switch entry.Kind {
	case normalize.Gauge, normalize.Sum:
		return st.stageFold(number, entry, p)
	}
	next := normalize.NextRate
	if entry.Kind == normalize.Counter {
		next = normalize.NextCounter
	}
	sample := normalize.Sample{Time: p.Time, Value: p.Value}
	state, writes, outcome := next(st.stateOf(entry), st.values.grid.StepMillis, sample, st.emitted[:0])
	st.emitted = writes
	switch outcome {
	case normalize.Duplicate:
		counts.Duplicates++
		return nil
	case normalize.LateOffGrid:
		counts.Late++
		return nil
	case normalize.LateOnGrid:
		return st.stageIfEmpty(number, entry, p)
	}
	for _, w := range writes {
		st.stageWrite(number, entry, st.values.grid.SlotAt(w.Time), w.Value)
	}
	st.stageState(number, entry, state, state.MustLog(st.values.grid.StepMillis, writes))
	return nil
}

// stageFold merges a sample into its slot, at any age.
func (st *staging) stageFold(number uint32, entry *memseries.Series, p Point) error {
	slot := st.values.grid.SlotAt(normalize.SlotOf(p.Time, st.values.grid.StepMillis))
	old, err := st.stagedValue(number, entry, slot)
	if err != nil {
		return err
	}
	if folded := normalize.Fold(entry.Kind, old, p.Value); folded == folded {
		st.stageWrite(number, entry, slot, folded)
	}
	return nil
}

// stageIfEmpty fills a slot that has no value yet.
func (st *staging) stageIfEmpty(number uint32, entry *memseries.Series, p Point) error {
	slot := st.values.grid.SlotAt(p.Time)
	old, err := st.stagedValue(number, entry, slot)
	if err != nil {
		return err
	}
	if old != old {
		st.stageWrite(number, entry, slot, p.Value)
	}
	return nil
}

// stagedValue returns the value that a slot will have: the newest staged, else the stored one.
func (st *staging) stagedValue(number uint32, entry *memseries.Series, slot int64) (float64, error) {
	for at := entry.LastStaged; at != 0; at = st.writes[at-1].previous {
		if w := &st.writes[at-1]; w.slot == slot {
			return w.value, nil
		}
	}
	return st.values.value(number, slot)
}

// sortByWindow ends the staging of writes: it puts those of one window together where they go to many. History that comes
// series by series would otherwise open and seal a window for each run of points; now it does for each commit. The writes
// to one slot stay in their order.
func (st *staging) sortByWindow(g grid.Grid) {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range st.writes {
		first, last = min(first, st.writes[i].slot), max(last, st.writes[i].slot)
	}
	if len(st.writes) == 0 || last-first < maxOpenWindows*int64(g.Width) {
		return
	}
	slices.SortStableFunc(st.writes, func(a, b stagedWrite) int {
		return cmp.Compare(g.WindowOf(a.slot), g.WindowOf(b.slot))
	})
}

func (st *staging) stageWrite(number uint32, entry *memseries.Series, slot int64, value float64) {
	st.writes = append(st.writes, stagedWrite{number, entry.LastStaged, slot, value})
	entry.LastStaged = int32(len(st.writes))
}

func (st *staging) stateOf(entry *memseries.Series) normalize.State {
	if entry.StagedState != 0 {
		return st.states[entry.StagedState-1].state
	}
	return entry.State
}

func (st *staging) stageState(number uint32, entry *memseries.Series, state normalize.State, mustLog bool) {
	if entry.StagedState == 0 {
		st.states = append(st.states, stagedState{series: number})
		entry.StagedState = int32(len(st.states))
	}
	staged := &st.states[entry.StagedState-1]
	staged.state, staged.mustLog = state, mustLog
}

// apply makes the staged changes real. The caller holds the lock. An error means that a sealed block
// in memory does not decode; the changes are in the log all the same.
func (st *staging) apply() error {
	var firstErr error
	for _, w := range st.writes {
		if err := st.values.store(w.series, w.slot, w.value); err != nil && firstErr == nil {
			firstErr = fmt.Errorf("shard %d: %w", st.shard, err)
		}
	}
	for _, state := range st.states {
		st.series.Table.Wake(state.series)
		st.series.Get(state.series).State = state.state
	}
	st.defined()
	return firstErr
}

// defined notes that the definitions that the commit has staged are in the log. The caller holds the lock.
func (st *staging) defined() {
	st.series.Table.LoggedFirst(st.definitions)
	st.definitions = 0
}

// clear empties the staging, after apply or instead of it.
func (st *staging) clear() {
	for _, w := range st.writes {
		st.series.Get(w.series).LastStaged = 0
	}
	for _, state := range st.states {
		st.series.Get(state.series).StagedState = 0
	}
	st.writes = st.writes[:0]
	st.states = st.states[:0]
}
