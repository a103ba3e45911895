package tsdb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

const (
	// settleSlots is how long after its end a window goes to its first file, in slots; in a small window, as many as it
	// has. Clients that were cut off send again within minutes, and what they send later costs the window's file a second
	// time; until then the log has to be kept and, after a crash, replayed.
	settleSlots = 10
	// defaultRefileBytes is how much of the log windows may hold that were written over after they went to files, before they
	// go to files again ahead of their time: some 90 million points, which take seconds to replay.
	defaultRefileBytes = 1 << 30
)

// dueWindows returns the windows that go to files now, of those that have ended and have something that is in no file:
//
//	in no file yet      at once, and so where a tombstone hides something;
//	                    and with them, since what is alive in the log has to be written again anyway,
//	written over since  all others; but where no window is new, once in a window's duration, or when they keep
//	                    a gigabyte of the log, and no less than what it costs to write their files again
//
// So stragglers cost a file an hour, a window that is backfilled is in a file after a step, and a backfill that goes over
// many windows again and again writes no more to files than it has written to the log.
func (m *maintenance) dueWindows(now time.Time) []int64 {
	settled := m.grid.SlotBefore(now) - int64(min(settleSlots, m.grid.Width))
	unfiled := m.unfiledWindows()
	var due, again []int64
	for window := range unfiled {
		switch {
		case m.grid.LastSlot(window) > settled: // later
		case m.blocks.isEmpty(window), m.hasTombstones(window):
			due = append(due, window)
		default:
			again = append(again, window)
		}
	}
	if len(due) > 0 || !m.lately(m.blocks.filedAt, now) || m.keepTooMuch(again, unfiled) {
		due = append(due, again...)
	}
	slices.Sort(due)
	return due
}

// hasTombstones reports whether tombstones hide something of a window in any shard.
func (m *maintenance) hasTombstones(window int64) bool {
	return slices.ContainsFunc(m.shards, func(s *shard) bool {
		s.mu.RLock()
		defer s.mu.RUnlock()
		w := s.values.byNumber[window]
		if open, ok := w.(*openWindow); ok {
			w = open.base
		}
		_, hidden := w.(*tombstonedWindow)
		return hidden
	})
}

// lately reports whether a time lies within a window's duration before now. The clock may have jumped.
func (m *maintenance) lately(at, now time.Time) bool {
	age := now.Sub(at)
	return !at.IsZero() && age >= 0 && age < m.windowDuration()
}

func (m *maintenance) windowDuration() time.Duration {
	return time.Duration(m.grid.Width) * m.grid.Step()
}

// keepTooMuch reports whether windows that are in files keep more of the log than it would cost to write the files again.
// unfiled is from which position on each needs the log.
func (m *maintenance) keepTooMuch(windows []int64, unfiled map[int64]wal.Position) bool {
	if len(windows) == 0 {
		return false
	}
	since, cost := unfiled[windows[0]], int64(0)
	for _, window := range windows {
		since = min(since, unfiled[window])
		file := m.blocks.files[window]
		cost += file.reader.SizeBytes() / (file.last - file.first + 1)
	}
	return m.log.BytesFrom(since) > max(m.blocks.refileBytes, cost)
}

// unfiledWindows returns the windows that have something that is in no file, and for each a position of the log before
// which there is nothing of it.
func (m *maintenance) unfiledWindows() map[int64]wal.Position {
	windows := make(map[int64]wal.Position)
	for _, s := range m.shards {
		s.mu.RLock()
		for number, w := range s.values.byNumber {
			since, unfiled := unfiledSince(w)
			if !unfiled {
				continue
			}
			if other, known := windows[number]; known {
				since = min(since, other)
			}
			windows[number] = since
		}
		s.mu.RUnlock()
	}
	return windows
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
	case *overlayWindow:
		return w.rows.since, true
	}
	return 0, false
}

// fileAndTrim writes windows to files and lets go of the log that they were in.
func (m *maintenance) fileAndTrim(ctx context.Context, due []int64, now time.Time) error {
	begin := time.Now()
	upTo, err := m.rotate()
	if err != nil {
		return fmt.Errorf("before windows go to files: %w", err)
	}
	for _, window := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := m.fileWindow(window, upTo, now); err != nil {
			return fmt.Errorf("window %d to a file: %w", window, err)
		}
	}
	if err := m.checkpoint(ctx); err != nil {
		return fmt.Errorf("what is alive in the log, to its head: %w", err)
	}
	for _, since := range m.unfiledWindows() {
		upTo = min(upTo, since)
	}
	if err := m.log.Drop(upTo); err != nil {
		return err
	}
	m.blocks.filedAt = now
	m.logger.Info("windows written to files", "windows", len(due), "took", time.Since(begin).Round(time.Millisecond))
	return nil
}

// fileWindow writes a window of all shards to a file and makes the shards know of it. Where every value was cleared or
// deleted the file is empty: it contradicts an older one, which may be there even if nobody knows, after a failure.
func (m *maintenance) fileWindow(window int64, upTo wal.Position, now time.Time) error {
	parts := make([]baseWindow, len(m.shards))
	for i, s := range m.shards {
		var err error
		if parts[i], err = s.sealed(window); err != nil {
			return err
		}
		defer s.unpin(sealedIn(parts[i]))
	}
	file, err := m.blocks.write(window, upTo, parts, m.shards)
	if err != nil {
		return err
	}
	for i, s := range m.shards {
		s.adopt(window, parts[i], file.filed(window, i))
	}
	file.written = now
	return m.blocks.put(file)
}

// sealed returns a window in its sealed form, which does not change any more; nil if the shard does not have it. It is
// the caller's to read until unpin.
func (s *shard) sealed(window int64) (baseWindow, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.values.foldTombstones(window); err != nil {
		return nil, err
	}
	if w, ok := s.values.byNumber[window].(*openWindow); ok {
		if err := s.values.seal(w); err != nil {
			return nil, err
		}
	}
	part, _ := s.values.byNumber[window].(baseWindow)
	if memory := sealedIn(part); memory != nil {
		memory.pin()
	}
	return part, nil
}

// unpin ends what sealed began.
func (s *shard) unpin(memory *sealedWindow) {
	if memory != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		memory.unpin()
	}
}

// adopt notes that a part of a window is in a file now; nil: the file has no series of this shard. The window may
// have been written over meanwhile.
func (s *shard) adopt(window int64, part baseWindow, filed *filedWindow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch part := part.(type) {
	case nil:
	case *sealedWindow:
		part.filed = true
	default: // of the file before
		s.values.setFile(window, part, filed)
	}
}
