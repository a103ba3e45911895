package tsdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
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
	// Now is the clock of Limits, and of Start; nil is time.Now.
	Now func() time.Time
	// BlockDir is the directory for windows that go to files; "" keeps all in memory, and all of the log.
	BlockDir string
	// FS is the file system of BlockDir; nil is that of the operating system.
	FS vfs.FS
	// MemoryHorizon is how long the values of a window that is in a file stay in memory, too; 0 is six hours.
	MemoryHorizon time.Duration
	// Checkpoint writes to the head of Log what other owners of records still need; see Maintain. It may be nil.
	Checkpoint func(context.Context) error
	// Log is where commits are made durable. The DB does not close it.
	Log *wal.Log
	// Logger takes what an operator should know; nil is silence.
	Logger *slog.Logger
}

// Defaults of Config, and of meta.json.
const (
	DefaultStep        = time.Minute
	DefaultWindowSlots = 60
	// DefaultShards is how many parts a commit and a query take one lock each for.
	DefaultShards = 16
	// DefaultMemoryHorizon covers what dashboards ask for.
	DefaultMemoryHorizon = 6 * time.Hour
)

// setDefaults replaces zeros.
func (cfg *Config) setDefaults() {
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
	if cfg.FS == nil {
		cfg.FS = vfs.OS{}
	}
	if cfg.MemoryHorizon == 0 {
		cfg.MemoryHorizon = DefaultMemoryHorizon
	}
}

// check refuses a layout that cannot be.
func (cfg *Config) check() error {
	switch {
	case cfg.Step < time.Millisecond || cfg.Step%time.Millisecond != 0:
		return fmt.Errorf("step %s is not a whole number of milliseconds", cfg.Step)
	case cfg.WindowSlots < 1 || cfg.WindowSlots > maxWindowSlots:
		return fmt.Errorf("%d slots per window: want 1 to %d", cfg.WindowSlots, maxWindowSlots)
	case cfg.Shards < 1 || cfg.Shards > maxShards:
		return fmt.Errorf("%d shards: want 1 to %d", cfg.Shards, maxShards)
	case cfg.Retention < 0: // all data would be too old
		return fmt.Errorf("retention %s: want 0, which is for ever, or more", cfg.Retention)
	}
	return nil
}

// A DB is one namespace: shards of series on one step grid, over one log. It is a Resolver, an Appender
// and a Selector. Its methods may be called from many goroutines.
type DB struct {
	grid        grid.Grid
	log         *wal.Log
	logger      *slog.Logger
	shards      []*shard
	tags        *index.Dictionary // of all shards
	now         func() time.Time
	cardinality *memseries.Cardinality
	stats       counters
	replay      *replay
	maintenance *maintenance
	blocks      *blockDir     // nil: no files
	turns       *turn.Queue   // of those who read for queries whose context has no turn
	heldFor     time.Duration // how long a reader holds the lock of a shard at a time
	removals    atomic.Uint64 // see Removals
	revisions   *revisions
	cache       *cache      // nil: switched off
	started     atomic.Bool // and not closed: all changes are marked in revisions

	// committing is held during a commit. Whoever holds it sees no record in the log that is not applied.
	committing sync.Mutex

	intake  *intake
	stopped sync.WaitGroup // the committer
}

// New returns a DB with what is in its block files. Feed it the records of its log with Replay, then call Start.
func New(cfg Config) (*DB, error) {
	cfg.setDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	g := grid.Grid{StepMillis: cfg.Step.Milliseconds(), Width: cfg.WindowSlots}
	db := &DB{
		grid:        g,
		log:         cfg.Log,
		logger:      cfg.Logger,
		now:         cfg.Now,
		cardinality: memseries.NewCardinality(cfg.Limits, cfg.Now),
		tags:        index.NewDictionary(),
		turns:       turn.NewQueue(turn.AllButOne()),
		heldFor:     heldFor,
		revisions:   newRevisions(g),
		cache:       newCache(),
		intake:      newIntake(),
	}
	for i := range cfg.Shards {
		db.shards = append(db.shards, newShard(i, db.grid, db.cardinality, db.tags))
	}
	db.replay = newReplay(db)
	if cfg.BlockDir != "" {
		if err := db.openBlocks(cfg.FS, cfg.BlockDir); err != nil {
			return nil, err
		}
	}
	db.maintenance = &maintenance{
		grid: g, shards: db.shards, blocks: db.blocks, log: db.log,
		revisions: db.revisions, removals: &db.removals, logger: db.logger, now: db.now,
		retention: cfg.Retention, horizon: cfg.MemoryHorizon, checkpointOthers: cfg.Checkpoint,
		committing: &db.committing,
	}
	return db, nil
}

// openBlocks opens the block files.
func (db *DB) openBlocks(fsys vfs.FS, path string) error {
	db.blocks = &blockDir{
		fsys: fsys, path: path, grid: db.grid, logger: db.logger,
		files: make(map[int64]*windowFile), refileBytes: defaultRefileBytes,
		damage: &damageNotes{grid: db.grid, logger: db.logger, now: db.now},
	}
	err := db.blocks.open()
	for _, file := range db.blocks.all() {
		if err != nil {
			break
		}
		// A log that does not reach to the files, because it was lost or the crash came before the first record behind them,
		// would say of what comes now that they have it.
		db.log.SkipTo(file.upTo)
		err = db.install(file)
	}
	if err != nil {
		return errors.Join(err, db.blocks.close())
	}
	return nil
}

// Start ends the replay, brings into memory what belongs there by Config.MemoryHorizon, and begins to take batches.
// Its error is that of a record, as in Replay; the DB can only be closed then.
func (db *DB) Start() error {
	if err := db.closeReplay(); err != nil {
		return err
	}
	db.maintenance.begin()
	c := &committer{db: db, byShard: make([][]pointRef, len(db.shards))}
	db.stopped.Go(c.run)
	db.started.Store(true)
	return nil
}

// Close finishes the batches that were taken, waits for the queries under way, shard by shard, and gives all memory
// back; what comes later is refused with ErrClosed. No Maintain may be under way. A DB that was never started is to
// be closed as well.
func (db *DB) Close() {
	db.intake.close()
	db.stopped.Wait()
	db.replay.workers.Wait()
	for _, s := range db.shards {
		s.close()
	}
	db.started.Store(false)
	db.cache.close()
	if db.blocks != nil {
		if err := db.blocks.close(); err != nil {
			db.logger.Warn("block files", "error", err)
		}
	}
}

// Step returns the primary step.
func (db *DB) Step() time.Duration { return db.grid.Step() }

// WindowSlots returns the number of slots per window.
func (db *DB) WindowSlots() int { return db.grid.Width }

// maxShards bounds what a Ref has room for many times over.
const maxShards = datadir.MaxShards

// maxWindowSlots bounds the slots per window, so that one row fits on the stack.
const maxWindowSlots = datadir.MaxWindowSlots

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
