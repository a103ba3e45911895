package tsdb

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/normalize"
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
//	merge    files of adjacent windows into a longer one, once; see merging.go
//
// Without a BlockDir it only drops and seals. After an error nothing is lost; the next call tries again.
func (db *DB) Maintain(ctx context.Context, now time.Time) error {
	db.maintaining.Lock()
	defer db.maintaining.Unlock()
	dropped, err := db.retain(now)
	if dropped > 0 {
		db.logger.Info("dropped windows past the retention", "windows", dropped)
	}
	if err == nil && db.blocks != nil {
		err = db.setBadAside()
	}
	if err == nil {
		err = db.sealIdle(db.grid.slotBefore(now) - idleSlots)
	}
	if db.blocks == nil || err != nil {
		return err
	}
	if due := db.dueWindows(now); len(due) > 0 {
		if err := db.fileAndTrim(ctx, due, now); err != nil {
			return err
		}
	}
	db.release(db.grid.slotBefore(now.Add(-db.horizon)))
	return db.mergeSome(ctx, now)
}

// rotate ends the log's segment between two commits: what was logged before the position that it returns is applied.
func (db *DB) rotate() (wal.Position, error) {
	db.committing.Lock()
	defer db.committing.Unlock()
	at, err := db.log.Rotate()
	if err != nil {
		return 0, err
	}
	for _, s := range db.shards {
		s.mu.Lock()
		s.logAt = at
		s.mu.Unlock()
	}
	return at, nil
}

// release lets the memory go of windows that end before slot and are in files.
func (db *DB) release(slot int64) {
	for _, s := range db.shards {
		s.mu.Lock()
		for _, number := range slices.Clone(s.order) {
			w, ok := s.windows[number].(*sealedWindow)
			if !ok || !w.filed || s.grid.lastSlot(number) >= slot {
				continue
			}
			if filed := db.blocks.files[number].filed(number, s.number); filed != nil {
				s.windows[number] = filed
				w.free()
			} else { // nothing is left in it
				s.removeWindow(number)
			}
		}
		s.mu.Unlock()
	}
}

// load brings windows that end at slot or later from files into memory, as if they had never left it. A file that
// is bad stays where it is: who asks for it finds out.
func (db *DB) load(slot int64) {
	var shards sync.WaitGroup
	for _, s := range db.shards {
		shards.Go(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, number := range s.order {
				filed, ok := s.windows[number].(*filedWindow)
				if !ok || s.grid.lastSlot(number) < slot {
					continue
				}
				if loaded, err := filed.load(s.memory); err == nil {
					s.windows[number] = loaded
				}
			}
		})
	}
	shards.Wait()
}

// checkpoint writes to the head of the log what older segments may hold alone: the series' definitions, the
// normaliser's states, and what the other owners of records have. Definitions never change; states are written between
// commits, so that no older one comes behind a newer one.
func (db *DB) checkpoint(ctx context.Context) error {
	for _, s := range db.shards {
		s.mu.RLock()
		list := s.list[:s.logged]
		s.mu.RUnlock()
		for first, n := 0, 0; first < len(list); first += max(n, 1) {
			n = definedSeries(list[first:min(first+recordEntries, len(list))])
			if n == 0 {
				continue
			}
			body := appendSeriesBody(nil, s.number, first, list[first:first+n])
			if err := db.log.Append(ctx, wal.Record{Type: wal.Series, Version: seriesVersion, Body: body}); err != nil {
				return err
			}
		}
		if err := db.checkpointStates(ctx, s); err != nil {
			return err
		}
	}
	if db.others == nil {
		return nil
	}
	return db.others(ctx)
}

// definedSeries returns how many series, from the first, have tags.
func definedSeries(list []series) int {
	for i := range list {
		if list[i].tags == lost {
			return i
		}
	}
	return len(list)
}

func (db *DB) checkpointStates(ctx context.Context, s *shard) error {
	db.committing.Lock()
	defer db.committing.Unlock()
	var records []wal.Record
	s.mu.RLock()
	var states []stagedState
	for i := range s.list[:s.logged] {
		if state := s.list[i].state; state != (normalize.State{}) {
			states = append(states, stagedState{series: uint32(i), mustLog: true, state: state})
		}
	}
	s.mu.RUnlock()
	for len(states) > 0 {
		n := min(len(states), recordEntries)
		records = append(records, wal.Record{
			Type: wal.Points, Version: pointsVersion, Body: appendPointsBody(nil, s.number, nil, states[:n]),
		})
		states = states[n:]
	}
	return db.log.Append(ctx, records...)
}

// setBadAside takes the files out of service in which damage was found, with all their windows.
func (db *DB) setBadAside() error {
	for _, file := range db.blocks.all() {
		damage := file.reader.Damage()
		if damage == nil {
			continue
		}
		db.abandon(db.blocks.windowsOf(file))
		if err := db.blocks.takeOut(file, damage); err != nil {
			return err
		}
	}
	return nil
}

// abandon forgets what the shards have of windows in a file that is bad.
func (db *DB) abandon(windows []int64) {
	change := db.revisions.begin()
	defer db.revisions.end(change)
	for _, window := range windows {
		db.revisions.mark(change, db.grid.firstSlot(window), db.grid.lastSlot(window))
	}
	for _, s := range db.shards {
		s.mu.Lock()
		for _, window := range windows {
			s.abandon(window)
		}
		s.mu.Unlock()
	}
}

// abandon forgets what a shard has of a window in a file that is bad; what is in memory stays. The caller holds the
// lock.
func (s *shard) abandon(window int64) {
	base, _ := s.windows[window].(baseWindow)
	over, isOpen := s.windows[window].(*openWindow)
	if isOpen {
		base = over.base
	}
	if sealed := memoryOf(base); sealed != nil {
		sealed.filed = false
		return
	}
	switch {
	case base == nil:
	case isOpen:
		over.base = nil
		s.leave(base, over.holds)
	default:
		s.leave(base, nil)
		s.removeWindow(window)
	}
}

// memoryOf returns the window in memory that w is, with tombstones or without; nil: it is in a file only.
func memoryOf(w baseWindow) *sealedWindow {
	if t, ok := w.(*tombstonedWindow); ok {
		w = t.base
	}
	sealed, _ := w.(*sealedWindow)
	return sealed
}
