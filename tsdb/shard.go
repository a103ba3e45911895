package tsdb

import (
	"hash/crc32"
	"slices"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
)

// A shard holds a fixed part of the series, chosen by a hash of their tags: a lock around what is known of them and around
// the windows of their values. Only the committer (append.go) changes it, except for new series.
type shard struct {
	number int
	grid   grid.Grid

	mu sync.RWMutex // guards all below; the committer reads its own staged state under it too

	// series has what is known of the series, and windows their values.
	series *memseries.Catalog
	values *windowSet

	// strays are remembered from question to question; they have a lock of their own.
	strays     strayCache
	impossible int     // replayed values of numbers that no series can have; they are left out
	staged     staging // of the commit under way
}

func newShard(number int, g grid.Grid, c *memseries.Cardinality, tags *index.Dictionary) *shard {
	series := memseries.NewCatalog(c, tags)
	values := newWindowSet(number, g, series)
	return &shard{
		number: number, grid: g, series: series, values: values,
		staged: staging{shard: number, series: series, values: values},
	}
}

// generation changes with what makes series ones with values in files only, and with the files: see strays.go.
func (s *shard) generation() uint64 { return s.values.moves + s.series.Departures }

// shardOf returns the shard of a tag set among n. It decides where a series is looked for after a
// restart: the hash is part of the format.
func shardOf(tags []byte, n int) int {
	return int(crc32.Checksum(tags, castagnoli) % uint32(n))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// dropBefore drops the windows that end before slot and returns how many.
func (s *shard) dropBefore(slot int64) int {
	s.mu.Lock()
	taken := s.values.takeBefore(slot)
	s.mu.Unlock()
	for _, w := range taken {
		s.leaveTaken(w)
	}
	return len(taken)
}

// close gives the memory of all windows back.
func (s *shard) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values.byNumber, s.values.order, s.values.recent = nil, nil, nil
	s.values.moves++
	s.values.memory.FreeAll()
}

// leaveTaken takes all series out of a window that the shard does not have any more, and frees it. The caller does not
// hold the lock, and others have it in between: until the end some series are in the index though their last values in
// memory are gone.
func (s *shard) leaveTaken(w window) {
	left := countedIn(w)
	s.mu.Lock()
	w.free()
	s.mu.Unlock()
	for some := range slices.Chunk(left, leaveAtOnce) {
		s.mu.Lock()
		s.series.LeaveWindow(some)
		s.mu.Unlock()
	}
}
