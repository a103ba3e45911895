package tsdb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
)

// A BudgetError reports a query that would answer with more than it allows.
type BudgetError struct {
	What  string // "lines" or "datapoints"
	Used  int
	Limit int
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("too many %s: %d > %d", e.What, e.Used, e.Limit)
}

// Select implements Selector. Shards are read side by side, but sums are always added in the same
// order, by series number within a shard and then shard by shard: the same data give the same bits.
func (db *DB) Select(ctx context.Context, q Query) iter.Seq2[Column, error] {
	return func(yield func(Column, error) bool) {
		groups, err := db.selectGroups(ctx, q)
		if err != nil {
			yield(Column{}, err)
			return
		}
		for _, c := range groups {
			if !yield(*c, nil) {
				return
			}
		}
	}
}

// selectGroups reads the shards side by side and merges their columns in the order of the shards.
func (db *DB) selectGroups(ctx context.Context, q Query) ([]*Column, error) {
	if err := db.check(q); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	m, files := newMerger(q), newFileAnswers(q.Where)
	var next atomic.Int32
	var workers sync.WaitGroup
	for range min(len(db.shards), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			r := newReader(db.grid, q, files)
			for i := int(next.Add(1)) - 1; i < len(db.shards); i = int(next.Add(1)) - 1 {
				part, err := db.shards[i].selectGroups(ctx, q, r)
				if err = errors.Join(err, m.merge(i, part, r)); err != nil {
					cancel(err)
				}
			}
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return m.all.list, nil
}

// check refuses a query that the grid cannot answer.
func (db *DB) check(q Query) error {
	switch {
	case q.Step <= 0 || q.Step%db.grid.step != 0:
		return fmt.Errorf("step %d ms is not a multiple of the %d ms that are stored", q.Step, db.grid.step)
	case q.Start%q.Step != 0 || q.End%q.Step != 0:
		return fmt.Errorf("range %d … %d ms is not on the %d ms grid", q.Start, q.End, q.Step)
	case q.Start >= q.End:
		return fmt.Errorf("empty range %d … %d ms", q.Start, q.End)
	}
	return nil
}

// A merger adds the shards' columns up. Each worker waits for its turn, so that sums are added in the order of the
// shards, and no more partial columns exist than there are workers.
type merger struct {
	query Query

	mu   sync.Mutex // guards what follows
	turn *sync.Cond // tells that next has grown
	next int        // the shard whose turn it is
	all  groups
}

func newMerger(q Query) *merger {
	m := &merger{query: q}
	m.turn = sync.NewCond(&m.mu)
	return m
}

// merge adds the columns of a shard; it must be called once for each shard. The columns that were added to others go
// back to the reader.
func (m *merger) merge(shard int, part *groups, r *reader) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.next < shard {
		m.turn.Wait()
	}
	defer m.turn.Broadcast()
	m.next++
	for i, c := range part.list {
		if c.Series == 0 {
			r.recycle(c)
			continue
		}
		key := part.keys[i]
		if into, ok := m.all.byKey[key]; ok {
			into.Merge(c)
			r.recycle(c)
			continue
		}
		c.Tags = canonical(key).tags()
		m.all.add(key, c)
		if err := m.query.checkBudget(len(m.all.list)); err != nil {
			return err
		}
	}
	return nil
}

// checkBudget reports more columns, or values in them, than q allows.
func (q Query) checkBudget(columns int) error {
	if q.MaxColumns > 0 && columns > q.MaxColumns {
		return &BudgetError{"lines", columns, q.MaxColumns}
	}
	if values := columns * q.Len(); q.MaxValues > 0 && values > q.MaxValues {
		return &BudgetError{"datapoints", values, q.MaxValues}
	}
	return nil
}
