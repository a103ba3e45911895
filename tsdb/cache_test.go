package tsdb_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// sameAnswer compares two answers to the last bit, with everything that is known of the columns.
func sameAnswer(t testing.TB, what string, got, want map[string]tsdb.Column) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d groups, want %d", what, len(got), len(want))
	}
	bits := func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
	for group, w := range want {
		g := got[group]
		if g.Series != w.Series || g.Samples != w.Samples || g.First != w.First || g.Gauge != w.Gauge || g.SubSteps != w.SubSteps {
			t.Fatalf("%s: %q has %d series, %d samples, first %x, gauge %t, want %d, %d, %x, %t",
				what, group, g.Series, g.Samples, g.First, g.Gauge, w.Series, w.Samples, w.First, w.Gauge)
		}
		if !slices.Equal(g.Present, w.Present) {
			t.Fatalf("%s: %q present\n got %x\nwant %x", what, group, g.Present, w.Present)
		}
		for i, pair := range [][2][]float64{{g.Sum, w.Sum}, {g.Count, w.Count}, {g.Min, w.Min}, {g.Max, w.Max}} {
			if !slices.EqualFunc(pair[0], pair[1], bits) {
				t.Fatalf("%s: %q aggregate %d\n got %v\nwant %v", what, group, i, pair[0], pair[1])
			}
		}
	}
}

// TestCacheAnswersAsReadingDoes writes, late too, and asks, the same and other things, two databases that differ by
// nothing but that one has a cache: the answers are the same to the last bit.
func TestCacheAnswersAsReadingDoes(t *testing.T) {
	hits, stale := uint64(0), uint64(0)
	rapid.Check(t, func(rt *rapid.T) {
		const step = 60_000
		now := int64(1040)
		cfg := tsdb.Config{
			WindowSlots:   rapid.SampledFrom([]int{4, 12, 60}).Draw(rt, "slots"),
			Shards:        rapid.SampledFrom([]int{1, 3, 8}).Draw(rt, "shards"),
			BlockDir:      "/blocks",
			MemoryHorizon: time.Millisecond,
			Now:           func() time.Time { return time.UnixMilli(now * step) },
		}
		if rapid.Bool().Draw(rt, "forgets") {
			cfg.Retention = 50 * time.Minute
		}
		dbs := []*testDB{openTestDB(t, vfstest.NewMemory(), cfg), openTestDB(t, vfstest.NewMemory(), cfg)}
		dbs[1].WithoutCache()
		defer func() { dbs[0].close(); dbs[1].close() }()
		m := newModel(step)
		var asked []tsdb.Query
		for range rapid.IntRange(2, 14).Draw(rt, "rounds") {
			now += rapid.Int64Range(0, 3).Draw(rt, "passed")
			var batch []tsdb.Point
			for range rapid.IntRange(0, 20).Draw(rt, "points") {
				s := m.series[rapid.IntRange(0, len(m.series)-1).Draw(rt, "series")]
				slot := now - rapid.SampledFrom([]int64{0, 1, 2, 3, 9, 20, 55}).Draw(rt, "age")
				value := rapid.Float64Range(-1, 1).Draw(rt, "value")
				ref := dbs[0].resolve(s.tags)
				if other := dbs[1].resolve(s.tags); other != ref {
					rt.Fatal("the databases number their series differently")
				}
				batch = append(batch, tsdb.Point{Ref: ref, Time: slot * step, Value: value})
			}
			maintain := rapid.IntRange(0, 3).Draw(rt, "maintain") == 0
			deleted := int64(-1)
			if rapid.IntRange(0, 9).Draw(rt, "delete") == 0 {
				deleted = now - rapid.Int64Range(0, 40).Draw(rt, "deleted")
			}
			for _, db := range dbs {
				if deleted >= 0 {
					where := tag.Equal{Key: "name", Value: "m1"}
					if _, err := db.Delete(context.Background(), where, (deleted-5)*step, deleted*step); err != nil {
						rt.Fatal(err)
					}
				}
				if _, err := db.Append(context.Background(), batch); err != nil {
					rt.Fatal(err)
				}
				if maintain {
					if err := db.Maintain(context.Background(), time.UnixMilli((now+120)*step)); err != nil {
						rt.Fatal(err)
					}
				}
			}
			q := drawQuery(rt, step)
			q.End = min(q.End+q.Step*rapid.Int64Range(0, 60).Draw(rt, "longer"), (now+5)*step/q.Step*q.Step)
			if q.Start < q.End {
				asked = append(asked, q)
			}
			for _, q := range asked {
				sameAnswer(t, fmt.Sprintf("%+v", q), columns(t, dbs[0], q), columns(t, dbs[1], q))
			}
		}
		st := dbs[0].Stats().Cache
		hits, stale = hits+st.Hits, stale+st.Stale
	})
	if hits == 0 || stale == 0 {
		t.Errorf("%d hits, %d of them stale: the test tests nothing", hits, stale)
	}
}

// TestCacheUnderWrites asks while others write, late too, and windows are sealed, filed and dropped. What is answered
// afterwards is what is there: nothing that was read halfway through a commit was kept.
func TestCacheUnderWrites(t *testing.T) {
	const step, series, writers = 60_000, 40, 2
	now := time.UnixMilli(1200 * step)
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{
		WindowSlots: 12, BlockDir: "/blocks", MemoryHorizon: time.Millisecond, Retention: 200 * time.Minute,
		Now: func() time.Time { return now },
	})
	defer func() { db.close() }()
	var refs []tsdb.Ref
	for i := range series {
		refs = append(refs, db.resolve(tag.New("name", fmt.Sprint("s", i), "node", fmt.Sprint(i%4), "atlas.dstype", "gauge")))
	}
	q := tsdb.Query{Where: tag.True{}, By: []string{"node"}, Aggregates: tsdb.Sum, Start: 1020 * step, End: 1190 * step, Step: step}
	ctx, stop := context.WithCancel(context.Background())
	var writing, asking sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 5))
			for range 300 {
				var batch []tsdb.Point
				for range 20 {
					at := step * (1010 + random.Int64N(170))
					batch = append(batch, tsdb.Point{Ref: refs[random.IntN(series)], Time: at, Value: random.Float64()})
				}
				if _, err := db.Append(context.Background(), batch); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		asking.Go(func() {
			for ctx.Err() == nil {
				for _, err := range db.Select(ctx, q) {
					if err != nil && !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
				}
			}
		})
	}
	asking.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			if err := db.Maintain(context.Background(), now.Add(time.Duration(i%30)*time.Minute)); err != nil {
				t.Error(err)
			}
		}
	})
	writing.Wait()
	stop()
	asking.Wait()
	columns(t, db, q)
	got := columns(t, db, q) // from the cache, as far as it holds
	if st := db.Stats().Cache; st.Hits == 0 || st.Stale == 0 {
		t.Errorf("%+v: the test tests nothing", st)
	}
	db.WithoutCache()
	sameAnswer(t, "after all writes", got, columns(t, db, q))
}

// TestCacheRefresh: a step later only what is new is read.
func TestCacheRefresh(t *testing.T) {
	const step, series = 60_000, 50
	now := int64(1000)
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{Now: func() time.Time { return time.UnixMilli(now*step + 5000) }})
	defer func() { db.close() }()
	var refs []tsdb.Ref
	for i := range series {
		refs = append(refs, db.resolve(tag.New("name", fmt.Sprint("s", i))))
	}
	publish := func() {
		now++
		var batch []tsdb.Point
		for i, ref := range refs {
			batch = append(batch, tsdb.Point{Ref: ref, Time: now * step, Value: fleetValue(i, int(now))})
		}
		db.append(batch...)
	}
	ask := func() tsdb.CacheStats {
		before := db.Stats().Cache
		q := tsdb.Query{Where: tag.True{}, Aggregates: tsdb.Sum, Start: (now - 179) * step, End: (now + 1) * step, Step: step}
		columns(t, db, q)
		after := db.Stats().Cache
		return tsdb.CacheStats{Hits: after.Hits - before.Hits, Misses: after.Misses - before.Misses, Stale: after.Stale - before.Stale}
	}
	for range 200 {
		publish()
	}
	ask()
	for range 25 {
		publish()
		if st := ask(); st.Hits < 17 || st.Misses > 1 || st.Stale > 0 {
			t.Fatalf("a step later: %+v, want 17 parts of 10 steps or more from the cache", st)
		}
	}
	db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "new")), Time: (now - 100) * step, Value: 1}) // late
	if st := ask(); st.Stale != 1 {
		t.Errorf("after a late write: %+v, want one part to be stale", st)
	}
}

// TestCacheKeepsQuestionsApart asks for things whose text might be the same.
func TestCacheKeepsQuestionsApart(t *testing.T) {
	const step = 60_000
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{})
	defer func() { db.close() }()
	for i, tags := range []tag.Tags{
		tag.New("name", "a", "k", "b,c"), tag.New("name", "a", "k", "b"), tag.New("name", "a,k", "c", "b"), tag.New("name", "ab", "k", "c"),
	} {
		for slot := int64(1); slot <= 60; slot++ {
			db.append(tsdb.Point{Ref: db.resolve(tags), Time: slot * step, Value: float64(int(1) << i)})
		}
	}
	equal := func(key, value string) tag.Predicate { return tag.Equal{Key: key, Value: value} }
	for _, where := range []tag.Predicate{
		tag.In{Key: "k", Values: []string{"b,c"}}, tag.In{Key: "k", Values: []string{"b", "c"}},
		tag.Or{Left: equal("name", "a"), Right: tag.And{Left: equal("k", "b"), Right: tag.Not{Inner: tag.Has{Key: "c"}}}},
		tag.And{Left: tag.Or{Left: equal("name", "a"), Right: equal("k", "b")}, Right: tag.Not{Inner: tag.Has{Key: "c"}}},
		equal("name", "a"), equal("name", "a,k"), equal("name", "ab"), tag.Has{Key: "c"}, tag.True{}, tag.False{},
		tag.Compare{Key: "k", Order: tag.Less, Value: "c"}, tag.Compare{Key: "k", Order: tag.GreaterOrEqual, Value: "c"},
		tag.Not{Inner: equal("name", "a")},
	} {
		for _, by := range [][]string{nil, {"name"}, {"k", "name"}} {
			for _, aggregates := range []tsdb.Aggregate{tsdb.Sum, tsdb.Count, tsdb.Sum | tsdb.Max} {
				q := tsdb.Query{Where: where, By: by, Aggregates: aggregates, Start: step, End: 61 * step, Step: step}
				columns(t, db, q)
				got := columns(t, db, q) // from the cache
				want := map[string]tsdb.Column{}
				short := q
				for short.Start = step; short.Start < q.End; short.Start += step { // too short for it
					short.End = short.Start + step
					for group, c := range columns(t, db, short) {
						w := want[group]
						w.Sum, w.Count, w.Max = append(w.Sum, c.Sum...), append(w.Count, c.Count...), append(w.Max, c.Max...)
						want[group] = w
					}
				}
				if len(got) != len(want) {
					t.Fatalf("%+v: %d groups, want %d", q, len(got), len(want))
				}
				for group, w := range want {
					if g := got[group]; !slices.Equal(g.Sum, w.Sum) || !slices.Equal(g.Count, w.Count) || !slices.Equal(g.Max, w.Max) {
						t.Fatalf("%+v: group %q: got %v, want %v", q, group, g, w)
					}
				}
			}
		}
	}
	if st := db.Stats().Cache; st.Hits == 0 {
		t.Error("no hits: the test tests nothing")
	}
}
