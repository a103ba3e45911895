package wal

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Replay calls apply for each record of the log's earlier lives, in order, and makes the log ready for Append.
// It is called once. A record's Body is valid during the call only.
//
// Damage is reported and skipped; a torn tail is cut off. An error of apply or of the file system ends the
// replay and is returned with the place: the log cannot be used then, only closed. How far it is goes to the Logger
// every few seconds.
func (l *Log) Replay(apply func(Position, Record) error) error {
	l.mu.Lock()
	closed, again := l.closed, l.replaying
	l.replaying = true
	l.mu.Unlock()
	switch {
	case closed:
		return ErrClosed
	case again:
		return ErrReplayed
	}
	if err := l.head.replay(apply); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replayed = true
	return nil
}

// An extent is a segment and how much of it counts.
type extent struct {
	number uint32
	size   int64        // of the file
	damage *DamageError // its head is damaged; nil: it is good
	limit  int64        // offset at which the segment ends, by the head of a later one; openEnd: nobody says
}

// openEnd is the limit of the newest segment, and of one before it if the newest has no good head.
const openEnd = math.MaxInt64

func (h *head) replay(apply func(Position, Record) error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	extents, err := h.extents()
	if err != nil {
		return err
	}
	p := &progress{logger: h.logger, said: time.Now()}
	for _, e := range extents {
		p.total += e.size
	}
	var tail []*DamageError // damage behind which nothing has come yet
	for _, e := range extents {
		r, err := h.replaySegment(e, p, apply)
		if err != nil {
			return err
		}
		if e.damage == nil || r.records > 0 {
			for _, d := range tail {
				h.skip(d)
			}
			tail, h.acked = nil, r.end
		}
		if r.tail != nil {
			tail = append(tail, r.tail)
		}
		p.done += e.size
	}
	for _, d := range tail {
		h.torn(d)
	}
	return h.settle()
}

// extents returns what counts of each segment, oldest first. It goes through the heads from the newest back,
// because each says where the log before it ends.
func (h *head) extents() ([]extent, error) {
	var extents []extent
	end := newPosition(math.MaxUint32, 0) // where the log ends, by the heads seen so far
	for i := len(h.segments) - 1; i >= 0; i-- {
		number, size := h.segments[i].number, h.segments[i].size
		if number > end.Segment() {
			h.logger.Info("wal: a segment is left out, nothing in it was acknowledged", "segment", segmentName(number))
			continue
		}
		e := extent{number: number, size: size, limit: openEnd}
		if number == end.Segment() {
			e.limit = end.Offset()
		}
		header, err := ReadHeader(h.fsys, segmentPath(h.dir, number))
		switch {
		case errors.Is(err, ErrHeader):
			e.damage = &DamageError{File: segmentName(number), Bytes: min(size, firstPartBytes), Reason: err.Error()}
		case err != nil:
			return nil, err
		default:
			end = header.Previous
			h.checkPresent(end)
		}
		extents = append(extents, e)
	}
	slices.Reverse(extents)
	return extents, nil
}

// checkPresent reports a segment that a later one names as the one before it and that is missing, unless
// it and all before it have been dropped.
func (h *head) checkPresent(end Position) {
	i, found := slices.BinarySearchFunc(h.segments, end.Segment(), compareNumber)
	if !found && i > 0 && end != 0 {
		h.skip(&DamageError{File: segmentName(end.Segment()), Bytes: end.Offset(), Reason: "the file is missing"})
	}
}

// replaySegment applies the records of one segment. Damage at its end is left in the result's tail.
func (h *head) replaySegment(e extent, p *progress, apply func(Position, Record) error) (*segmentReplay, error) {
	s, err := openSegment(h.fsys, segmentPath(h.dir, e.number))
	if err != nil {
		return nil, err
	}
	defer s.file.Close()
	if _, err := s.header(); err != nil && !errors.Is(err, ErrHeader) {
		return nil, err
	}
	limit := e.limit
	if limit == openEnd {
		limit = s.size
	}
	r := &segmentReplay{head: h, progress: p, apply: apply, end: newPosition(e.number, s.records)}
	s.scan(limit, r.next)
	h.counters.update(func(s *Stats) {
		s.Replay.Records += r.records
		s.Replay.Bytes += r.bytes
	})
	switch {
	case r.failure != nil:
		return nil, r.failure
	case e.damage != nil && r.records > 0:
		h.skip(e.damage)
	case e.damage != nil:
		// The power went while this segment was made, or it is no segment at all. It is let lie, and the
		// head of the next segment leaves it out.
		r.tail = &DamageError{File: e.damage.File, Bytes: limit, Reason: e.damage.Reason}
	}
	return r, nil
}

// segmentReplay is the state of replaying one segment.
type segmentReplay struct {
	head     *head
	progress *progress
	apply    func(Position, Record) error
	end      Position     // behind the last record
	tail     *DamageError // damage behind which no record has come yet
	records  int64
	bytes    int64 // of the records, headers included
	failure  error
}

// next takes one step of scanner.scan and says whether to go on.
func (r *segmentReplay) next(entry Entry, err error) bool {
	if err != nil {
		if !errors.As(err, &r.tail) {
			r.failure = err
		}
		return r.failure == nil
	}
	if r.tail != nil {
		r.head.skip(r.tail)
		r.tail = nil
	}
	if err := r.apply(entry.Position, entry.Record); err != nil {
		r.failure = fmt.Errorf("wal %s at %d: replaying a record of type %d, version %d, %d bytes: %w",
			segmentName(entry.Position.Segment()), entry.Position.Offset(),
			entry.Record.Type, entry.Record.Version, len(entry.Record.Body), err)
		return false
	}
	r.records++
	r.bytes += int64(entry.End() - entry.Position)
	r.end = entry.End()
	r.progress.reach(r.end.Offset())
	return true
}

// settle cuts off what lies behind the last record and makes the rest durable: a killed process leaves
// records that were written but not synced, and what has been replayed must not vanish later.
func (h *head) settle() error {
	i, found := slices.BinarySearchFunc(h.segments, h.acked.Segment(), compareNumber)
	if !found {
		return nil // an empty log
	}
	last, end := &h.segments[i], h.acked.Offset()
	file, err := h.fsys.OpenAppend(segmentPath(h.dir, last.number))
	if err != nil {
		return fmt.Errorf("wal %s: %w", segmentName(last.number), err)
	}
	if last.size > end {
		err = file.Truncate(end)
	}
	if err == nil && h.sync == SyncBatch {
		err = errors.Join(file.Sync(), h.fsys.SyncDir(h.dir))
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("wal %s at %d: %w", segmentName(last.number), end, err)
	}
	last.size = min(last.size, end)
	h.countFiles()
	return nil
}

// skip reports damage inside the log.
func (h *head) skip(d *DamageError) {
	h.logger.Error("wal: damage, skipped", d.attributes()...)
	h.counters.update(func(s *Stats) {
		s.Replay.SkippedExtents++
		s.Replay.SkippedBytes += d.Bytes
	})
}

// torn reports that the log ends with something that is no record.
func (h *head) torn(d *DamageError) {
	h.logger.Warn("wal: torn tail, cut off", d.attributes()...)
	h.counters.update(func(s *Stats) { s.Replay.TornBytes += d.Bytes })
}
