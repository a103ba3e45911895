package wal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// head is the end of the log at which it is written, and the list of its files.
type head struct {
	fsys         vfs.FS
	dir          string
	segmentBytes int64
	sync         SyncMode
	origin       Origin
	logger       *slog.Logger
	counters     *counters
	held         func() error // nil: the directory is ours for ever

	mu       sync.Mutex    // guards what follows; held while a group is written
	segments []segmentFile // oldest first
	next     uint32        // the number of the next segment; one that was tried is not tried again
	acked    Position      // the end of the last durable record, of the log's earlier lives too; 0: there is none
	file     vfs.File      // the last of segments, open for writing; nil: the next group begins a segment
	end      Position      // where the next group goes in file; all before is durable
	failing  bool          // the last group failed
	notHeld  error         // why the directory is not ours any more; nil: it is
}

type segmentFile struct {
	number uint32
	size   int64 // bytes; of the one being written: up to end
}

func compareNumber(s segmentFile, number uint32) int { return cmp.Compare(s.number, number) }

// openHead lists the segments in the directory. Other names in it are let be.
func openHead(cfg Config, counters *counters) (*head, error) {
	h := &head{
		fsys: cfg.FS, dir: cfg.Dir, segmentBytes: cfg.SegmentBytes, sync: cfg.Sync, origin: cfg.Origin,
		logger: cfg.Logger, counters: counters, held: cfg.Held, next: 1,
	}
	names, err := h.fsys.List(h.dir)
	if err != nil {
		return nil, fmt.Errorf("wal %s: %w", h.dir, err)
	}
	for _, name := range names {
		number, ok := segmentNumber(name)
		if !ok {
			continue
		}
		size, err := h.fsys.Size(segmentPath(h.dir, number))
		if err != nil {
			return nil, fmt.Errorf("wal %s: %w", name, err)
		}
		h.segments = append(h.segments, segmentFile{number, size})
	}
	slices.SortFunc(h.segments, func(a, b segmentFile) int { return compareNumber(a, b.number) })
	if n := len(h.segments); n > 0 {
		h.next = h.segments[n-1].number + 1
	}
	h.countFiles()
	return h, nil
}

// commit makes a group durable. Its second try is in a new segment; the error is that of the second.
func (h *head) commit(g *group) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.tryCommit(g.buf)
	if err != nil && h.notHeld == nil {
		h.abandon(err)
		err = h.tryCommit(g.buf)
	}
	if err != nil && h.notHeld == nil {
		h.abandon(err)
	}
	h.setFailing(err)
	h.counters.update(func(s *Stats) {
		if err != nil {
			s.FailedGroups++
			return
		}
		s.Groups++
		s.Appends += int64(g.appends)
		s.Records += int64(g.records)
		s.WrittenBytes += int64(len(g.buf))
	})
	return err
}

// setFailing logs when appending stops working and when it works again: a full disk must not fill a log
// file, too, with a line for each group.
func (h *head) setFailing(err error) {
	switch {
	case err != nil && !h.failing:
		h.logger.Error("wal: appending fails", "error", err)
	case err == nil && h.failing:
		h.logger.Info("wal: appending works again", "segment", segmentName(h.end.Segment()))
	}
	h.failing = err != nil
}

func (h *head) tryCommit(group []byte) error {
	if err := h.checkHeld(); err != nil {
		return err
	}
	if h.file != nil && h.end.Offset()+int64(len(group)) > h.segmentBytes {
		if err := h.finish(); err != nil {
			return err
		}
	}
	if h.file == nil {
		if err := h.begin(); err != nil {
			return err
		}
	}
	seal(group, h.end)
	if err := h.writeAll(group, h.end.Offset()); err != nil {
		return err
	}
	if h.sync == SyncBatch {
		if err := h.syncFile(); err != nil {
			return err
		}
	}
	if err := h.checkHeld(); err != nil { // the group may lie in a directory that nobody finds any more
		return err
	}
	h.end += Position(len(group))
	h.acked = h.end
	h.segments[len(h.segments)-1].size = h.end.Offset()
	h.countFiles()
	return nil
}

// checkHeld returns an error, for ever, once the directory is not ours any more. Then not even what failed is cut
// off: the files may be another's.
func (h *head) checkHeld() error {
	if h.notHeld != nil {
		return h.notHeld
	}
	if h.notHeld = h.askHeld(); h.notHeld != nil && h.file != nil {
		h.closeFile()
	}
	return h.notHeld
}

// askHeld returns an error where the directory is not ours at this moment. It needs no lock.
func (h *head) askHeld() error {
	if h.held == nil {
		return nil
	}
	if err := h.held(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotHeld, err)
	}
	return nil
}

// begin makes the next segment and makes its name durable; its head becomes so with the first group. When it
// fails, abandon clears away what there is.
func (h *head) begin() error {
	if h.next == math.MaxUint32 {
		return fmt.Errorf("wal %s: segment numbers are used up", h.dir)
	}
	number := h.next
	h.next++
	file, err := h.fsys.Create(segmentPath(h.dir, number))
	if err != nil {
		return h.fail(newPosition(number, 0), err)
	}
	h.file = file
	h.end = newPosition(number, segmentHeaderBytes)
	h.segments = append(h.segments, segmentFile{number: number})
	header := Header{Number: number, Previous: h.acked, Origin: h.origin}.append(nil)
	if err := h.writeAll(header, 0); err != nil {
		return err
	}
	if h.sync == SyncNone {
		return nil
	}
	if err := h.fsys.SyncDir(h.dir); err != nil {
		return h.fail(newPosition(number, 0), err)
	}
	return nil
}

func (h *head) writeAll(data []byte, offset int64) error {
	n, err := h.file.Write(data)
	if err != nil {
		return h.fail(newPosition(h.end.Segment(), offset+int64(n)), err)
	}
	return nil
}

func (h *head) syncFile() error {
	start := time.Now()
	err := h.file.Sync()
	took := time.Since(start)
	if err != nil {
		return h.fail(h.end, err)
	}
	h.counters.update(func(s *Stats) {
		s.Syncs++
		s.LastSync = took
		s.SyncTime += took
	})
	return nil
}

// fail says where an error happened, and whether it means that the disk is full.
func (h *head) fail(at Position, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("wal %s at %d: %w", segmentName(at.Segment()), at.Offset(), err)
}

// finish ends the segment being written. With SyncBatch it is durable already.
func (h *head) finish() error {
	if h.file == nil {
		return nil
	}
	if h.sync == SyncNone {
		if err := h.syncFile(); err != nil {
			return err
		}
	}
	h.closeFile()
	return nil
}

// closeFile gives up the file. Nothing hangs on the outcome: its bytes are durable, or are given up too.
func (h *head) closeFile() {
	if err := h.file.Close(); err != nil {
		h.logger.Warn("wal: closing a segment failed", "segment", segmentName(h.end.Segment()), "error", err)
	}
	h.file = nil
}

// abandon gives up the segment being written, after an error, and cuts off what was not acknowledged. It
// does what it can: the head of the next segment leaves the same bytes out.
func (h *head) abandon(cause error) {
	h.counters.update(func(s *Stats) { s.Failures++ })
	if !h.failing {
		h.logger.Warn("wal: a segment is given up", "error", cause)
	}
	if h.file == nil {
		return
	}
	var err error
	if h.end.Offset() > segmentHeaderBytes {
		if err = h.file.Truncate(h.end.Offset()); err == nil {
			err = h.file.Sync()
		}
		h.closeFile()
	} else {
		h.closeFile()
		err = h.removeLast()
	}
	if err != nil && !h.failing {
		h.logger.Warn("wal: cutting off what failed was not possible", "segment", segmentName(h.end.Segment()),
			"offset", h.end.Offset(), "error", err)
	}
	h.countFiles()
}

// removeLast removes the newest segment, which holds nothing.
func (h *head) removeLast() error {
	last := len(h.segments) - 1
	if err := h.fsys.Remove(segmentPath(h.dir, h.segments[last].number)); err != nil {
		return err
	}
	h.segments = h.segments[:last]
	return h.fsys.SyncDir(h.dir)
}

func (h *head) rotate() (Position, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.checkHeld(); err != nil {
		return 0, err
	}
	err := h.finish()
	if err != nil {
		h.abandon(err)
	}
	return newPosition(h.next, 0), err
}

func (h *head) skipTo(at Position) {
	h.mu.Lock()
	defer h.mu.Unlock()
	number := at.Segment()
	if at.Offset() > 0 && number < math.MaxUint32 {
		number++
	}
	h.next = max(h.next, number)
}

func (h *head) drop(before Position) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.checkHeld(); err != nil {
		return err
	}
	dropped := 0
	defer func() {
		h.segments = slices.Delete(h.segments, 0, dropped)
		h.countFiles()
	}()
	for dropped < len(h.segments)-1 && h.segments[dropped].number < before.Segment() {
		name := segmentPath(h.dir, h.segments[dropped].number)
		if err := h.fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("wal: dropping what lies before %s: %w", before, err)
		}
		dropped++
	}
	if dropped == 0 {
		return nil
	}
	if err := h.fsys.SyncDir(h.dir); err != nil {
		return fmt.Errorf("wal: dropping what lies before %s: %w", before, err)
	}
	return nil
}

func (h *head) bytesFrom(segment uint32) (bytes int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.segments {
		if s.number >= segment {
			bytes += s.size
		}
	}
	return bytes
}

func (h *head) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.finish()
	if h.file != nil {
		h.closeFile()
	}
	return err
}

func (h *head) countFiles() {
	bytes := int64(0)
	for _, s := range h.segments {
		bytes += s.size
	}
	h.counters.update(func(s *Stats) { s.Segments, s.Bytes, s.End = len(h.segments), bytes, h.acked })
}
