package tsdb

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// heldFor is how long a reader keeps the lock of a shard at a time. Commits wait for it, and with them all that publish.
const heldFor = time.Millisecond

// A passage is a reader's way through a shard. It gives the lock back every heldFor, and goes on from where it was:
//
//	windows   w0 w1 │ w2 w3 w4 │ w5        stretches: what is read together
//	members   all   │ all      │
//	          all   │ ▼ at     │
//	                  from   to
//
// What changes meanwhile is values that a commit adds, of which it may see some, as between two shards, and the form that a
// window has: its number stays. Cached units are safe from both, for changes are marked before they are made.
type passage struct {
	*shard
	*reader
	members  []member // nil before the first step
	from, to int64    // windows of the stretch under way
	at       int      // the next member that is read of them; 0: the stretch is yet to be chosen
	removals uint64   // of the series table, as of which members know their series
}

// read adds the series of the shard that answer the query of r to the columns of r.
func (s *shard) read(ctx context.Context, r *reader) error {
	clear(r.evicted)
	r.matching.ask(ctx, s, r.first, r.last())
	p := &passage{shard: s, reader: r}
	locked := turn.NewContext(ctx, nil) // nobody passes a turn on who holds the lock
	for done := false; !done; {
		if err := r.turn.Yield(ctx); err != nil {
			return err
		}
		var err error
		if done, err = p.step(locked); err != nil {
			return err
		}
	}
	return nil
}

// step reads for some time and reports whether that was all.
func (p *passage) step(ctx context.Context) (done bool, err error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.shard.values.byNumber == nil {
		return false, ErrClosed
	}
	end := time.Now().Add(p.heldFor)
	windows := p.shard.values.windowsIn(&p.rangePlan)
	switch {
	case p.members == nil:
		if err := p.find(ctx, windows); err != nil || len(p.members) == 0 {
			return true, err
		}
	case p.removals != p.series.Table.Removals():
		p.findAgain(windows)
	}
	for {
		for len(windows) > 0 && windows[0].number < p.from {
			windows = windows[1:]
		}
		if len(windows) == 0 {
			return true, nil
		}
		if p.at == 0 {
			p.from, p.to = windows[0].number, windows[p.firstStretch(windows)-1].number
		}
		n := 0
		for n < len(windows) && windows[n].number <= p.to {
			n++
		}
		if finished, err := p.readStretch(ctx, p.runsOf(windows[:n]), end); err != nil || !finished {
			return false, err
		}
		p.from, p.at = p.to+1, 0
	}
}

// find finds the members.
func (p *passage) find(ctx context.Context, windows []numberedWindow) error {
	p.removals, p.from = p.series.Table.Removals(), p.grid().WindowOf(p.first)
	numbers, err := p.candidates(ctx, windows, p.matching)
	if err != nil || len(numbers) == 0 || len(windows) == 0 {
		return err
	}
	p.members, err = p.group(ctx, numbers, windows, p.reader)
	return err
}

func (p *passage) grid() grid.Grid { return p.reader.grid }

// findAgain gives the members the series that the shard knows under their numbers now: some have been forgotten. One of which
// nobody knows anything any more has no values either.
func (p *passage) findAgain(windows []numberedWindow) {
	p.removals = p.series.Table.Removals()
	for i := range p.members {
		m := &p.members[i]
		entry, err := p.describe(m.series, windows, p.reader)
		if err != nil {
			entry = &memseries.Series{Gauge: m.kind == gauges}
			binary.BigEndian.PutUint64(entry.ID[:], m.id)
		}
		m.entry = entry
	}
}

// readStretch adds what the members have in a stretch to their columns, in their order, until the time is up.
func (p *passage) readStretch(ctx context.Context, stretch []readRun, end time.Time) (finished bool, err error) {
	for p.at < len(p.members) {
		batch := p.members[p.at:min(p.at+readAhead, len(p.members))]
		p.prefetch(batch, stretch)
		for i := range batch {
			for j := range stretch {
				if err := p.addSeries(&batch[i], &stretch[j]); err != nil {
					return false, fmt.Errorf("shard %d: %w", p.shard.number, err)
				}
			}
		}
		p.at += len(batch)
		if p.at < len(p.members) && time.Now().After(end) {
			return false, ctx.Err()
		}
	}
	return true, nil
}
