package tsdb

import (
	"hash/crc32"
	"slices"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// maxOpenWindows is how many windows of a shard take writes without being encoded again: the current
// one and its predecessor, into which normalisation emits and stragglers fall.
const maxOpenWindows = 2

// A shard holds a fixed part of the series, chosen by a hash of their tags, with everything that
// belongs to them. Only the committer (append.go) changes it, except for new entries in the series table.
type shard struct {
	number int
	grid   grid
	census *census

	mu sync.RWMutex // guards all below; the committer reads its own staged state under it too

	// table maps canonical tag bytes to series numbers, which index list; numbers are never reused.
	table map[string]uint32
	list  []series
	// logged is how many series, from the first, have their tags in the log. The others are logged with
	// the next commit, in order, so that the log has no gaps.
	logged int
	// index finds the series that have data in some window.
	index *index.Index

	windows map[int64]window // nil: the DB is closed
	memory  *offheap.Arena   // of the windows' values
	// recent is the open window that was written last, or nil: most writes go where the last one went.
	recent *openWindow
	order  []int64 // the keys of windows, ascending
	// logAt is a position of the log that lies before what is written from now on.
	logAt  wal.Position
	writes uint64 // counts applied writes; tells which open window was written last

	orphans int              // replayed values whose series cannot be
	staged  staging          // of the commit under way
	encoder *gorilla.Encoder // scratch of sealing
}

// A series is what a shard knows of one series besides its values.
type series struct {
	tags    canonical
	id      tag.ID
	kind    normalize.Kind
	gauge   bool   // averages as a gauge
	windows uint32 // in how many windows it has a row; the index holds it while there is one
	// state is the normaliser's: the samples of a counter or an off-grid rate that are not in a slot yet.
	state normalize.State
	// lastStaged chains the writes of the commit under way, newest first: position + 1 in
	// staging.writes; 0 for none. stagedState likewise in staging.states, of which there is one at most.
	lastStaged, stagedState int32
}

// canonical is a tag set in canonical bytes, a third of the memory of tag.Tags.
type canonical string

// lost stands for the tags of a series that the log has not defined yet, or whose definition is damaged. It is not
// the canonical form of any. Such a series may be in windows, but not in the index.
const lost canonical = "\xff"

// tags decodes c, which the shard has encoded itself.
func (c canonical) tags() tag.Tags {
	t, err := tag.ParseCanonical([]byte(c))
	if err != nil {
		panic("tsdb: a series table entry is not canonical: " + err.Error())
	}
	return t
}

func newShard(number int, g grid, c *census) *shard {
	return &shard{
		number:  number,
		grid:    g,
		census:  c,
		table:   make(map[string]uint32),
		index:   index.New(index.NewDictionary()),
		windows: make(map[int64]window),
		memory:  new(offheap.Arena),
		encoder: gorilla.NewEncoder(g.step),
		staged:  staging{scratch: make([]float64, g.width)},
	}
}

// shardOf returns the shard of a tag set among n. It decides where a series is looked for after a
// restart: the hash is part of the format.
func shardOf(tags []byte, n int) int {
	return int(crc32.Checksum(tags, castagnoli) % uint32(n))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// resolve returns the number of the series with these tags and makes one where there is none yet.
func (s *shard) resolve(tags []byte) (uint32, error) {
	s.mu.RLock()
	number, ok := s.table[string(tags)]
	s.mu.RUnlock()
	if ok {
		return number, nil
	}
	parsed, err := tag.ParseCanonical(tags)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if number, ok := s.table[string(tags)]; ok {
		return number, nil
	}
	if err := s.census.admit(parsed); err != nil {
		return 0, err
	}
	return s.define(canonical(tags), parsed), nil
}

// define enters a series, which the census has counted, under the next number.
func (s *shard) define(tags canonical, parsed tag.Tags) uint32 {
	number := uint32(len(s.list))
	s.table[string(tags)] = number
	s.list = append(s.list, newSeries(tags, parsed))
	return number
}

func newSeries(tags canonical, parsed tag.Tags) series {
	dstype, _ := parsed.Get(tag.DataSourceType)
	return series{tags: tags, id: parsed.ID(), kind: normalize.KindOf(dstype), gauge: dstype == "gauge"}
}

// value returns what is stored in a slot, NaN for nothing. Only the committer calls it.
func (s *shard) value(number uint32, slot int64) (float64, error) {
	if w := s.recent; w != nil && slot >= w.firstSlot && slot < w.firstSlot+int64(w.width) {
		if row, ok := w.rows.row(number); ok {
			return w.at(row, int(slot-w.firstSlot)), nil
		}
	}
	w := s.windows[s.grid.windowOf(slot)]
	if w == nil {
		return nan, nil
	}
	values, err := w.slots(number, s.staged.scratch)
	if err != nil || values == nil {
		return nan, err
	}
	return values[s.grid.offset(slot)], nil
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
		if w, err = s.openWindow(s.grid.windowOf(slot)); err != nil {
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
		w.touched = s.writes
	}
	return nil
}

// beginRow gives a series a row in a window where it has none, because a value is to be written, unless that takes no
// row.
func (s *shard) beginRow(w *openWindow, number uint32, value float64) (row int, ok bool, err error) {
	switch {
	case w.base != nil && w.base.holds(number):
		row, err = w.rowOver(number, s.staged.scratch)
		return row, true, err
	case value != value:
		return 0, false, nil // nothing stays nothing
	}
	row = w.addRow(number)
	s.enterWindow(number)
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
				if oldest == nil || w.touched < oldest.touched {
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
	sealed, err := w.seal(s.encoder)
	if err != nil {
		return err
	}
	s.replace(w, sealed)
	return nil
}

// replace puts the sealed form of an open window in its place.
func (s *shard) replace(w *openWindow, sealed *sealedWindow) {
	s.recent = nil
	var gone []index.Series
	w.series(func(number uint32) {
		if len(sealed.block(number)) == 0 { // every value of the row had been cleared
			gone = s.leaveWindow(gone, number)
		}
	})
	s.index.Remove(gone...)
	s.windows[w.number] = sealed
	w.free()
}

// dropBefore removes whole windows that end before slot, and from the index the series that were
// only there. It returns the number of windows dropped.
func (s *shard) dropBefore(slot int64) int {
	dropped := 0
	for _, number := range s.order {
		if s.grid.lastSlot(number) >= slot {
			break
		}
		s.leave(s.windows[number], nil)
		s.windows[number].free()
		delete(s.windows, number)
		dropped++
	}
	s.recent = nil
	s.order = slices.Delete(s.order, 0, dropped)
	return dropped
}

// addWindow puts a window in its place.
func (s *shard) addWindow(number int64, w window) {
	if _, exists := s.windows[number]; !exists {
		at, _ := slices.BinarySearch(s.order, number)
		s.order = slices.Insert(s.order, at, number)
	}
	s.windows[number] = w
}

// removeWindow takes away a window that no series is in any more.
func (s *shard) removeWindow(number int64) {
	s.windows[number].free()
	delete(s.windows, number)
	s.recent = nil
	if at, found := slices.BinarySearch(s.order, number); found {
		s.order = slices.Delete(s.order, at, at+1)
	}
}

// close gives the memory of all windows back.
func (s *shard) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.windows, s.order, s.recent = nil, nil, nil
	s.memory.FreeAll()
}

// leave takes the series of w out of it, but for those that are still held; held may be nil.
func (s *shard) leave(w window, held func(uint32) bool) {
	var gone []index.Series
	w.series(func(number uint32) {
		if held == nil || !held(number) {
			gone = s.leaveWindow(gone, number)
		}
	})
	s.index.Remove(gone...)
}

// enterWindow counts a window in which the series has a row; the index holds it from the first on.
func (s *shard) enterWindow(number uint32) {
	entry := &s.list[number]
	if entry.windows == 0 && entry.tags != lost {
		s.index.Add(number, entry.tags.tags())
	}
	entry.windows++
}

// leaveWindow is the reverse. It appends the series to gone if that was its last window.
func (s *shard) leaveWindow(gone []index.Series, number uint32) []index.Series {
	entry := &s.list[number]
	entry.windows--
	if entry.windows == 0 && entry.tags != lost {
		gone = append(gone, index.Series{Number: number, Tags: entry.tags.tags()})
	}
	return gone
}
