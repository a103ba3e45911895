package tsdb

import (
	"context"
	"slices"
	"sync"
	"time"

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
func (db *DB) Maintain(ctx context.Context, now time.Time) error { return db.upkeep.run(ctx, now) }

// An upkeep is what a DB does to itself as time goes on: what Maintain does, and what only that needs to know.
type upkeep struct {
	*DB
	retention time.Duration
	horizon   time.Duration
	others    func(context.Context) error // Config.Checkpoint

	// maintaining is held by who removes files, or wants none to be removed. It comes before committing.
	maintaining sync.Mutex
	// leapSince is when retention began to doubt the clock, by that clock; zero: it does not. maintaining guards it.
	leapSince time.Time
}

// begin does what a start asks for: windows past the retention, which a file may have, are dropped, and those within the
// memory horizon are read from their files.
func (u *upkeep) begin() {
	now := u.now()
	if u.retention > 0 {
		u.dropBefore(u.firstKept(now))
	}
	if u.blocks != nil {
		u.load(u.grid.SlotBefore(now.Add(-u.horizon)))
	}
}

// run is Maintain.
func (u *upkeep) run(ctx context.Context, now time.Time) error {
	u.maintaining.Lock()
	defer u.maintaining.Unlock()
	dropped, err := u.retain(now)
	if dropped > 0 {
		u.logger.Info("dropped windows past the retention", "windows", dropped)
	}
	if err == nil && u.blocks != nil {
		err = u.setBadAside()
	}
	if err == nil {
		err = u.sealIdle(u.grid.SlotBefore(now) - idleSlots)
	}
	if err != nil {
		return err
	}
	if u.blocks == nil {
		u.evict(u.grid.SlotBefore(now))
		return nil
	}
	if due := u.dueWindows(now); len(due) > 0 {
		if err := u.fileAndTrim(ctx, due, now); err != nil {
			return err
		}
	}
	u.release(u.grid.SlotBefore(now.Add(-u.horizon)))
	u.evict(u.grid.SlotBefore(now))
	return u.mergeSome(ctx, now)
}

// rotate ends the log's segment between two commits: what was logged before the position that it returns is applied.
func (u *upkeep) rotate() (wal.Position, error) {
	u.committing.Lock()
	defer u.committing.Unlock()
	at, err := u.log.Rotate()
	if err != nil {
		return 0, err
	}
	for _, s := range u.shards {
		s.mu.Lock()
		s.values.logAt = at
		s.mu.Unlock()
	}
	return at, nil
}

// release gives up the memory of windows that end before slot and are in files.
func (u *upkeep) release(slot int64) {
	for _, s := range u.shards {
		for _, w := range s.takeFiledBefore(slot, u.blocks.files) {
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
func (u *upkeep) load(slot int64) {
	for _, file := range u.blocks.all() {
		if u.grid.LastSlot(file.last) < slot {
			continue
		}
		var shards sync.WaitGroup
		for _, s := range u.shards {
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
func (u *upkeep) setBadAside() error {
	for _, file := range u.blocks.all() {
		damage := file.reader.Failed()
		if damage == nil {
			continue
		}
		u.abandon(u.blocks.windowsOf(file))
		head := file.reader.Head()
		if err := u.blocks.takeOut(file, damage); err != nil {
			return err
		}
		u.blocks.leaveGap(head)
	}
	return nil
}

// abandon lets go of what the shards have of windows in a file that is bad.
func (u *upkeep) abandon(windows []int64) {
	change := u.revisions.begin()
	defer u.revisions.end(change)
	for _, window := range windows {
		u.revisions.mark(change, u.grid.FirstSlot(window), u.grid.LastSlot(window))
	}
	for _, s := range u.shards {
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
