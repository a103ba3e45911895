package blockfile

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// A lostPiece is the blocks of a series in some windows that are damaged.
type lostPiece struct {
	first, last int64
	cause       error
}

// runMarks remember of runs what is known.
type runMarks struct {
	good []atomic.Uint32 // in files of versions 1 and 2; bit i%32 of word i/32: run i has been checked

	mu       sync.Mutex // guards surveyed, and is held during a survey
	surveyed map[int]bool
}

// lose notes what a call has found lost of a series. The first time in a run all of it is looked at, so that there is one message
// for it and not one for each series.
func (r *Reader) lose(b *rowBuffer, position uint32, s Series) {
	if len(b.lost) == 0 {
		return
	}
	r.runs.mu.Lock()
	defer r.runs.mu.Unlock()
	if run := int(position) / r.runSeries; !r.runs.surveyed[run] {
		if r.runs.surveyed == nil {
			r.runs.surveyed = make(map[int]bool)
		}
		r.runs.surveyed[run] = true
		r.survey(run)
	}
	for _, piece := range b.lost {
		if !r.file.damages.covers(s, piece.first) || !r.file.damages.covers(s, piece.last) {
			r.addDamage(piece.cause, []Extent{{s, s, piece.first, piece.last}})
		}
	}
}

func (r *Reader) addDamage(cause error, lost []Extent) {
	r.file.damages.add(Damage{Cause: fmt.Errorf("block file %s: %w", r.file.name, cause), Lost: lost})
}

// survey notes what is lost in a run.
func (r *Reader) survey(run int) {
	b := r.buffer()
	defer r.giveBack(b)
	var cause error
	var lost []Extent
	before := -1 // the extent that ends with the series before, where that lost as much
	for position := run * r.runSeries; position < min(r.Len(), (run+1)*r.runSeries); position++ {
		s, err := r.surveyRow(b, uint32(position))
		if err != nil {
			return // all of the file is lost
		}
		pieces := inRows(b.lost)
		if len(pieces) > 0 && cause == nil {
			cause = pieces[0].cause
		}
		if len(pieces) == 1 && before >= 0 && lost[before].FirstWindow == pieces[0].first && lost[before].LastWindow == pieces[0].last {
			lost[before].Last = s
			continue
		}
		before = -1
		for _, piece := range pieces {
			lost = append(lost, Extent{s, s, piece.first, piece.last})
		}
		if len(pieces) == 1 {
			before = len(lost) - 1
		}
	}
	if len(lost) > 0 {
		r.addDamage(cause, lost)
	}
}

// inRows puts those pieces together that lie side by side or over each other.
func inRows(pieces []lostPiece) (rows []lostPiece) {
	for _, piece := range pieces {
		if n := len(rows); n > 0 && piece.first <= rows[n-1].last+1 && piece.last >= rows[n-1].first {
			rows[n-1].first, rows[n-1].last = min(rows[n-1].first, piece.first), max(rows[n-1].last, piece.last)
			continue
		}
		rows = append(rows, piece)
	}
	return rows
}

// surveyRow leaves in b what a series has and what is lost of it. The caller holds the file.
func (r *Reader) surveyRow(b *rowBuffer, position uint32) (s Series, err error) {
	first, last := r.head.First, r.head.Last()
	err = r.file.read(func() (err error) {
		b.reset()
		if s, err = r.seriesAt(position); err != nil {
			return err
		}
		return r.copyRow(b, position, s, first, last)
	})
	return s, r.afterPage(err, b, position, s, first, last)
}
