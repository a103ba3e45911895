package tsdb

import (
	"encoding/binary"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
)

// A tally says what went into a part of a column.
type tally struct {
	samples, series int
	first           tag.ID // the least ID among the series
	gauge           bool   // that series is a gauge
	kinds           kinds  // of all series
}

// kinds is a set: averages divide differently for gauges and for what is none.
type kinds uint8

const (
	gauges kinds = 1 << iota
	others
)

func kindOf(gauge bool) kinds {
	if gauge {
		return gauges
	}
	return others
}

// enlist counts a series with some samples.
func (t *tally) enlist(m *member, samples int) {
	// Nearly always the first 8 bytes decide: that spares the look into the series table, which is a wait for memory.
	if t.series == 0 || m.id <= binary.BigEndian.Uint64(t.first[:]) {
		if entry := m.entry; t.series == 0 || string(entry.ID[:]) < string(t.first[:]) {
			t.first, t.gauge = entry.ID, entry.Gauge
		}
	}
	t.series++
	t.samples += samples
	t.kinds |= m.kind
}

// add counts the series of o, which are others.
func (t *tally) add(o *tally) {
	if o.series == 0 {
		return
	}
	if t.series == 0 || string(o.first[:]) < string(t.first[:]) {
		t.first, t.gauge = o.first, o.gauge
	}
	t.series += o.series
	t.samples += o.samples
	t.kinds |= o.kinds
}

// A runTally says what went into a run of a column: most series have a value in every slot of it that is read, and
// are counted once for all units.
type runTally struct {
	whole tally
	units []tally // of the others, by unit; nil: there are none
}

// A partial is a column in the making.
type partial struct {
	Column // without Tags, Series, Samples, First and Gauge
	runs   []runTally
}

// tallyBytes is what the tallies of one unit take.
const tallyBytes = 48

// merge adds o, which answers the same for other series.
func (p *partial) merge(o *partial) {
	p.combine(&o.Column)
	for i := range o.runs {
		from, to := &o.runs[i], &p.runs[i]
		to.whole.add(&from.whole)
		if from.units == nil {
			continue
		}
		if to.units == nil {
			to.units = make([]tally, len(from.units))
		}
		for j := range from.units {
			to.units[j].add(&from.units[j])
		}
	}
}

// reset makes p as it was before anything was added.
func (p *partial) reset() {
	for _, values := range p.slices() {
		vector.FillNaN(*values)
	}
	clear(p.Present)
	for i := range p.runs {
		p.runs[i].whole = tally{}
		clear(p.runs[i].units)
	}
}

// isEmpty reports whether no series has a value.
func (p *partial) isEmpty() bool {
	for i := range p.runs {
		if p.runs[i].whole.series > 0 {
			return false
		}
		for j := range p.runs[i].units {
			if p.runs[i].units[j].series > 0 {
				return false
			}
		}
	}
	return true
}

// unit returns the tally of one unit. l is the plan of what p holds.
func (p *partial) unit(l *rangePlan, unit int64) tally {
	first, last := l.unitBounds(unit)
	run := l.runOf(first)
	of := &p.runs[run-l.runOf(l.first)]
	t := of.whole
	from, to := l.clip(first, last)
	t.samples = t.series * (to - from)
	if of.units != nil {
		t.add(&of.units[unit-run*int64(l.unitsPerRun())])
	}
	return t
}
