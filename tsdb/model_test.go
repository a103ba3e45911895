package tsdb_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A testDB is a DB over a log in memory that can be stopped and opened again.
type testDB struct {
	*tsdb.DB
	t   testing.TB
	cfg tsdb.Config
	fs  vfs.FS
	log *wal.Log
}

func openTestDB(t testing.TB, fsys vfs.FS, cfg tsdb.Config) *testDB {
	t.Helper()
	db := &testDB{t: t, fs: fsys, cfg: cfg}
	db.open()
	return db
}

func (db *testDB) open() {
	db.t.Helper()
	log, err := wal.Open(wal.Config{FS: db.fs, Dir: "/wal"})
	if err != nil {
		db.t.Fatal(err)
	}
	cfg := db.cfg
	cfg.Log, cfg.FS = log, db.fs
	db.log = log
	if db.DB, err = tsdb.New(cfg); err != nil {
		db.t.Fatal(err)
	}
	if err := errors.Join(log.Replay(db.Replay), db.Start()); err != nil {
		db.t.Fatal(err)
	}
}

func (db *testDB) close() {
	db.DB.Close()
	if err := db.log.Close(); err != nil {
		db.t.Fatal(err)
	}
}

// reopen is a restart.
func (db *testDB) reopen() {
	db.close()
	db.open()
}

func (db *testDB) resolve(tags tag.Tags) tsdb.Ref {
	db.t.Helper()
	ref, err := db.Resolve(tags.AppendCanonical(nil))
	if err != nil {
		db.t.Fatal(err)
	}
	return ref
}

func (db *testDB) append(points ...tsdb.Point) {
	db.t.Helper()
	refused, err := db.Append(context.Background(), points)
	if err != nil || len(refused) > 0 {
		db.t.Fatalf("Append: %v, refused %v", err, refused)
	}
}

// columns returns the answer to q by group.
func columns(t rapid.TB, s tsdb.Selector, q tsdb.Query) map[string]tsdb.Column {
	t.Helper()
	got := make(map[string]tsdb.Column)
	for c, err := range s.Select(context.Background(), q) {
		if err != nil {
			t.Fatalf("Select(%+v): %v", q, err)
		}
		got[c.Tags.String()] = c
	}
	return got
}

// sameColumns compares the finished values of two answers. Values are small whole numbers, so that the order of
// addition does not show.
func sameColumns(t rapid.TB, q tsdb.Query, got, want map[string]tsdb.Column) {
	t.Helper()
	for group, w := range want {
		g, ok := got[group]
		if !ok {
			if !allMissing(w, q) {
				t.Fatalf("%+v: no group %q", q, group)
			}
			continue
		}
		for _, a := range []tsdb.Aggregate{tsdb.Sum, tsdb.Count, tsdb.Min, tsdb.Max} {
			if q.Aggregates&a == 0 {
				continue
			}
			if gv, wv := g.Values(a), w.Values(a); !slices.EqualFunc(gv, wv, sameFloat) {
				t.Fatalf("%+v: group %q aggregate %d:\n got %v\nwant %v", q, group, a, gv, wv)
			}
		}
	}
	for group, g := range got {
		if _, ok := want[group]; !ok && !allMissing(g, q) {
			t.Fatalf("%+v: unexpected group %q", q, group)
		}
	}
}

func allMissing(c tsdb.Column, q tsdb.Query) bool {
	for _, a := range []tsdb.Aggregate{tsdb.Sum, tsdb.Count, tsdb.Min, tsdb.Max} {
		if q.Aggregates&a != 0 && slices.ContainsFunc(c.Values(a), func(v float64) bool { return v == v }) {
			return false
		}
	}
	return true
}

func sameFloat(a, b float64) bool { return a == b || a != a && b != b }

// A modelSeries does by the book what publishing does to one series on the grid.
type modelSeries struct {
	tags   tag.Tags
	kind   string
	newest int64
	slots  map[int64]float64
}

func (s *modelSeries) publish(at int64, v float64) {
	old, filled := s.slots[at]
	switch {
	case s.kind == "gauge":
		if !filled || v > old {
			s.slots[at] = v
		}
	case s.kind == "sum":
		s.slots[at] = old + v
	case at > s.newest:
		s.newest, s.slots[at] = at, v
	case at < s.newest && !filled:
		s.slots[at] = v
	}
}

// isUndecided reports whether a sample repeats the newest one of a rate, of which the value was deleted: it is ignored as a
// repetition while the series is remembered, and taken once it was evicted, which needs no value to happen.
func (s *modelSeries) isUndecided(at int64) bool {
	_, filled := s.slots[at]
	return s.kind == "rate" && at == s.newest && !filled
}

// A model is a set of series with the oracle built from them.
type model struct {
	step   int64
	series []*modelSeries
}

func newModel(step int64) *model {
	m := &model{step: step}
	for i := range 12 {
		kind := []string{"gauge", "sum", "rate"}[i%3]
		tags := tag.New("name", fmt.Sprintf("m%d", i%2), "node", fmt.Sprintf("n%02d", i), "atlas.dstype", kind)
		if i%4 == 0 {
			tags = tag.Sort(append(tags, tag.Tag{Key: "zone", Value: "z"}))
		}
		m.series = append(m.series, &modelSeries{tags: tags, kind: kind, slots: map[int64]float64{}})
	}
	return m
}

func (m *model) oracle() *tsdbtest.Store {
	store := tsdbtest.NewStore(m.step)
	for _, s := range m.series {
		for at, v := range s.slots {
			store.Set(s.tags, at, v)
		}
	}
	return store
}

// TestModel appends in any order, deletes, seals, writes files, restarts, and asks: a DB on the log answers as a plain
// map does.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		step := rapid.SampledFrom([]int64{5_000, 10_000, 60_000}).Draw(rt, "step")
		m := newModel(step)
		db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{
			Step:          time.Duration(step) * time.Millisecond,
			WindowSlots:   rapid.SampledFrom([]int{1, 4, 60}).Draw(rt, "slots"),
			Shards:        rapid.IntRange(1, 3).Draw(rt, "shards"),
			BlockDir:      "/blocks",
			MemoryHorizon: time.Millisecond,
		})
		defer func() { db.close() }()
		for range rapid.IntRange(1, 12).Draw(rt, "rounds") {
			if rapid.IntRange(0, 4).Draw(rt, "restart") == 0 {
				db.reopen()
			}
			var batch []tsdb.Point
			for range rapid.IntRange(0, 30).Draw(rt, "points") {
				s := m.series[rapid.IntRange(0, len(m.series)-1).Draw(rt, "series")]
				at := step * (1000 + rapid.Int64Range(-20, 20).Draw(rt, "slot"))
				v := float64(rapid.IntRange(-3, 9).Draw(rt, "value"))
				if s.isUndecided(at) {
					continue
				}
				batch = append(batch, tsdb.Point{Ref: db.resolve(s.tags), Time: at, Value: v})
				s.publish(at, v)
			}
			db.append(batch...)
			if rapid.IntRange(0, 3).Draw(rt, "maintain") == 0 {
				// Windows that end before this go to files, and out of memory.
				now := step * (1000 + rapid.Int64Range(-20, 200).Draw(rt, "now"))
				if err := db.Maintain(context.Background(), time.UnixMilli(now)); err != nil {
					rt.Fatal(err)
				}
			}
			if rapid.IntRange(0, 2).Draw(rt, "delete") == 0 {
				m.drawDelete(rt, db)
			}
			for _, q := range []tsdb.Query{drawQuery(rt, step), m.always()} {
				sameColumns(rt, q, columns(rt, db, q), columns(rt, m.oracle(), q))
			}
			m.checkTags(rt, db)
		}
	})
}

// always is the question of a dashboard: what is asked again and again may come from a cache.
func (m *model) always() tsdb.Query {
	return tsdb.Query{
		Where: tag.True{}, By: []string{"node"}, Aggregates: tsdb.Sum | tsdb.Count,
		Start: 970 * m.step, End: 1030 * m.step, Step: m.step,
	}
}

func drawQuery(rt *rapid.T, primary int64) tsdb.Query {
	step := primary * rapid.SampledFrom([]int64{1, 1, 2, 5, 7}).Draw(rt, "ratio")
	start := primary * (975 + rapid.Int64Range(0, 40).Draw(rt, "start"))
	start -= start % step
	return tsdb.Query{
		Where:         drawPredicate(rt),
		By:            rapid.SampledFrom([][]string{nil, {"name"}, {"node", "name"}, {"zone"}}).Draw(rt, "by"),
		PerSeries:     rapid.IntRange(0, 5).Draw(rt, "all") == 0,
		Start:         start,
		End:           start + step*rapid.Int64Range(1, 30).Draw(rt, "length"),
		Step:          step,
		Aggregates:    tsdb.Aggregate(rapid.IntRange(1, 15).Draw(rt, "aggregates")),
		Consolidation: tsdb.Consolidation(rapid.IntRange(0, 3).Draw(rt, "consolidation")),
	}
}

func drawPredicate(rt *rapid.T) tag.Predicate {
	return rapid.SampledFrom([]tag.Predicate{
		tag.True{}, tag.Equal{Key: "name", Value: "m1"}, tag.Not{Inner: tag.Has{Key: "zone"}}, tag.False{},
	}).Draw(rt, "where")
}

// TestNormalisationSurvivesRestart feeds samples off the grid, of counters too, to a DB that restarts
// between batches and to one that does not: both hold the same values, to the last bit.
func TestNormalisationSurvivesRestart(t *testing.T) {
	const step = 10_000
	cfg := tsdb.Config{Step: step * time.Millisecond, WindowSlots: 8, Shards: 2}
	steady := openTestDB(t, vfstest.NewMemory(), cfg)
	defer func() { steady.close() }()
	restarting := openTestDB(t, vfstest.NewMemory(), cfg)
	defer func() { restarting.close() }()
	random := rand.New(rand.NewPCG(7, 11))
	now := int64(10_000_000)
	var tags []tag.Tags
	for i := range 20 {
		tags = append(tags, tag.New("name", fmt.Sprint("s", i), "atlas.dstype", []string{"rate", "counter", "gauge", "sum"}[i%4]))
	}
	for range 60 {
		now += random.Int64N(2 * step)
		for _, db := range []*testDB{steady, restarting} {
			var batch []tsdb.Point
			r := rand.New(rand.NewPCG(uint64(now), 1))
			for i, one := range tags {
				at := now + r.Int64N(step) - step/2
				if i%5 == 0 {
					at -= at % step
				}
				batch = append(batch, tsdb.Point{Ref: db.resolve(one), Time: at, Value: r.Float64() * 100})
			}
			db.append(batch...)
		}
		restarting.reopen()
	}
	q := tsdb.Query{
		Where: tag.True{}, PerSeries: true, Aggregates: tsdb.Sum, Step: step,
		Start: 9_900_000, End: now - now%step + 10*step,
	}
	got, want := columns(t, restarting, q), columns(t, steady, q)
	if len(want) != len(tags) {
		t.Fatalf("%d series, want %d", len(want), len(tags))
	}
	for name, w := range want {
		for i, v := range w.Sum {
			if g := got[name].Sum[i]; math.Float64bits(g) != math.Float64bits(v) {
				t.Errorf("%s at %d: %v after restarts, %v without", name, q.Start+int64(i)*step, g, v)
			}
		}
	}
}
