package tsdb

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
)

// A Damage is a place of a block file that is not as it was written, and what it costs.
type Damage struct {
	// Found is when it was.
	Found time.Time
	// Cause names the file, the place and what is wrong there.
	Cause string
	// Lost says which windows and series have lost values; "nothing" where the place was made good from the rest of the file.
	Lost string
	// Extents are the blocks that are lost, unless Whole says that all of the file is.
	Extents []blockfile.Extent
	Whole   bool
	// From < t ≤ To are the times of the values that are lost; zero where nothing is.
	From, To time.Time
}

// DamageStats count what was found damaged in block files since the start.
type DamageStats struct {
	// Restored counts places that were made good, Lost those that cost values, Files files that had to be set aside whole.
	Restored, Lost, Files int
	// Recent are the last ones, the newest last.
	Recent []Damage
}

const (
	// keptDamages is how many damages are remembered.
	keptDamages = 100
	// loggedDamages is how many are logged in a minute; the others are counted and, the last of them, kept.
	loggedDamages = 20
)

// damageNotes gather what is found damaged, by whoever reads: queries too.
type damageNotes struct {
	grid   grid.Grid
	logger *slog.Logger
	now    func() time.Time

	mu     sync.Mutex // guards what follows
	stats  DamageStats
	minute time.Time // the one that logged is about
	logged int
}

// add takes what the reader of a file has found.
func (n *damageNotes) add(head blockfile.Head, found blockfile.Damage) {
	d := Damage{Found: n.now(), Cause: found.Cause.Error(), Lost: found.Text(), Extents: found.Lost, Whole: found.Whole}
	first, last := head.First, head.Last()
	if len(found.Lost) > 0 && !found.Whole {
		first, last = last, first
		for _, e := range found.Lost {
			first, last = min(first, e.FirstWindow), max(last, e.LastWindow)
		}
	}
	if found.Whole || len(found.Lost) > 0 {
		d.From, _ = n.grid.Bounds(first)
		_, d.To = n.grid.Bounds(last)
	}
	if n.keep(d, found) {
		n.log(d)
	}
}

// keep counts and remembers a damage, and reports whether it is to be logged.
func (n *damageNotes) keep(d Damage, found blockfile.Damage) (toLog bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case found.Whole:
		n.stats.Files++
	case len(found.Lost) > 0:
		n.stats.Lost++
	default:
		n.stats.Restored++
	}
	n.stats.Recent = append(n.stats.Recent, d)
	n.stats.Recent = slices.Delete(n.stats.Recent, 0, max(0, len(n.stats.Recent)-keptDamages))
	if minute := d.Found.Truncate(time.Minute); !minute.Equal(n.minute) {
		n.minute, n.logged = minute, 0
	}
	n.logged++
	return n.logged <= loggedDamages || found.Whole
}

func (n *damageNotes) log(d Damage) {
	if d.To.IsZero() {
		n.logger.Warn("a block file is damaged; the place was made good from the rest of the file", "error", d.Cause)
		return
	}
	n.logger.Error("a block file is damaged; values are lost, and the rest is served", "error", d.Cause, "lost", d.Lost, "from", d.From, "to", d.To)
}

func (n *damageNotes) status() DamageStats {
	n.mu.Lock()
	defer n.mu.Unlock()
	st := n.stats
	st.Recent = slices.Clone(st.Recent)
	return st
}

// lostBetween reports whether any of the values lost that are remembered lie in first ≤ t ≤ last, milliseconds.
func (n *damageNotes) lostBetween(first, last int64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.ContainsFunc(n.stats.Recent, func(d Damage) bool {
		return !d.To.IsZero() && d.From.UnixMilli() < last && first <= d.To.UnixMilli()
	})
}

// LostBetween reports whether values are known to be lost, because a block file is damaged, that were at first ≤ t ≤ last, in
// milliseconds. Only the last hundred damages since the start count.
func (db *DB) LostBetween(first, last int64) bool {
	return db.blocks != nil && db.blocks.damage.lostBetween(first, last)
}
