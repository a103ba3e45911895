package tsdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// ErrUnknownRef reports a point whose Ref the DB has not given out, or has forgotten: resolve the tags again.
var ErrUnknownRef = errors.New("unknown series reference")

// ErrClosed reports a call after Close.
var ErrClosed = errors.New("the database is closed")

// commitPoints is how many points one commit takes at most, unless one batch alone has more:
// some 3 MB of log, written in a few milliseconds.
const commitPoints = 1 << 18

// A batch is one Append on its way through the committer.
type batch struct {
	points  []Point
	refused []Refusal
	err     error
	done    chan struct{}
}

// Append implements Appender: it normalises the samples, logs what they change, applies it. The order
// of samples within a batch is kept, and a series' samples of an earlier Append come first.
// Its error wraps that of the log; nothing was applied then.
func (db *DB) Append(ctx context.Context, points []Point) ([]Refusal, error) {
	if len(points) == 0 {
		return nil, nil
	}
	b := &batch{points: points, done: make(chan struct{})}
	if err := db.intake.put(ctx, b); err != nil {
		return nil, err
	}
	// Queued batches are answered even when the client has gone or the DB closes: the points are the
	// caller's memory until then.
	<-b.done
	return b.refused, b.err
}

// A committer turns batches into commits, one at a time:
//
//	gather   all batches that wait
//	define   the series that the log does not know yet
//	stage    per shard: what do these samples change, given all before them?
//	log      one record per shard; returns when durable
//	apply    per shard, under its lock
//	answer   all batches
//
// While the log syncs, the next batches gather: the group grows with the load, without a timer. All
// samples of a series pass here one after the other, which is what normalisation needs; and because
// a commit is staged beside the data, readers never see what is not in the log.
type committer struct {
	db      *DB
	group   []*batch
	byShard [][]pointRef
	body    []byte // of all records of a commit
	records []wal.Record
}

// A pointRef is a point of a batch of the group.
type pointRef struct{ batch, point int32 }

// run commits until the queue is closed and empty.
func (c *committer) run() {
	for first := range c.db.intake.queue {
		c.gather(first)
		err := c.commit()
		for _, b := range c.group {
			b.err = err
			close(b.done)
		}
		clear(c.group)
		c.group = c.group[:0]
	}
}

// gather takes first and whatever waits behind it.
func (c *committer) gather(first *batch) {
	c.group = append(c.group, first)
	points := len(first.points)
	for points < commitPoints {
		select {
		case b, ok := <-c.db.intake.queue:
			if !ok {
				return
			}
			c.group = append(c.group, b)
			points += len(b.points)
		default:
			return
		}
	}
}

func (c *committer) commit() error {
	c.db.committing.Lock()
	defer c.db.committing.Unlock()
	c.distribute()
	if err := c.define(); err != nil {
		return fmt.Errorf("nothing was stored: %w", err)
	}
	var counts AppendStats
	for i, places := range c.byShard {
		if len(places) > 0 {
			c.stage(c.db.shards[i], places, &counts)
		}
	}
	at := c.db.log.Stats().End // the records come behind it
	if err := c.db.log.Append(context.Background(), c.records...); err != nil {
		for _, s := range c.db.shards {
			s.mu.Lock() // Resolve may be moving what clear writes to
			s.staged.clear()
			s.mu.Unlock()
		}
		return fmt.Errorf("nothing was stored: %w", err)
	}
	change := c.db.revisions.begin()
	defer c.db.revisions.end(change)
	for i, s := range c.db.shards {
		if len(c.byShard[i]) > 0 {
			c.db.revisions.markWrites(change, s.staged.writes)
		}
	}
	for i, s := range c.db.shards {
		if len(c.byShard[i]) == 0 {
			continue
		}
		s.mu.Lock()
		s.values.logAt = max(s.values.logAt, at)
		err := s.staged.apply()
		s.staged.clear()
		s.mu.Unlock()
		if err != nil {
			c.db.logger.Error("a sealed block in memory is damaged; its log segment still has the values", "error", err)
		}
	}
	c.db.stats.add(counts)
	return nil
}

// distribute sorts the points of the group by shard and keeps their order within a shard.
func (c *committer) distribute() {
	for i := range c.byShard {
		c.byShard[i] = c.byShard[i][:0]
	}
	for i, b := range c.group {
		for j := range b.points {
			shard := b.points[j].Ref.shard()
			if shard < 0 || shard >= len(c.byShard) {
				b.refuse(j, ErrUnknownRef)
				continue
			}
			c.byShard[shard] = append(c.byShard[shard], pointRef{int32(i), int32(j)})
		}
	}
}

// definitionBytes is how much of definitions goes to the log together with the points. A request of 8 MB can
// name a gigabyte of tags, by those that all its samples share, and the log bounds one Append.
const definitionBytes = 8 << 20

// define encodes the series of the shards at hand that the log does not know yet. Where they are many, they
// are logged ahead of the points: a series without points does no harm, should those fail.
func (c *committer) define() error {
	c.body, c.records = c.body[:0], c.records[:0]
	for _, s := range c.db.shards {
		s.staged.definitions = 0 // a commit that failed may have left something
	}
	for i, places := range c.byShard {
		if len(places) == 0 {
			continue
		}
		if err := c.defineShard(c.db.shards[i]); err != nil {
			return err
		}
	}
	return nil
}

// defineShard encodes the definitions of one shard, with the states that files have told of series that came back. More
// may come meanwhile, and are not of this commit.
func (c *committer) defineShard(s *shard) error {
	s.mu.RLock()
	left := len(s.series.Table.Unlogged())
	s.mu.RUnlock()
	for left > 0 {
		at := len(c.body)
		s.mu.RLock()
		unlogged := s.series.Table.Unlogged()[s.staged.definitions:][:min(left, recordEntries)]
		n := 1
		for n < len(unlogged) && unlogged[n] == unlogged[0]+uint32(n) {
			n++
		}
		c.body = s.appendDefinitions(c.body, unlogged[0], n)
		states := s.statesOf(unlogged[:n])
		s.mu.RUnlock()
		c.record(wal.Series, seriesVersion, at)
		if len(states) > 0 {
			at = len(c.body)
			c.body = appendPointsBody(c.body, s.number, nil, states)
			c.record(wal.Points, pointsVersion, at)
		}
		s.staged.definitions += n
		left -= n
		if len(c.body) < definitionBytes {
			continue
		}
		if err := c.logDefinitions(); err != nil {
			return err
		}
	}
	return nil
}

// logDefinitions makes what define has encoded so far durable.
func (c *committer) logDefinitions() error {
	if err := c.db.log.Append(context.Background(), c.records...); err != nil {
		return err
	}
	for i, places := range c.byShard {
		if s := c.db.shards[i]; len(places) > 0 {
			s.mu.Lock()
			s.staged.defined()
			s.mu.Unlock()
		}
	}
	c.body, c.records = c.body[:0], c.records[:0]
	return nil
}

// stage computes and encodes what the points change in one shard.
func (c *committer) stage(s *shard, places []pointRef, counts *AppendStats) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, at := range places {
		b := c.group[at.batch]
		p := b.points[at.point]
		if err := s.staged.stage(p.Ref.number(), p, counts); err != nil {
			b.refuse(int(at.point), err)
			counts.Refused++
		}
	}
	s.staged.sortByWindow(s.grid)
	counts.Points += len(places)
	counts.Writes += len(s.staged.writes)
	for writes, states := s.staged.writes, s.staged.states; len(writes)+len(states) > 0; {
		w, st := min(len(writes), recordEntries), 0
		if w == len(writes) {
			// A state never comes before the writes that led to it: a crash may keep the first of these
			// records alone, and a client that sends its batch again would be told that it is late.
			st = min(len(states), recordEntries)
		}
		at := len(c.body)
		c.body = appendPointsBody(c.body, s.number, writes[:w], states[:st])
		c.record(wal.Points, pointsVersion, at)
		writes, states = writes[w:], states[st:]
	}
}

// recordEntries bounds the series, writes and states in one record, far below wal.MaxBodyBytes: a
// tag set that ingest lets through has at most some 9 kB.
const recordEntries = 1024

// record notes the bytes from c.body[at:] on as a record. Growth of c.body leaves earlier records
// with the old memory, which stays valid.
func (c *committer) record(kind wal.Type, version uint8, at int) {
	c.records = append(c.records, wal.Record{Type: kind, Version: version, Body: c.body[at:len(c.body):len(c.body)]})
}

func (b *batch) refuse(point int, err error) {
	b.refused = append(b.refused, Refusal{Index: point, Err: err})
}
