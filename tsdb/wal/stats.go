package wal

import (
	"sync"
	"time"
)

// Stats are counts since Open, unless they say otherwise.
type Stats struct {
	Segments int   // files there are now
	Bytes    int64 // in those files, now
	// End is where the last durable record ends: what is appended later lies at or behind it.
	End Position

	Appends      int64 // calls of Append that were acknowledged
	Records      int64 // records in them
	WrittenBytes int64 // of these records, their headers included
	Groups       int64 // groups they were written in; Appends / Groups is how many shared an fsync

	Syncs    int64 // fsyncs of segments
	SyncTime time.Duration
	LastSync time.Duration // how long the last one took; 0 before the first

	Failures     int64 // tries to write a group, or to end a segment, that failed
	FailedGroups int64 // groups whose second try failed too, so that their callers got the error

	Replay ReplayStats
}

// ReplayStats say what Replay found. They grow while it runs, segment by segment.
type ReplayStats struct {
	Records        int64
	Bytes          int64 // of these records, their headers included
	SkippedExtents int64 // places inside the log that held no record; each is logged
	SkippedBytes   int64 // in those places
	TornBytes      int64 // behind the last record
}

// counters are the Stats as they grow.
type counters struct {
	mu    sync.Mutex // guards stats
	stats Stats
}

func (c *counters) update(change func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.stats)
}

func (c *counters) read() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}
