package tsdb

import "sync"

// AppendStats count samples since the start, by what became of them.
type AppendStats struct {
	Points     int // samples taken
	Writes     int // slots written because of them
	Duplicates int // rates on the grid with the time of the newest: ignored
	Late       int // rates off the grid, not newer than the last: not stored
	Refused    int // answered with a Refusal
}

// Stats describe a DB at one moment.
type Stats struct {
	Append AppendStats
	// Commits is the number of log writes that the appended samples took together.
	Commits int
	// Series is the number of series that are remembered, Active of those that have values in memory. Series with
	// values in files only are neither, but for those that came or were asked for within the last hour (see evict.go).
	Series, Active int
	// SeriesBytes estimates what the series that are remembered take of the Go heap.
	SeriesBytes int
	// OpenWindows, SealedWindows and FiledWindows count windows over all shards: those that take writes, those that
	// are packed in memory, and those that are read from files only. WindowBytes is their memory.
	OpenWindows, SealedWindows, FiledWindows int
	WindowBytes                              int
	// OutsideBytes is all memory outside the Go heap, that of windows and of the cache, which the runtime's own limit and
	// figures leave out.
	OutsideBytes int
	Cache        CacheStats
	Damage       DamageStats
	// Limits are those on new series.
	Limits []LimitStatus
}

// counters gather AppendStats.
type counters struct {
	mu      sync.Mutex // guards all below
	append  AppendStats
	commits int
}

func (c *counters) add(s AppendStats) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commits++
	c.append.Points += s.Points
	c.append.Writes += s.Writes
	c.append.Duplicates += s.Duplicates
	c.append.Late += s.Late
	c.append.Refused += s.Refused
}

// Stats returns the state of db.
func (db *DB) Stats() Stats {
	var st Stats
	db.stats.mu.Lock()
	st.Append, st.Commits = db.stats.append, db.stats.commits
	db.stats.mu.Unlock()
	st.Limits = db.cardinality.Status()
	st.SeriesBytes = db.cardinality.Memory()
	if db.cache != nil {
		st.Cache = db.cache.stats()
		st.OutsideBytes += int(st.Cache.Bytes)
	}
	if db.blocks != nil {
		st.Damage = db.blocks.damage.status()
	}
	for _, s := range db.shards {
		s.mu.RLock()
		st.Series += s.series.Table.Len()
		st.Active += s.series.Index.Len()
		for _, w := range s.values.byNumber {
			switch w.(type) {
			case *openWindow:
				st.OpenWindows++
			case *filedWindow:
				st.FiledWindows++
			default:
				st.SealedWindows++
			}
			st.WindowBytes += w.sizeBytes()
		}
		st.OutsideBytes += s.values.memory.Stats().MappedBytes
		s.mu.RUnlock()
	}
	return st
}
