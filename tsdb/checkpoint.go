package tsdb

import (
	"context"

	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// checkpoint writes to the head of the log what older segments may hold alone: the definitions of the series that are
// remembered, which numbers have been given out, the normaliser's states, and what the other owners of records have.
// Definitions never change; states are written between commits, so that no older one comes behind a newer one.
func (m *maintenance) checkpoint(ctx context.Context) error {
	for _, s := range m.shards {
		if err := m.checkpointDefinitions(ctx, s); err != nil {
			return err
		}
		if err := m.checkpointStates(ctx, s); err != nil {
			return err
		}
	}
	if m.checkpointOthers == nil {
		return nil
	}
	return m.checkpointOthers(ctx)
}

// checkpointBytes is how much of definitions is written at once.
const checkpointBytes = 1 << 20

func (m *maintenance) checkpointDefinitions(ctx context.Context, s *shard) error {
	var bodies []byte // of the records that are written at once; the log has copied them when it returns
	var records []wal.Record
	for from, more := uint32(0), true; more; {
		bodies, records = bodies[:0], records[:0]
		for more && len(bodies) < checkpointBytes {
			at := len(bodies)
			bodies, from, more = s.definitionsFrom(bodies, from)
			records = append(records, wal.Record{Type: wal.Series, Version: seriesVersion, Body: bodies[at:len(bodies):len(bodies)]})
		}
		if err := m.log.Append(ctx, records...); err != nil {
			return err
		}
	}
	return nil
}

// definitionsFrom appends a record body with definitions of series from a number on, as many as follow each other
// immediately, and says where to go on. The last body tells the next number that is free.
func (s *shard) definitionsFrom(dst []byte, from uint32) (body []byte, next uint32, more bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	first, n := s.series.Table.Run(from, recordEntries)
	if n == 0 {
		return appendSeriesHead(dst, s.number, s.series.Table.Next(), 0), from, false
	}
	return s.appendDefinitions(dst, first, n), first + uint32(n), true
}

func (m *maintenance) checkpointStates(ctx context.Context, s *shard) error {
	m.committing.Lock()
	defer m.committing.Unlock()
	var records []wal.Record
	s.mu.RLock()
	var states []stagedState
	for number, entry := range s.series.Table.All(0) {
		if entry.State != (normalize.State{}) {
			states = append(states, stagedState{series: number, mustLog: true, state: entry.State})
		}
	}
	s.mu.RUnlock()
	for len(states) > 0 {
		n := min(len(states), recordEntries)
		records = append(records, wal.Record{
			Type: wal.Points, Version: pointsVersion, Body: appendPointsBody(nil, s.number, nil, states[:n]),
		})
		states = states[n:]
	}
	return m.log.Append(ctx, records...)
}
