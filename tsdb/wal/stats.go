package wal

import (
	"sync"
	"time"
)

// Stats are counts since Open, unless they say otherwise.
type Stats struct {
	Segments int   // files there are now
	Bytes    int64 // in those files

	Appends      int64 // calls of Append that were acknowledged
	Records      int64 // records in them
	Groups       int64 // groups that were written for them: Appends / Groups share one fsync
	WrittenBytes int64 // of these records, headers included
	Syncs        int64 // fsyncs of groups
	LastSync     time.Duration
	SyncTime     time.Duration // all Syncs together

	Failures     int64 // writes and fsyncs that failed; each is also logged
	FailedGroups int64 // groups that failed twice, so that their callers got the error

	ReplayedRecords int64
	ReplayedBytes   int64 // headers included
	SkippedExtents  int64 // places in the log that held no record, each logged
	SkippedBytes    int64 // in those places
	TornBytes       int64 // cut off the end of the log
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
