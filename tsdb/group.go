package tsdb

import (
	"context"
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// groups holds columns by group key, in the order of their first series.
type groups struct {
	byKey map[string]*Column
	list  []*Column
	keys  []string
}

func (g *groups) add(key string, c *Column) {
	if g.byKey == nil {
		g.byKey = make(map[string]*Column)
	}
	g.byKey[key] = c
	g.keys = append(g.keys, key)
	g.list = append(g.list, c)
}

// empty forgets the columns and keeps the memory.
func (g *groups) empty() {
	clear(g.byKey)
	g.list, g.keys = g.list[:0], g.keys[:0]
}

// A member is a series of the selection and the column that it goes into.
type member struct {
	series uint32
	found  bool // it has a value in the range
	column *Column
}

// A numberedWindow is a window and its place in time.
type numberedWindow struct {
	number int64
	window window
}

// read adds the series of the shard that answer the query of r to the columns of r.
func (s *shard) read(ctx context.Context, r *reader) error {
	clear(r.strangers)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.windows == nil {
		return ErrClosed
	}
	windows := s.windowsIn(r.query)
	numbers, err := s.candidates(ctx, windows, r.files)
	if err != nil {
		return err
	}
	if len(numbers) == 0 || len(windows) == 0 {
		return nil
	}
	members, err := s.group(ctx, numbers, windows, r)
	if err != nil {
		return err
	}
	if err := r.read(ctx, members, windows); err != nil {
		return fmt.Errorf("shard %d: %w", s.number, err)
	}
	for i := range members {
		m := &members[i]
		if !m.found {
			continue
		}
		entry, err := s.describe(m.series, windows, r)
		if err != nil {
			return err
		}
		m.column.enlist(entry)
	}
	return nil
}

// windowsIn returns the windows that overlap the range of q, in order of time.
func (s *shard) windowsIn(q Query) []numberedWindow {
	first := s.grid.windowOf(s.grid.slotAt(q.Start-q.Step) + 1)
	last := s.grid.windowOf(s.grid.slotAt(q.End - q.Step))
	var windows []numberedWindow
	for _, number := range s.order {
		if number >= first && number <= last {
			windows = append(windows, numberedWindow{number, s.windows[number]})
		}
	}
	return windows
}

// group assigns the series to columns and leaves out those that lack a key or have no window in the range. The
// result is the reader's, until the next shard.
func (s *shard) group(ctx context.Context, numbers []uint32, windows []numberedWindow, r *reader) ([]member, error) {
	if err := r.makeRoom(len(numbers)); err != nil {
		return nil, err
	}
	members := r.members[:0]
	var one *Column // without grouping, the only column
	for i, number := range numbers {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !anyHolds(windows, number) {
			continue
		}
		c := one
		if c == nil {
			entry, err := s.describe(number, windows, r)
			if err != nil {
				return nil, err
			}
			if c, err = r.columnOf(entry.tags); err != nil {
				return nil, err
			}
			if c == nil {
				continue
			}
			if !r.query.PerSeries && len(r.query.By) == 0 {
				one = c
			}
		}
		members = append(members, member{series: number, column: c})
	}
	return members, r.used.addSeries(len(members))
}

// columnOf returns the column that a series with these tags goes into, a new one where it is the first of its group; nil if it lacks
// a key of Query.By.
func (r *reader) columnOf(tags canonical) (*Column, error) {
	if r.query.PerSeries {
		r.key = append(r.key[:0], tags...)
	} else {
		var complete bool
		if r.key, complete = tag.AppendSubset(r.key[:0], string(tags), r.query.By); !complete {
			return nil, nil
		}
	}
	if c, ok := r.groups.byKey[string(r.key)]; ok {
		return c, nil
	}
	c, err := r.newColumn()
	if err != nil {
		return nil, err
	}
	r.groups.add(string(r.key), c)
	return c, r.query.checkBegun(len(r.groups.list))
}

func anyHolds(windows []numberedWindow, series uint32) bool {
	for _, w := range windows {
		if w.window.holds(series) {
			return true
		}
	}
	return false
}

// enlist counts a series into c. The data source type of the series with the least ID counts.
func (c *Column) enlist(entry *series) {
	if c.Series == 0 || string(entry.id[:]) < string(c.First[:]) {
		c.First, c.Gauge = entry.id, entry.gauge
	}
	c.Series++
}
