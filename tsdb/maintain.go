package tsdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// Maintain does what time asks for; call it once a step, between Start and Close.
//
//	drop     whole windows past the retention, and their files
//	file     windows that ended a window ago are written to block files, all shards of one in one file
//	release  windows older than the memory horizon are read from their files from now on
//	trim     the log: what is still alive in it is written again at its head, and segments of which all windows
//	         are in files are dropped
//
// Without a BlockDir it only drops. After an error nothing is lost; the next call tries again.
func (db *DB) Maintain(ctx context.Context, now time.Time) error {
	db.maintaining.Lock()
	defer db.maintaining.Unlock()
	dropped, err := db.retain(now)
	if dropped > 0 {
		db.logger.Info("dropped windows past the retention", "windows", dropped)
	}
	if db.blocks == nil || err != nil {
		return err
	}
	if err := db.setBadAside(); err != nil {
		return err
	}
	due := db.dueWindows(db.grid.slotBefore(now) - int64(db.grid.width))
	if len(due) > 0 {
		if err := db.fileAndTrim(ctx, due); err != nil {
			return err
		}
	}
	db.release(db.grid.slotBefore(now.Add(-db.horizon)))
	return nil
}

// fileAndTrim writes windows to files and lets go of the log that they were in.
func (db *DB) fileAndTrim(ctx context.Context, due []int64) error {
	begin := time.Now()
	upTo, err := db.rotate()
	if err != nil {
		return fmt.Errorf("before windows go to files: %w", err)
	}
	for _, window := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := db.fileWindow(window, upTo); err != nil {
			return fmt.Errorf("window %d to a file: %w", window, err)
		}
	}
	if err := db.checkpoint(ctx); err != nil {
		return fmt.Errorf("what is alive in the log, to its head: %w", err)
	}
	if err := db.log.Drop(db.unfiledSince(upTo)); err != nil {
		return err
	}
	db.logger.Info("windows written to files", "windows", len(due), "took", time.Since(begin).Round(time.Millisecond))
	return nil
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

// dueWindows returns the windows that end before slot and have something that is in no file.
func (db *DB) dueWindows(slot int64) []int64 {
	var due []int64
	seen := make(map[int64]bool)
	for _, s := range db.shards {
		s.mu.RLock()
		for _, number := range s.order {
			if _, unfiled := unfiledSince(s.windows[number]); unfiled && !seen[number] && db.grid.lastSlot(number) < slot {
				seen[number] = true
				due = append(due, number)
			}
		}
		s.mu.RUnlock()
	}
	return due
}

// unfiledSince returns a position of the log before which nothing was written to w that is in no file, and whether
// anything in w is in no file.
func unfiledSince(w window) (wal.Position, bool) {
	switch w := w.(type) {
	case *openWindow:
		return w.since, true
	case *sealedWindow:
		return w.since, !w.filed
	case *tombstonedWindow:
		return w.since, true
	}
	return 0, false
}

// unfiledSince returns the position from which the log is needed, at most upTo.
func (db *DB) unfiledSince(upTo wal.Position) wal.Position {
	for _, s := range db.shards {
		s.mu.RLock()
		for _, w := range s.windows {
			if since, unfiled := unfiledSince(w); unfiled {
				upTo = min(upTo, since)
			}
		}
		s.mu.RUnlock()
	}
	return upTo
}

// fileWindow writes a window of all shards to a file and makes the shards know of it.
func (db *DB) fileWindow(window int64, upTo wal.Position) error {
	parts := make([]baseWindow, len(db.shards))
	lists := make([][]series, len(db.shards))
	for i, s := range db.shards {
		var err error
		if parts[i], lists[i], err = s.sealed(window); err != nil {
			return err
		}
		defer s.unpin(parts[i])
	}
	file, err := db.blocks.write(window, upTo, parts, lists)
	if errors.Is(err, blockfile.ErrEmpty) {
		file, err = nil, nil // every value was cleared
	}
	if err != nil {
		return err
	}
	old := db.blocks.files[window]
	if file == nil && old != nil {
		// The log is about to forget what emptied the window: the old file must not come back.
		if err := db.blocks.removeDurably(old); err != nil {
			return err
		}
	}
	for i, s := range db.shards {
		s.adopt(window, parts[i], file.filed(i))
	}
	delete(db.blocks.files, window)
	if file == nil {
		return nil
	}
	db.blocks.files[window] = file
	if old != nil && old.reader.Name() != file.reader.Name() {
		return db.blocks.remove(old)
	}
	return nil
}

// sealed returns a window in its sealed form, nil if the shard does not have it, and the series so far. Neither
// changes any more, but for what series know besides their tags; the window is the caller's to read until unpin.
func (s *shard) sealed(window int64) (baseWindow, []series, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.foldTombstones(window); err != nil {
		return nil, nil, err
	}
	if w, ok := s.windows[window].(*openWindow); ok {
		if err := s.seal(w); err != nil {
			return nil, nil, err
		}
	}
	part, _ := s.windows[window].(baseWindow)
	if part, ok := part.(*sealedWindow); ok {
		part.pin()
	}
	return part, s.list, nil
}

// unpin ends what sealed began.
func (s *shard) unpin(part baseWindow) {
	if part, ok := part.(*sealedWindow); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		part.unpin()
	}
}

// adopt notes that a part of a window is in a file now; nil: the file has no series of this shard. The window may
// have been written over meanwhile.
func (s *shard) adopt(window int64, part baseWindow, filed *filedWindow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch part := part.(type) {
	case *sealedWindow:
		part.filed = true
	case *filedWindow, *tombstonedWindow: // of the file before
		if filed == nil { // the tags of all its series are lost, or all were deleted
			s.abandon(window)
		} else {
			s.windows[window] = refiled(s.windows[window], part, filed)
		}
	}
}

// refiled returns w with a new file in the place of part, w itself or what lies under it.
func refiled(w window, part baseWindow, filed *filedWindow) window {
	switch w := w.(type) {
	case *openWindow:
		w.base = refiled(w.base, part, filed).(baseWindow)
		return w
	case *tombstonedWindow:
		if w != part { // a tombstone that came meanwhile: it hides what the file has folded in, too
			w.base = filed
			return w
		}
	}
	return filed
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
			if filed := db.blocks.files[number].filed(s.number); filed != nil {
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

// setBadAside takes the files out of service in which damage was found.
func (db *DB) setBadAside() error {
	for window, file := range db.blocks.files {
		if !file.bad.Load() {
			continue
		}
		for _, s := range db.shards {
			s.mu.Lock()
			s.abandon(window)
			s.mu.Unlock()
		}
		delete(db.blocks.files, window)
		name := file.reader.Name()
		if err := errors.Join(file.reader.Close(), db.blocks.setAside(name, blockfile.ErrDamaged)); err != nil {
			return err
		}
	}
	return nil
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
