package tsdb_test

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

var (
	churnSeries  = flag.Int("churn", 0, "run TestChurn with so many series at a time, on disk, and print what it takes")
	churnHorizon = flag.Duration("churn.horizon", 6*time.Hour, "memory horizon of that run")
	churnLife    = flag.Int64("churn.life", 60, "for how many minutes a series lives in that run; more than a day is a steady fleet, to compare")
	churnAtOnce  = flag.Bool("churn.atonce", false, "in that run replace all series at the same time, not node by node")
)

// TestChurn runs a fleet through a day of an injected clock in which every series lives for an hour, and then another
// one comes in its place: memory is flat once the retention is full.
func TestChurn(t *testing.T) {
	c := &churn{t: t, series: 400, life: 60, horizon: 2 * time.Hour, fs: vfstest.NewMemory(), dir: "/"}
	if *churnSeries > 0 {
		c.series, c.life, c.horizon, c.atOnce = *churnSeries, *churnLife, *churnHorizon, *churnAtOnce
		c.fs, c.dir = vfs.OS{}, t.TempDir()
	}
	c.run(24)
	for what, at := range map[string]func(churnHour) float64{
		"heap":            func(h churnHour) float64 { return float64(h.heapBytes) },
		"memory":          func(h churnHour) float64 { return float64(h.heapBytes + h.windowBytes) },
		"series":          func(h churnHour) float64 { return float64(h.series) },
		"values of a key": func(h churnHour) float64 { return float64(h.values) },
	} {
		slack := 0.0
		if what == "heap" || what == "memory" {
			slack = 4 << 20 // of what comes and goes with the test itself
		}
		if early, late := at(c.hours[8]), at(c.hours[23]); late > 1.1*early+slack {
			t.Errorf("%s: %.0f in hour 8, %.0f in hour 24", what, early, late)
		}
	}
	if *churnSeries > 0 && c.longest > 100*time.Millisecond {
		t.Errorf("an Append took %v, want 100 ms at most", c.longest)
	}
}

// A churn is a run of TestChurn.
type churn struct {
	t       *testing.T
	series  int   // at a time
	life    int64 // minutes
	horizon time.Duration
	atOnce  bool
	fs      vfs.FS
	dir     string

	db      *tsdb.DB
	now     int64 // minute
	refs    []tsdb.Ref
	batch   []tsdb.Point
	longest time.Duration // of all Appends
	hours   []churnHour
}

// A churnHour is what an hour took.
type churnHour struct {
	heapBytes, windowBytes uint64
	series, values         int
	longest                time.Duration // Append
	resolving              time.Duration
	born                   int
}

const (
	churnStart = int64(28_000_000) // minute
	churnNode  = 100               // series of one node
)

func (c *churn) run(hours int) {
	c.now = churnStart
	log, err := wal.Open(wal.Config{FS: c.fs, Dir: filepath.Join(c.dir, "wal")})
	if err != nil {
		c.t.Fatal(err)
	}
	defer log.Close()
	c.db, err = tsdb.New(tsdb.Config{
		Log: log, FS: c.fs, BlockDir: filepath.Join(c.dir, "blocks"), Retention: 6 * time.Hour, MemoryHorizon: c.horizon,
		Now: func() time.Time { return time.UnixMilli(c.now * 60_000) },
	})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := log.Replay(c.db.Replay); err != nil {
		c.t.Fatal(err)
	}
	if err := c.db.Start(); err != nil {
		c.t.Fatal(err)
	}
	defer c.db.Close()
	c.refs = make([]tsdb.Ref, c.series)
	for hour := range hours {
		c.hours = append(c.hours, churnHour{})
		for range 60 {
			c.minute(&c.hours[hour])
		}
		c.measure(&c.hours[hour])
	}
}

// minute publishes a value of each series; Maintain runs beside it, as it does in a server.
func (c *churn) minute(hour *churnHour) {
	c.now++
	maintained := make(chan error, 1)
	go func(now int64) { maintained <- c.db.Maintain(context.Background(), time.UnixMilli(now*60_000)) }(c.now)
	var canonical []byte
	for first := 0; first < c.series; first += 5000 {
		c.batch = c.batch[:0]
		for i := first; i < min(first+5000, c.series); i++ {
			if generation, born := c.generation(i); born {
				canonical = churnTags(i, generation).AppendCanonical(canonical[:0])
				begin := time.Now()
				ref, err := c.db.Resolve(canonical)
				hour.resolving += time.Since(begin)
				hour.born++
				if err != nil {
					c.t.Fatal(err)
				}
				c.refs[i] = ref
			}
			c.batch = append(c.batch, tsdb.Point{Ref: c.refs[i], Time: c.now * 60_000, Value: float64((int64(i)*7 + c.now) % 50)})
		}
		begin := time.Now()
		refused, err := c.db.Append(context.Background(), c.batch)
		took := time.Since(begin)
		hour.longest, c.longest = max(hour.longest, took), max(c.longest, took)
		if err != nil || len(refused) > 0 {
			c.t.Fatalf("Append: %v, %d refused", err, len(refused))
		}
	}
	if err := <-maintained; err != nil {
		c.t.Fatal(err)
	}
}

// generation tells which of the series that share place i lives, and whether it is new.
func (c *churn) generation(i int) (generation int64, born bool) {
	age := c.now - churnStart - 1
	if !c.atOnce {
		age += int64(i/churnNode) % c.life
	}
	return age / c.life, age%c.life == 0 || c.now == churnStart+1
}

func churnTags(i int, generation int64) tag.Tags {
	tags := fleetTags(i)
	for j := range tags {
		if tags[j].Key == "nf.node" {
			tags[j].Value = fmt.Sprintf("%s-%d", tags[j].Value, generation)
		}
	}
	return tags
}

// measure takes stock at the end of an hour.
func (c *churn) measure(hour *churnHour) {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	st := c.db.Stats()
	hour.heapBytes, hour.windowBytes = memory.HeapAlloc, uint64(st.WindowBytes)
	if c.fs != (vfs.FS)(vfs.OS{}) {
		hour.heapBytes = 0 // the files are in it
	}
	hour.series, hour.values = st.Series, st.Limits[1].Used
	if *churnSeries > 0 {
		c.t.Logf("hour %2d: heap %4d MB, windows %4d MB, %7d series, %7d active, %5d nodes; %6d new, %4d ns each; longest Append %v",
			len(c.hours), hour.heapBytes>>20, hour.windowBytes>>20, st.Series, st.Active, hour.values,
			hour.born, int(hour.resolving)/max(1, hour.born), hour.longest.Round(time.Millisecond))
	}
}
