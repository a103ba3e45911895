package blockfile

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Damage is a place of a file that is not as it was written, and what it costs.
type Damage struct {
	// Cause matches ErrDamaged and says what is wrong where in which file.
	Cause error
	// Lost is what the file does not give any more. Where it is empty and Whole is false nothing is lost: the place was made good
	// from what else the file has.
	Lost []Extent
	// Whole says that all of the file is lost.
	Whole bool
}

// An Extent is blocks: those of the series First to Last, in the order of shard and number, in the windows FirstWindow to
// LastWindow.
type Extent struct {
	First, Last             Series
	FirstWindow, LastWindow int64
}

func (e Extent) String() string {
	windows := fmt.Sprintf("windows %d to %d", e.FirstWindow, e.LastWindow)
	if e.FirstWindow == e.LastWindow {
		windows = fmt.Sprintf("window %d", e.FirstWindow)
	}
	series := fmt.Sprintf("series %d to %d of shard %d", e.First.Number, e.Last.Number, e.First.Shard)
	if e.First.Shard != e.Last.Shard {
		series = fmt.Sprintf("series %d of shard %d to %d of shard %d", e.First.Number, e.First.Shard, e.Last.Number, e.Last.Shard)
	}
	if e.First == e.Last {
		series = fmt.Sprintf("series %d of shard %d", e.First.Number, e.First.Shard)
	}
	return windows + ", " + series
}

// Covers reports whether a block is in the extent.
func (e Extent) Covers(s Series, window int64) bool {
	return e.FirstWindow <= window && window <= e.LastWindow && !s.less(e.First) && !e.Last.less(s)
}

// Text says what is lost.
func (d Damage) Text() string {
	switch {
	case d.Whole:
		return "the whole file"
	case len(d.Lost) == 0:
		return "nothing"
	}
	var parts []string
	for _, e := range d.Lost {
		parts = append(parts, e.String())
	}
	return strings.Join(parts, "; ")
}

// maxDamages is how many damages a Reader keeps; the last ones are put together, with an extent from the first to the last
// block of them.
const maxDamages = 1000

// A damageLog keeps what a Reader has found and tells its owner.
type damageLog struct {
	mu      sync.Mutex // guards what follows
	all     []Damage
	told    int // how many of all the owner knows of
	tell    func(Damage)
	telling sync.Mutex // held while tell runs
}

// add keeps a damage.
func (l *damageLog) add(d Damage) {
	l.mu.Lock()
	if n := len(l.all); n < maxDamages {
		l.all = append(l.all, d)
	} else {
		l.all[n-1] = joined(l.all[n-1], d)
		l.told = min(l.told, n-1)
	}
	l.mu.Unlock()
	l.flush()
}

// joined returns two damages as one.
func joined(a, b Damage) Damage {
	all := slices.Concat(a.Lost, b.Lost)
	d := Damage{Cause: a.Cause, Whole: a.Whole || b.Whole}
	for i, e := range all {
		if i == 0 {
			d.Lost = []Extent{e}
			continue
		}
		box := &d.Lost[0]
		if e.First.less(box.First) {
			box.First = e.First
		}
		if box.Last.less(e.Last) {
			box.Last = e.Last
		}
		box.FirstWindow, box.LastWindow = min(box.FirstWindow, e.FirstWindow), max(box.LastWindow, e.LastWindow)
	}
	return d
}

// flush tells the owner what it does not know yet.
func (l *damageLog) flush() {
	l.telling.Lock()
	defer l.telling.Unlock()
	l.mu.Lock()
	tell := l.tell
	var news []Damage
	if tell != nil {
		news = slices.Clone(l.all[l.told:])
		l.told = len(l.all)
	}
	l.mu.Unlock()
	for _, d := range news {
		tell(d)
	}
}

// covers reports whether a block is known to be lost.
func (l *damageLog) covers(s Series, window int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.all, func(d Damage) bool {
		return d.Whole || slices.ContainsFunc(d.Lost, func(e Extent) bool { return e.Covers(s, window) })
	})
}

// Damages returns what was found damaged so far, by any call.
func (r *Reader) Damages() []Damage {
	r.file.damages.mu.Lock()
	defer r.file.damages.mu.Unlock()
	return slices.Clone(r.file.damages.all)
}

// HasLost reports whether anything of the file is lost.
func (r *Reader) HasLost() bool {
	return slices.ContainsFunc(r.Damages(), func(d Damage) bool { return d.Whole || len(d.Lost) > 0 })
}

// OnDamage makes the Reader call tell with each damage, those that were found already and those to come, one at a time,
// on the goroutine that finds it. tell must not call the Reader.
func (r *Reader) OnDamage(tell func(Damage)) {
	log := &r.file.damages
	log.mu.Lock()
	log.tell = tell
	log.mu.Unlock()
	log.flush()
}
