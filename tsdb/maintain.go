package tsdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// Maintain does what time asks for; call it once a step, between Start and Close.
//
//	drop     whole windows past the retention, and their files
//	file     windows that ended a window ago are written to block files, all shards of one in one file
//	release  windows older than the memory horizon are read from their files from now on
//	trim     the log: what is still alive in it is written again at its head, and segments of which all windows
//	         are in files are dropped
//	forget   series without values in memory
//
// Without a BlockDir it only drops and forgets. After an error nothing is lost; the next call tries again.
func (db *DB) Maintain(ctx context.Context, now time.Time) error {
	db.maintaining.Lock()
	defer db.maintaining.Unlock()
	dropped, err := db.retain(now)
	if dropped > 0 {
		db.logger.Info("dropped windows past the retention", "windows", dropped)
	}
	if err != nil {
		return err
	}
	if db.blocks != nil {
		if err := db.file(ctx, now); err != nil {
			return err
		}
	}
	db.forget(db.grid.slotBefore(now))
	return nil
}

// file brings windows to files, and out of memory.
func (db *DB) file(ctx context.Context, now time.Time) error {
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
	case *overlayWindow:
		return w.rows.since, true
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
	for i, s := range db.shards {
		var err error
		if parts[i], err = s.sealed(window); err != nil {
			return err
		}
		defer s.unpin(parts[i])
	}
	file, err := db.blocks.write(window, upTo, parts, db.shards)
	if errors.Is(err, blockfile.ErrEmpty) {
		file, err = nil, nil // every value was cleared
	}
	if err != nil {
		return err
	}
	for i, s := range db.shards {
		s.adopt(window, parts[i], file.filed(i))
	}
	old := db.blocks.files[window]
	delete(db.blocks.files, window)
	if file != nil {
		db.blocks.files[window] = file
	}
	if old != nil && (file == nil || old.reader.Name() != file.reader.Name()) {
		return db.blocks.remove(old)
	}
	return nil
}

// sealed returns a window in its sealed form, which does not change any more; nil if the shard does not have it. It is
// the caller's to read until unpin.
func (s *shard) sealed(window int64) (baseWindow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w, ok := s.windows[window].(*openWindow); ok {
		if err := s.seal(w); err != nil {
			return nil, err
		}
	}
	part, _ := s.windows[window].(baseWindow)
	if part, ok := memoryPart(part).(*sealedWindow); ok {
		part.pin()
	}
	return part, nil
}

// unpin ends what sealed began.
func (s *shard) unpin(part baseWindow) {
	if part, ok := memoryPart(part).(*sealedWindow); ok {
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
	case *filedWindow: // of the file before
		s.replaceFile(window, filed)
	case *overlayWindow:
		s.liftOverlay(window, part)
		s.replaceFile(window, filed)
	}
}

// liftOverlay takes an overlay off its file, unless it has been taken into another one.
func (s *shard) liftOverlay(window int64, overlay *overlayWindow) {
	switch w := s.windows[window].(type) {
	case *overlayWindow:
		if w != overlay {
			return
		}
		s.leave(overlay, nil)
		s.windows[window] = overlay.base
	case *openWindow:
		if w.base != overlay {
			return
		}
		s.leave(overlay, func(number uint32) bool { return w.row(number) != nil })
		w.base = overlay.base
	default:
		return
	}
	overlay.free()
}

// replaceFile puts another file, or none, beneath a window or in place of it.
func (s *shard) replaceFile(window int64, filed *filedWindow) {
	s.moves++
	if filed == nil {
		s.removeFile(window)
		return
	}
	switch w := s.windows[window].(type) {
	case *openWindow:
		if below, ok := w.base.(*overlayWindow); ok {
			below.base = filed
		} else {
			w.base = filed
		}
	case *overlayWindow:
		w.base = filed
	default:
		s.windows[window] = filed
	}
}

// removeFile takes away what is in a file only; what is in memory stays.
func (s *shard) removeFile(window int64) {
	switch w := s.windows[window].(type) {
	case *overlayWindow:
		s.windows[window] = w.rows
	case *openWindow:
		switch base := w.base.(type) {
		case *overlayWindow:
			w.base = base.rows
		case *filedWindow:
			w.base = nil
		}
	default:
		s.removeWindow(window)
	}
}

// release lets the memory go of windows that end before slot and are in files.
func (db *DB) release(slot int64) {
	for _, s := range db.shards {
		for _, w := range s.takeFiledBefore(slot, db.blocks.files) {
			s.depart(w)
		}
	}
}

// takeFiledBefore puts the files of windows that end before slot in the place of those in memory, which it returns.
func (s *shard) takeFiledBefore(slot int64, files map[int64]*windowFile) (taken []window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range slices.Clone(s.order) {
		w, ok := s.windows[number].(*sealedWindow)
		if !ok || !w.filed || s.grid.lastSlot(number) >= slot {
			continue
		}
		s.moves++
		if filed := files[number].filed(s.number); filed != nil {
			s.windows[number] = filed
			taken = append(taken, w)
		} else { // nothing is left in it
			taken = append(taken, s.takeWindow(number))
		}
	}
	return taken
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
					s.moves++
					s.enterLoaded(loaded, filed)
				}
			}
		})
	}
	shards.Wait()
}

// enterLoaded counts a window that a file had, and reads there who its series are, unless the log has told.
func (s *shard) enterLoaded(w *sealedWindow, filed *filedWindow) {
	w.series(func(number uint32) {
		if s.roster.at(number) == nil {
			tags, parsed, _ := filed.tagsOf(number) // after an error they are lost
			if tags == lost {
				s.roster.put(number, series{tags: lost, exists: true})
			} else {
				s.know(number, tags, parsed)
			}
		}
		s.enterWindow(number)
	})
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
	w := s.windows[window]
	if open, ok := w.(*openWindow); ok && open.base != nil {
		w = open.base
	}
	switch w := w.(type) {
	case *sealedWindow:
		w.filed = false
	case *overlayWindow, *filedWindow:
		s.removeFile(window)
	}
}
