package tsdb

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// Maintain does what time asks for; call it once a step, between Start and Close.
//
//	drop     whole windows past the retention, and their files
//	seal     open windows that ended some steps ago and are not written to any more
//	file     windows that have ended are written to block files, all shards of one in one file; see filing.go
//	trim     the log: what is still alive in it is written again at its head, and segments of which all windows
//	         are in files are dropped
//	release  windows older than the memory horizon are read from their files from now on
//	evict    series without values in memory; see evict.go
//	merge    files of adjacent windows into a longer one, once; see merging.go
//
// Without a BlockDir it only drops, seals and evicts. After an error nothing is lost; the next call tries again.
func (db *DB) Maintain(ctx context.Context, now time.Time) error { return db.maintenance.run(ctx, now) }

// A maintenance is the part of a DB that does what time asks for, with what only that needs to know. What it works on is the
// DB's, and it has no more of the DB than is named here.
type maintenance struct {
	grid      grid.Grid
	shards    []*shard
	blocks    *blockDir // nil: no files
	log       *wal.Log
	revisions *revisions
	removals  *atomic.Uint64 // counts the drops of windows past the retention
	logger    *slog.Logger
	now       func() time.Time

	retention        time.Duration               // 0: for ever
	horizon          time.Duration               // Config.MemoryHorizon
	checkpointOthers func(context.Context) error // Config.Checkpoint; nil: there are no others

	// committing is that of the DB.
	committing *sync.Mutex
	// maintaining is held by who removes files, or wants none to be removed. It comes before committing.
	maintaining sync.Mutex
	// leapSince is when retention began to doubt the clock, by that clock; zero: it does not. maintaining guards it.
	leapSince time.Time
}

// begin does what a start asks for: windows past the retention, which a file may have, are dropped, and those within the
// memory horizon are read from their files.
func (m *maintenance) begin() {
	now := m.now()
	if m.retention > 0 {
		m.dropBefore(m.firstKept(now))
	}
	if m.blocks != nil {
		m.load(m.grid.SlotBefore(now.Add(-m.horizon)))
	}
}

// run is Maintain.
func (m *maintenance) run(ctx context.Context, now time.Time) error {
	m.maintaining.Lock()
	defer m.maintaining.Unlock()
	dropped, err := m.retain(now)
	if dropped > 0 {
		m.logger.Info("dropped windows past the retention", "windows", dropped)
	}
	if err == nil && m.blocks != nil {
		err = m.setBadAside()
	}
	if err == nil {
		err = m.sealIdle(m.grid.SlotBefore(now) - idleSlots)
	}
	if err != nil {
		return err
	}
	if m.blocks == nil {
		m.evict(m.grid.SlotBefore(now))
		return nil
	}
	if due := m.dueWindows(now); len(due) > 0 {
		if err := m.fileAndTrim(ctx, due, now); err != nil {
			return err
		}
	}
	m.release(m.grid.SlotBefore(now.Add(-m.horizon)))
	m.evict(m.grid.SlotBefore(now))
	return m.mergeSome(ctx, now)
}

// rotate ends the log's segment between two commits: what was logged before the position that it returns is applied.
func (m *maintenance) rotate() (wal.Position, error) {
	m.committing.Lock()
	defer m.committing.Unlock()
	at, err := m.log.Rotate()
	if err != nil {
		return 0, err
	}
	for _, s := range m.shards {
		s.mu.Lock()
		s.values.logAt = at
		s.mu.Unlock()
	}
	return at, nil
}

// release gives up the memory of windows that end before slot and are in files.
func (m *maintenance) release(slot int64) {
	for _, s := range m.shards {
		for _, w := range s.takeFiledBefore(slot, m.blocks.files) {
			s.leaveTaken(w)
		}
	}
}

// takeFiledBefore puts the files of windows that end before slot in the place of those in memory, which it returns.
func (s *shard) takeFiledBefore(slot int64, files map[int64]*windowFile) (taken []window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range slices.Clone(s.values.order) {
		w, ok := s.values.byNumber[number].(*sealedWindow)
		if !ok || !w.filed || s.grid.LastSlot(number) >= slot {
			continue
		}
		s.values.moves++
		if filed := files[number].filed(number, s.number); filed != nil {
			s.values.byNumber[number] = filed
			taken = append(taken, w)
		} else { // nothing is left in it
			taken = append(taken, s.values.takeWindow(number))
		}
	}
	return taken
}

// load brings windows that end at slot or later from files into memory, as if they had never left it. A file that
// is bad stays where it is: the first reader finds out.
func (m *maintenance) load(slot int64) {
	for _, file := range m.blocks.all() {
		if m.grid.LastSlot(file.last) < slot {
			continue
		}
		var shards sync.WaitGroup
		for _, s := range m.shards {
			shards.Go(func() { s.load(file, slot) })
		}
		shards.Wait()
		// What is in memory is not read from the file; an error changes nothing, for the kernel may do it, too.
		_ = file.reader.Evict()
	}
}

// load does that for the windows of a shard that are in a file.
func (s *shard) load(file *windowFile, slot int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for window := file.first; window <= file.last; window++ {
		filed, ok := s.values.byNumber[window].(*filedWindow)
		if !ok || filed.file != file || s.grid.LastSlot(window) < slot {
			continue
		}
		if loaded, err := filed.load(s.values.memory); err == nil {
			s.values.enterLoaded(loaded)
			s.values.byNumber[window] = loaded
			s.values.moves++
		}
	}
}

// enterLoaded counts a window that is in a file still, and reads there who its series are, unless the log has told.
func (v *windowSet) enterLoaded(w *sealedWindow) {
	w.series(func(number uint32) {
		if v.series.Get(number) == nil && !v.knowFromFiles(number) {
			v.series.PutPlaceholder(number)
		}
		v.series.EnterWindow(number)
	})
}

// setBadAside takes the files out of service that are of no use any more, with all their windows.
func (m *maintenance) setBadAside() error {
	for _, file := range m.blocks.all() {
		damage := file.reader.Failed()
		if damage == nil {
			continue
		}
		m.abandon(m.blocks.windowsOf(file))
		head := file.reader.Head()
		if err := m.blocks.takeOut(file, damage); err != nil {
			return err
		}
		m.blocks.leaveGap(head)
	}
	return nil
}

// abandon lets go of what the shards have of windows in a file that is bad.
func (m *maintenance) abandon(windows []int64) {
	change := m.revisions.begin()
	defer m.revisions.end(change)
	for _, window := range windows {
		m.revisions.mark(change, m.grid.FirstSlot(window), m.grid.LastSlot(window))
	}
	for _, s := range m.shards {
		s.mu.Lock()
		for _, window := range windows {
			s.values.abandon(window)
		}
		s.mu.Unlock()
	}
}

// abandon lets go of what a shard has of a window in a file that is bad; what is in memory stays. The caller holds the
// lock.
func (v *windowSet) abandon(window int64) {
	if filed := filePart(v.byNumber[window]); filed != nil {
		v.setFile(window, filed, nil)
	} else if memory := sealedIn(v.byNumber[window]); memory != nil {
		memory.filed = false
	}
}
