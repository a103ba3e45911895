package tsdb

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

const (
	// mergeWindows is how many windows make a merged file, an aligned span of them: days of hours. The tags take a
	// twentieth of what they do in single files, 0.02 bytes a point: longer ones would save one part in a hundred.
	mergeWindows = 24
	// mergeSpans is how many spans the retention has at least where there is merging: a merged file is removed
	// with its last window, and by then the others have been kept too long.
	mergeSpans = 8
)

// mergeState is what merging keeps in mind from one Maintain to the next.
type mergeState struct {
	last     int64     // the span that was tried last, by its first window
	failedAt time.Time // zero: it went well
}

// mergeSome merges the files of one span that is ready, if any, the next one in time behind the one before. It
// holds no lock while it writes: reading, commits and sealing go on. After a failure nothing is tried for a window's
// duration: on a full disk each try would take the log's last space for a moment.
func (m *maintenance) mergeSome(ctx context.Context, now time.Time) error {
	state := &m.blocks.merging
	if m.lately(state.failedAt, now) {
		return nil
	}
	ready := m.spansToMerge(now)
	if len(ready) == 0 {
		return nil
	}
	next, _ := slices.BinarySearch(ready, state.last+1)
	state.last, state.failedAt = ready[next%len(ready)], time.Time{}
	begin := time.Now()
	err := m.mergeSpan(ctx, state.last, now)
	if errors.Is(err, blockfile.ErrDamaged) && slices.ContainsFunc(m.blocks.all(), (*windowFile).isLost) {
		return m.setBadAside() // the others are merged next time
	}
	if err != nil {
		state.failedAt = now
		return err
	}
	from, _ := m.grid.Bounds(state.last)
	m.logger.Info("files merged", "from", from, "windows", mergeWindows, "took", time.Since(begin).Round(time.Millisecond))
	return nil
}

// spansToMerge returns the spans, by their first windows and ascending, that are in several files and in none that
// Maintain has written lately: while stragglers come, their windows keep files of their own. All windows lie behind the
// memory horizon and have nothing that is in no file.
func (m *maintenance) spansToMerge(now time.Time) (ready []int64) {
	if m.retention > 0 && m.retention < mergeSpans*mergeWindows*m.windowDuration() {
		return nil
	}
	type state struct {
		file          *windowFile // one of them
		several, busy bool
	}
	spans := make(map[int64]*state)
	for window, file := range m.blocks.files {
		span := spans[spanOf(window)]
		if span == nil {
			span = &state{file: file}
			spans[spanOf(window)] = span
		}
		span.several = span.several || span.file != file
		span.busy = span.busy || m.lately(file.written, now)
	}
	for window := range m.unfiledWindows() {
		if span := spans[spanOf(window)]; span != nil {
			span.busy = true
		}
	}
	horizon := m.grid.SlotBefore(now.Add(-m.horizon))
	for first, span := range spans {
		if span.several && !span.busy && m.grid.LastSlot(first+mergeWindows-1) < horizon {
			ready = append(ready, first)
		}
	}
	slices.Sort(ready)
	return ready
}

// spanOf returns the first window of the span that a window is in.
func spanOf(window int64) int64 { return grid.FloorDiv(window, mergeWindows) * mergeWindows }

// mergeSpan makes one file of the windows of a span, each from the file in force for it, and brings it into force. What was
// logged before the greatest of their positions is in it: when the span was found ready nothing was missing in any.
func (m *maintenance) mergeSpan(ctx context.Context, first int64, now time.Time) error {
	d := m.blocks
	from := make([]*blockfile.Reader, mergeWindows)
	var upTo wal.Position
	for i := range from {
		if file := d.files[first+int64(i)]; file != nil {
			from[i] = file.reader
			upTo = max(upTo, file.upTo)
		}
	}
	head := d.head(first, mergeWindows, upTo)
	if _, err := blockfile.Merge(ctx, d.fsys, d.name(head), head, from); err != nil {
		return err
	}
	file, err := d.openFile(d.name(head))
	if err != nil {
		return err
	}
	file.written = now
	for _, s := range m.shards {
		s.readFrom(file)
	}
	return d.put(file)
}

// readFrom makes a shard read from a file what it has read from others, also below what was written since.
func (s *shard) readFrom(file *windowFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for window := file.first; window <= file.last; window++ {
		if old := filePart(s.values.byNumber[window]); old != nil {
			s.values.setFile(window, old, file.filed(window, s.number))
		}
	}
}
