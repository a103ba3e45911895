package tsdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// Select implements Selector. Lanes are read side by side, but sums are always added in the same order, by series
// number within a shard, shard by shard within a lane, and then lane by lane: the same data give the same bits.
func (db *DB) Select(ctx context.Context, q Query) iter.Seq2[Column, error] {
	return func(yield func(Column, error) bool) {
		columns, err := db.columns(ctx, q)
		if err != nil {
			yield(Column{}, err)
			return
		}
		for _, c := range columns {
			if !yield(*c, nil) {
				return
			}
		}
	}
}

// lanes is how many parts of the shards have columns of their own until they are merged. Sums depend on it in the last
// bits, so it is neither a setting nor the number of processors. Each lane makes each group dearer by the adding of one
// column; four are enough work apart for as many processors. By 1,000 nodes of 10,000 series: see README.md.
const lanes = 4

// columns answers q.
func (db *DB) columns(ctx context.Context, q Query) ([]*Column, error) {
	if err := db.check(q); err != nil {
		return nil, err
	}
	return db.answer(ctx, q)
}

// readGroups reads the lanes side by side and merges their columns in the order of the lanes. l is the plan for q. The
// caller's turn is others' meanwhile.
func (db *DB) readGroups(ctx context.Context, q Query, l rangePlan, used *usage, matching *condition) (*groups, error) {
	outer := ctx
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	n := min(lanes, len(db.shards))
	m := newMerger(used)
	var next atomic.Int32
	var workers sync.WaitGroup
	for range min(n, turn.AllButOne()) {
		workers.Go(func() {
			own := db.turnOf(ctx)
			defer own.End()
			within := turn.NewContext(ctx, own)
			r := newReader(db.grid, q, l, used, matching, own)
			r.heldFor = db.heldFor
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				lane := db.shards[i*len(db.shards)/n : (i+1)*len(db.shards)/n]
				err := db.readLane(within, lane, r)
				if err = errors.Join(err, m.merge(within, i, r)); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := turn.FromContext(outer).Outside(outer, func() error { workers.Wait(); return nil })
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return &m.all, err
}

// turnOf returns a turn for a reader of a query, of the task that its context is of. Queries without one share the queue
// of the DB.
func (db *DB) turnOf(ctx context.Context) *turn.Turn {
	if t := turn.FromContext(ctx); t != nil {
		return t.Fork()
	}
	return db.turns.Turn()
}

// readLane reads shards one after the other into the columns of r, which are new.
func (db *DB) readLane(ctx context.Context, lane []*shard, r *reader) error {
	r.groups.empty()
	if err := r.turn.Begin(ctx); err != nil {
		return err
	}
	for _, s := range lane {
		if err := s.read(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// check refuses a query that the grid cannot answer.
func (db *DB) check(q Query) error {
	switch {
	case q.Step <= 0 || q.Step%db.grid.StepMillis != 0:
		return fmt.Errorf("step %d ms is not a multiple of the %d ms that are stored", q.Step, db.grid.StepMillis)
	case q.Start%q.Step != 0 || q.End%q.Step != 0:
		return fmt.Errorf("range %d … %d ms is not on the %d ms grid", q.Start, q.End, q.Step)
	case q.Start >= q.End:
		return fmt.Errorf("empty range %d … %d ms", q.Start, q.End)
	}
	return nil
}

// A merger adds the lanes' columns up. Each worker waits for its turn, so that sums are added in the order of the
// lanes, and no more partial columns exist than there are workers.
type merger struct {
	used *usage
	all  groups // of the lane whose turn it is

	mu    sync.Mutex // guards what follows
	grown *sync.Cond // tells that next has
	next  int        // the lane whose turn it is
}

func newMerger(used *usage) *merger {
	m := &merger{used: used}
	m.grown = sync.NewCond(&m.mu)
	return m
}

// merge adds the columns that r has read of a lane; it must be called once for each lane. The columns that were added
// to others go back to the reader.
func (m *merger) merge(ctx context.Context, lane int, r *reader) error {
	if !m.isNext(lane) { // the one that is may need this very processor
		r.turn.End()
		m.await(lane)
	}
	defer m.done()
	if err := r.turn.Begin(ctx); err != nil {
		return err
	}
	for i, p := range r.groups.list {
		if i%64 == 0 {
			if err := r.turn.Yield(ctx); err != nil {
				return err
			}
		}
		if p.isEmpty() {
			r.recycle(p)
			continue
		}
		key := r.groups.keys[i]
		if into, ok := m.all.byKey[key]; ok {
			into.merge(p)
			r.recycle(p)
			continue
		}
		m.all.add(key, p)
		if err := m.used.checkBegun(len(m.all.list)); err != nil {
			return err
		}
	}
	return nil
}

// isNext reports whether it is a lane's turn.
func (m *merger) isNext(lane int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.next == lane
}

// await waits until it is.
func (m *merger) await(lane int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.next < lane {
		m.grown.Wait()
	}
}

// done makes it the turn of the next lane.
func (m *merger) done() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next++
	m.grown.Broadcast()
}
