package wal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// A SyncMode says what acknowledged means.
type SyncMode uint8

const (
	SyncBatch SyncMode = iota // an fsync for each group: acknowledged records survive a power failure
	SyncNone                  // no fsync: they survive the end of the process, and perhaps a power failure
)

// Config says where a log is and how it is written. Dir must be set; the rest may be zero.
type Config struct {
	FS           vfs.FS       // default vfs.OS
	Dir          string       // made if it is missing; one Log at a time, which the caller's lock ensures
	SegmentBytes int64        // where a segment ends, unless one group is longer; default 64 MiB, at most 1 GiB
	QueueBytes   int          // what may wait while a group is written; default 16 MiB
	Sync         SyncMode     // default SyncBatch
	Origin       Origin       // what new segments say of the data directory; default nothing
	Logger       *slog.Logger // default silence
	// Held returns an error once the directory is not the caller's any more: its lock was removed, moved or replaced.
	// It is asked before and behind each write, so that nothing is acknowledged that lies where nobody will look for
	// it, and nothing is written into another's log. After an error of it the log takes nothing until it is opened
	// anew. nil: the caller knows that nobody takes it away.
	Held func() error
	// Written is called after each group: with the time from its first try on, and with what its callers get, before
	// they do. It is how to know whether the log takes records. It must not call the log. May be nil.
	Written func(took time.Duration, err error)
}

const (
	defaultSegmentBytes = 64 << 20
	maxSegmentBytes     = 1 << 30
	defaultQueueBytes   = 16 << 20

	// maxAppendBytes bounds one Append, which is admitted alone if it exceeds the queue. With maxSegmentBytes it
	// keeps offsets within the 32 bits that a Position has for them.
	maxAppendBytes = 256 << 20

	// keptBufferBytes bounds the buffer that is kept for the next group: one burst is not paid for ever.
	keptBufferBytes = 4 << 20
)

var (
	// ErrClosed reports a call after Close.
	ErrClosed = errors.New("wal: log is closed")
	// ErrNotReplayed reports an Append before Replay: it would not know where the log ends.
	ErrNotReplayed = errors.New("wal: Append before Replay")
	// ErrReplayed reports a second Replay.
	ErrReplayed = errors.New("wal: Replay may be called once")
	// ErrFull reports that the disk is full. Appending works again when there is space.
	ErrFull = errors.New("no space for the log")
	// ErrNotHeld reports that Config.Held has failed: the log is out of use until it is opened anew.
	ErrNotHeld = errors.New("the log's directory is not this process's any more")
)

// A Log is a directory of segments that grows at its head. Its methods may be called by several goroutines.
type Log struct {
	queueBytes int
	head       *head
	counters   *counters
	written    func(took time.Duration, err error)

	mu        sync.Mutex // guards what follows
	gathering *group
	spare     []byte // a buffer for the next group
	replaying bool   // Replay has begun
	replayed  bool   // Replay has succeeded
	closed    bool

	wake    chan struct{} // holds a token while the gathering group has records; closed by Close
	stopped chan struct{} // closed when the writing goroutine has ended
}

// A group is what one write and one fsync make durable.
type group struct {
	buf              []byte // encoded records, not yet sealed
	appends, records int
	taken            chan struct{} // nil, or closed when the group stops gathering
	done             chan struct{} // closed when err is set
	err              error
}

func newGroup(buf []byte) *group { return &group{buf: buf[:0], done: make(chan struct{})} }

// Open opens the log in cfg.Dir and starts its writing goroutine, which ends with Close. Replay comes
// next.
func Open(cfg Config) (*Log, error) {
	if cfg.FS == nil {
		cfg.FS = vfs.OS{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.SegmentBytes <= 0 {
		cfg.SegmentBytes = defaultSegmentBytes
	}
	if cfg.QueueBytes <= 0 {
		cfg.QueueBytes = defaultQueueBytes
	}
	if cfg.Written == nil {
		cfg.Written = func(time.Duration, error) {}
	}
	if cfg.SegmentBytes > maxSegmentBytes || cfg.QueueBytes > maxSegmentBytes {
		return nil, fmt.Errorf("wal %s: segments of %d bytes, a queue of %d: at most %d each",
			cfg.Dir, cfg.SegmentBytes, cfg.QueueBytes, maxSegmentBytes)
	}
	if err := cfg.Origin.check(); err != nil {
		return nil, fmt.Errorf("wal %s: %w", cfg.Dir, err)
	}
	if err := cfg.FS.MkdirAll(cfg.Dir); err != nil {
		return nil, fmt.Errorf("wal %s: %w", cfg.Dir, err)
	}
	counters := &counters{}
	head, err := openHead(cfg, counters)
	if err != nil {
		return nil, err
	}
	l := &Log{
		queueBytes: cfg.QueueBytes,
		head:       head,
		counters:   counters,
		written:    cfg.Written,
		gathering:  newGroup(nil),
		wake:       make(chan struct{}, 1),
		stopped:    make(chan struct{}),
	}
	go l.write()
	return l, nil
}

// Append returns when all records are durable, in this order and not far apart: other callers' records may
// lie between Appends, never between the records of one. An error means that none of them will be
// replayed (the package comment says what that rests on). Bodies may be reused when it returns.
//
// When QueueBytes wait already, Append waits for its turn; ctx ends only that wait, with ctx's error and
// nothing appended. Once the records are in the queue, the outcome is waited for.
func (l *Log) Append(ctx context.Context, records ...Record) error {
	size, err := encodedBytes(records)
	if err != nil {
		return err
	}
	if size == 0 { // what the caller takes for durable is so only in a directory that is still there
		return l.head.askHeld()
	}
	g, err := l.enqueue(ctx, records, size)
	if err != nil {
		return err
	}
	<-g.done
	return g.err
}

// enqueue adds the records to the gathering group, as soon as there is space in it.
func (l *Log) enqueue(ctx context.Context, records []Record, size int) (*group, error) {
	for {
		g, taken, err := l.tryEnqueue(records, size)
		if err != nil || g != nil {
			return g, err
		}
		select {
		case <-taken:
		case <-ctx.Done():
			return nil, fmt.Errorf("wal: waiting behind %d bytes: %w", l.queueBytes, ctx.Err())
		}
	}
}

// tryEnqueue returns the group that the records now belong to, or, when it is full, nil and a channel that
// is closed when the next group begins.
func (l *Log) tryEnqueue(records []Record, size int) (*group, chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return nil, nil, ErrClosed
	case !l.replayed:
		return nil, nil, ErrNotReplayed
	}
	g := l.gathering
	if len(g.buf) > 0 && len(g.buf)+size > l.queueBytes {
		if g.taken == nil {
			g.taken = make(chan struct{})
		}
		return nil, g.taken, nil
	}
	for i := range records {
		g.buf = appendRecord(g.buf, &records[i])
	}
	g.appends++
	g.records += len(records)
	select {
	case l.wake <- struct{}{}:
	default: // the token is there
	}
	return g, nil, nil
}

// write is the writing goroutine: group after group, until Close and until nothing waits.
func (l *Log) write() {
	defer close(l.stopped)
	for range l.wake {
		for g := l.take(); g != nil; g = l.take() {
			begin := time.Now()
			g.err = l.head.commit(g)
			l.written(time.Since(begin), g.err)
			l.keepBuffer(g)
			close(g.done)
		}
	}
}

// take ends the gathering of a group and begins the next; nil when nothing waits.
func (l *Log) take() *group {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.gathering
	if len(g.buf) == 0 {
		return nil
	}
	l.gathering, l.spare = newGroup(l.spare), nil
	if g.taken != nil {
		close(g.taken)
	}
	return g
}

func (l *Log) keepBuffer(g *group) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if cap(g.buf) <= keptBufferBytes {
		l.spare = g.buf
	}
	g.buf = nil
}

// Rotate ends the current segment and returns the position at which the next begins: what was acknowledged
// before lies before it, in files that are complete and durable; what is appended from now on lies
// at or behind it. With Drop it makes room: rotate, append again what is still alive, drop.
func (l *Log) Rotate() (Position, error) {
	if err := l.checkReplayed(); err != nil {
		return 0, err
	}
	return l.head.rotate()
}

// SkipTo makes all that will be appended lie at or behind a position, by leaving out numbers of segments; call it before
// the first Append. It is for who has noted positions elsewhere, and finds a log that does not reach there: what was after
// them was lost, or never came to be.
func (l *Log) SkipTo(at Position) { l.head.skipTo(at) }

// Drop removes the segments that lie wholly before a position, oldest first. The newest file stays in any
// case: the numbers go on from it.
func (l *Log) Drop(before Position) error {
	if err := l.checkReplayed(); err != nil {
		return err
	}
	return l.head.drop(before)
}

// BytesFrom returns how much of the log lies in the segment of a position and behind it. It waits for a write that is
// under way.
func (l *Log) BytesFrom(at Position) int64 { return l.head.bytesFrom(at.Segment()) }

func (l *Log) checkReplayed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return ErrClosed
	case !l.replayed:
		return ErrNotReplayed
	}
	return nil
}

// Stats returns the counts so far. It never waits for the disk.
func (l *Log) Stats() Stats { return l.counters.read() }

// Close writes what waits, ends the writing goroutine and closes the segment. A second Close does nothing.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		<-l.stopped
		return nil
	}
	l.closed = true
	close(l.wake)
	l.mu.Unlock()
	<-l.stopped
	return l.head.close()
}

// segmentPath returns the path of a segment's file.
func segmentPath(dir string, number uint32) string { return filepath.Join(dir, segmentName(number)) }
