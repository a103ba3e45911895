package tsdb

import (
	"errors"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// maxOpenWindows is how many windows of a shard take writes without being encoded again: the current
// one and its predecessor, into which normalisation emits and stragglers fall.
const maxOpenWindows = 2

// A shard holds a fixed part of the series, chosen by a hash of their tags, with everything that
// belongs to them. Only the committer (append.go) changes it, except for new series.
type shard struct {
	number int
	grid   grid.Grid

	mu sync.RWMutex // guards all below; the committer reads its own staged state under it too

	// series has what is known of the series, and windows their values.
	series *memseries.Catalog

	windows map[int64]window // nil: the DB is closed
	memory  *offheap.Arena   // of the windows' values
	// recent is the open window that was written last, or nil: most writes go where the last one went.
	recent *openWindow
	order  []int64 // the keys of windows, ascending
	// moves counts the windows that were taken away or went to other files.
	moves uint64
	// strays are remembered from question to question; they have a lock of their own.
	strays strayCache
	// logAt is a position of the log that lies before what is written from now on.
	logAt  wal.Position
	writes uint64 // counts applied writes; tells which open window was written last

	impossible int              // replayed values of numbers that no series can have; they are left out
	staged     staging          // of the commit under way
	encoder    *gorilla.Encoder // scratch of sealing
}

func newShard(number int, g grid.Grid, c *memseries.Cardinality, tags *index.Dictionary) *shard {
	return &shard{
		number:  number,
		grid:    g,
		series:  memseries.NewCatalog(c, tags),
		windows: make(map[int64]window),
		memory:  new(offheap.Arena),
		encoder: gorilla.NewEncoder(g.StepMillis),
		staged:  staging{scratch: make([]float64, g.Width)},
	}
}

// generation changes with what makes series ones with values in files only, and with the files: see strays.go.
func (s *shard) generation() uint64 { return s.moves + s.series.Departures }

// shardOf returns the shard of a tag set among n. It decides where a series is looked for after a
// restart: the hash is part of the format.
func shardOf(tags []byte, n int) int {
	return int(crc32.Checksum(tags, castagnoli) % uint32(n))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// value returns what is stored in a slot, NaN for nothing. Only the committer calls it.
func (s *shard) value(number uint32, slot int64) (float64, error) {
	if w := s.recent; w != nil && slot >= w.firstSlot && slot < w.firstSlot+int64(w.width) {
		if row, ok := w.rows.row(number); ok {
			return w.at(row, int(slot-w.firstSlot)), nil
		}
	}
	w := s.windows[s.grid.WindowOf(slot)]
	if w == nil {
		return nan, nil
	}
	values, err := w.slots(number, s.staged.scratch)
	if err != nil || values == nil {
		return nan, err
	}
	return values[s.grid.Offset(slot)], nil
}

// store writes a slot. The caller holds the lock.
func (s *shard) store(number uint32, slot int64, value float64) error {
	return s.storeRun(slot, []uint32{number}, []float64{value})
}

// storeRun writes one slot of several series, in their order. The caller holds the lock.
func (s *shard) storeRun(slot int64, numbers []uint32, values []float64) error {
	w := s.recent
	if w == nil || slot < w.firstSlot || slot >= w.firstSlot+int64(w.width) {
		var err error
		if w, err = s.openWindow(s.grid.WindowOf(slot)); err != nil {
			return err
		}
		s.recent = w
	}
	offset := int(slot - w.firstSlot)
	for i, number := range numbers {
		row, ok := w.rows.row(number)
		if !ok {
			var err error
			if row, ok, err = s.beginRow(w, number, values[i]); err != nil {
				return err
			}
			if !ok {
				continue
			}
		}
		w.set(row, offset, values[i])
		s.writes++
		w.lastWrite = s.writes
	}
	return nil
}

// beginRow gives a series a row in a window where it has none, because a value is to be written, unless that takes no
// row. Of what is damaged in a file nothing is in the row: it is missing from then on, for Maintain sets the file aside, and
// the value must not go with it.
func (s *shard) beginRow(w *openWindow, number uint32, value float64) (row int, ok bool, err error) {
	switch {
	case w.base != nil && w.base.holds(number):
		counted := holdsInMemory(w.base, number)
		row, err = w.rowOver(number, s.staged.scratch)
		if errors.Is(err, blockfile.ErrDamaged) {
			err = nil
		}
		if !counted {
			s.series.EnterWindow(number) // it has a row, whatever became of the values below
		}
		return row, true, err
	case value != value:
		return 0, false, nil // nothing stays nothing
	}
	row = w.addRow(number)
	s.series.EnterWindow(number)
	return row, true, nil
}

// openWindow returns window number ready for writing: as it is, new, or over its sealed form.
func (s *shard) openWindow(number int64) (*openWindow, error) {
	old, exists := s.windows[number]
	if w, ok := old.(*openWindow); ok {
		return w, nil
	}
	if err := s.sealAbove(maxOpenWindows - 1); err != nil {
		return nil, err
	}
	w := newOpenWindow(s.grid, number, s.memory)
	w.since = s.logAt
	if exists {
		w.base = old.(baseWindow)
		if since, unfiled := unfiledSince(old); unfiled {
			w.since = since
		}
	}
	s.addWindow(number, w)
	return w, nil
}

// sealAbove seals the least recently written open windows, the earliest of those never written, until at most n are left.
func (s *shard) sealAbove(n int) error {
	for {
		var oldest *openWindow
		open := 0
		for _, number := range s.order {
			if w, ok := s.windows[number].(*openWindow); ok {
				open++
				if oldest == nil || w.lastWrite < oldest.lastWrite {
					oldest = w
				}
			}
		}
		if open <= n {
			return nil
		}
		if err := s.seal(oldest); err != nil {
			return err
		}
	}
}

// seal replaces an open window by its sealed form. An error is one of its base; the window stays open then.
func (s *shard) seal(w *openWindow) error {
	if err := s.liftLeft(w); err != nil {
		return err
	}
	rows, err := w.seal(s.encoder)
	if err != nil {
		return err
	}
	s.replace(w, rows)
	return nil
}

// replace puts the sealed form of an open window in its place; rows is what is in memory of it.
func (s *shard) replace(w *openWindow, rows *sealedWindow) {
	var sealed baseWindow = rows
	if filePart(w) != nil {
		sealed = newOverlay(w, rows)
	}
	s.recent = nil
	s.leaveFor(sealed, countedIn(w)) // those that have been cleared
	s.windows[w.number] = sealed
	w.free()
}

// dropBefore drops the windows that end before slot and returns how many.
func (s *shard) dropBefore(slot int64) int {
	s.mu.Lock()
	taken := s.takeBefore(slot)
	s.mu.Unlock()
	for _, w := range taken {
		s.leaveTaken(w)
	}
	return len(taken)
}

// takeBefore takes away the windows that end before slot. Their series have yet to leave.
func (s *shard) takeBefore(slot int64) (taken []window) {
	for _, number := range s.order {
		if s.grid.LastSlot(number) >= slot {
			break
		}
		taken = append(taken, s.windows[number])
		delete(s.windows, number)
	}
	s.moves++
	s.recent = nil
	s.order = slices.Delete(s.order, 0, len(taken))
	return taken
}

// addWindow puts a window in its place.
func (s *shard) addWindow(number int64, w window) {
	if _, exists := s.windows[number]; !exists {
		at, _ := slices.BinarySearch(s.order, number)
		s.order = slices.Insert(s.order, at, number)
	}
	s.windows[number] = w
}

// takeWindow takes away a window, whose series have yet to leave it.
func (s *shard) takeWindow(number int64) window {
	taken := s.windows[number]
	s.moves++
	delete(s.windows, number)
	s.recent = nil
	if at, found := slices.BinarySearch(s.order, number); found {
		s.order = slices.Delete(s.order, at, at+1)
	}
	return taken
}

// close gives the memory of all windows back.
func (s *shard) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.windows, s.order, s.recent = nil, nil, nil
	s.moves++
	s.memory.FreeAll()
}

// leaveFor takes the series for which a window counted out of it, but for those for which what comes in its place
// counts, too. The caller holds the lock.
func (s *shard) leaveFor(after window, counted []uint32) {
	s.series.LeaveWindow(slices.DeleteFunc(counted, func(number uint32) bool { return holdsInMemory(after, number) }))
}

// leaveAtOnce bounds how many series leave a window while readers and writers wait: a millisecond or two.
const leaveAtOnce = 512

// leaveTaken takes all series out of a window that the shard does not have any more, and frees it. The caller does not
// hold the lock, and others have it in between: until the end some series are in the index though their last values in
// memory are gone.
func (s *shard) leaveTaken(w window) {
	left := countedIn(w)
	s.mu.Lock()
	w.free()
	s.mu.Unlock()
	for some := range slices.Chunk(left, leaveAtOnce) {
		s.mu.Lock()
		s.series.LeaveWindow(some)
		s.mu.Unlock()
	}
}
