package tsdb

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// Config says how a DB is laid out. The zero value but for Log works.
type Config struct {
	// Step is the primary step; 0 is one minute. It is fixed for the life of the data.
	Step time.Duration
	// WindowSlots is the number of slots per window, 1 … 360; 0 is 60. Fixed for the life of the data.
	WindowSlots int
	// Shards is the number of shards; 0 is 16. Fixed for the life of the data.
	Shards int
	// Retention is how long data are kept; 0 is for ever.
	Retention time.Duration
	// Limits bound the series.
	Limits Limits
	// Now is the clock of Limits; nil is time.Now.
	Now func() time.Time
	// Log is where commits are made durable. The DB does not close it.
	Log *wal.Log
	// Logger takes what an operator should know; nil is silence.
	Logger *slog.Logger
}

// Defaults of Config, and of meta.json.
const (
	DefaultStep        = time.Minute
	DefaultWindowSlots = 60
	// DefaultShards lets up to 16 cores work on one query; more shards make each group by dearer,
	// because every shard has columns of its own until they merge.
	DefaultShards = 16
)

// A DB is one namespace: shards of series on one step grid, over one log. It is a Resolver, an Appender
// and a Selector. Its methods may be called from many goroutines.
type DB struct {
	grid      grid
	retention time.Duration
	log       *wal.Log
	logger    *slog.Logger
	shards    []*shard
	census    *census
	stats     counters
	orphans   int // replayed values of series that no record defines

	queue   chan *batch
	closing chan struct{}
	senders sync.RWMutex // held for reading while a batch may be put into queue
	stop    sync.Once
	stopped sync.WaitGroup // the committer
}

// New returns an empty DB. Feed it the records of its log with Replay, then call Start.
func New(cfg Config) (*DB, error) {
	if cfg.Step == 0 {
		cfg.Step = DefaultStep
	}
	if cfg.WindowSlots == 0 {
		cfg.WindowSlots = DefaultWindowSlots
	}
	if cfg.Shards == 0 {
		cfg.Shards = DefaultShards
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	switch {
	case cfg.Step < time.Millisecond || cfg.Step%time.Millisecond != 0:
		return nil, fmt.Errorf("step %s is not a whole number of milliseconds", cfg.Step)
	case cfg.WindowSlots < 1 || cfg.WindowSlots > maxWindowSlots:
		return nil, fmt.Errorf("%d slots per window: want 1 to %d", cfg.WindowSlots, maxWindowSlots)
	case cfg.Shards < 1 || cfg.Shards > maxShards:
		return nil, fmt.Errorf("%d shards: want 1 to %d", cfg.Shards, maxShards)
	}
	db := &DB{
		grid:      grid{step: cfg.Step.Milliseconds(), width: cfg.WindowSlots},
		retention: cfg.Retention,
		log:       cfg.Log,
		logger:    cfg.Logger,
		census:    newCensus(cfg.Limits, cfg.Now),
		queue:     make(chan *batch, queuedBatches),
		closing:   make(chan struct{}),
	}
	for i := range cfg.Shards {
		db.shards = append(db.shards, newShard(i, db.grid, db.census))
	}
	return db, nil
}

// Start begins to take batches.
func (db *DB) Start() {
	if db.orphans > 0 {
		db.logger.Warn("values in the log belong to series that it does not define, and were skipped", "values", db.orphans)
	}
	c := &committer{db: db, byShard: make([][]place, len(db.shards))}
	db.stopped.Go(c.run)
}

// Close finishes the batches that were taken and refuses new ones. Queries go on being answered.
func (db *DB) Close() {
	db.stop.Do(func() {
		close(db.closing)
		db.senders.Lock() // nobody is about to send any more
		close(db.queue)
		db.senders.Unlock()
	})
	db.stopped.Wait()
}

// Step returns the primary step.
func (db *DB) Step() time.Duration { return time.Duration(db.grid.step) * time.Millisecond }

// WindowSlots returns the number of slots per window.
func (db *DB) WindowSlots() int { return db.grid.width }

// maxShards bounds what a Ref has room for many times over.
const maxShards = 1 << 10

// A Ref is the shard in the upper half and the series number plus one in the lower.
func newRef(shard int, number uint32) Ref { return Ref(uint64(shard)<<32 | uint64(number) + 1) }

// shard returns the shard of r, or -1 for the zero Ref.
func (r Ref) shard() int {
	if uint32(r) == 0 {
		return -1
	}
	return int(r >> 32)
}

func (r Ref) number() uint32 { return uint32(r) - 1 }

// Resolve implements Resolver. Its error is tag.ErrNotCanonical or a *LimitError.
func (db *DB) Resolve(tags []byte) (Ref, error) {
	at := shardOf(tags, len(db.shards))
	number, err := db.shards[at].resolve(tags)
	if err != nil {
		return 0, err
	}
	return newRef(at, number), nil
}

// Retain drops the windows that lie whole before now minus the retention and returns how many.
func (db *DB) Retain(now time.Time) int {
	if db.retention == 0 {
		return 0
	}
	first := db.grid.slotBefore(now.Add(-db.retention))
	dropped := 0
	for _, s := range db.shards {
		s.mu.Lock()
		dropped += s.dropBefore(first)
		s.mu.Unlock()
	}
	return dropped
}
