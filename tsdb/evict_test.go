package tsdb_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// tagCounts returns how many series with a value match, by value of a key, or by key for the empty key.
func (m *model) tagCounts(where tag.Predicate, key string) []tsdb.TagCount {
	series := map[string]int{}
	for _, s := range m.series {
		if len(s.slots) == 0 || !where.Matches(s.tags) {
			continue
		}
		for _, one := range s.tags {
			if key == "" {
				series[one.Key]++
			} else if key == one.Key {
				series[one.Value]++
			}
		}
	}
	var counts []tsdb.TagCount
	for text, n := range series {
		counts = append(counts, tsdb.TagCount{Text: text, Series: n})
	}
	slices.SortFunc(counts, func(a, b tsdb.TagCount) int { return strings.Compare(a.Text, b.Text) })
	return counts
}

// TestForgetModel runs a clock on for days, with a horizon of minutes: series are forgotten and come back, late values
// go to windows in files of series that are forgotten, values are deleted, the DB restarts; columns and tags are those of a plain map.
func TestForgetModel(t *testing.T) {
	const step = int64(60_000)
	forgotten := 0
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(step)
		now := int64(1000)
		width := int64(rapid.SampledFrom([]int{4, 10, 60}).Draw(rt, "slots"))
		db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{
			WindowSlots:   int(width),
			Shards:        rapid.IntRange(1, 3).Draw(rt, "shards"),
			BlockDir:      "/blocks",
			MemoryHorizon: time.Duration(rapid.Int64Range(1, 40).Draw(rt, "horizon")) * time.Minute,
			Now:           func() time.Time { return time.UnixMilli(now * step) },
		})
		defer func() { db.close() }()
		known := 0
		for range rapid.IntRange(1, 30).Draw(rt, "rounds") {
			switch rapid.IntRange(0, 11).Draw(rt, "event") {
			case 0:
				db.reopen()
			case 10, 11:
				from := step * (now - rapid.SampledFrom([]int64{0, 2, 30, 100, 400, 1000}).Draw(rt, "deleted"))
				m.delete(rt, db, drawPredicate(rt), from, from+step*rapid.SampledFrom([]int64{0, 1, 7, 70, 1000}).Draw(rt, "span"))
			case 1, 2, 3, 4:
				now += rapid.SampledFrom([]int64{0, 1, 2, width, 3 * width, 61, 200}).Draw(rt, "later")
				db.maintain(now)
			}
			var batch []tsdb.Point
			few := rapid.IntRange(0, len(m.series)-1).Draw(rt, "few") // some series are silent for long
			for range rapid.SampledFrom([]int{0, 1, 10}).Draw(rt, "points") {
				s := m.series[rapid.IntRange(0, few).Draw(rt, "series")]
				at := step * (now - rapid.SampledFrom([]int64{0, 0, 1, 2, 30, 100, 400}).Draw(rt, "age"))
				if again := slices.Sorted(maps.Keys(s.slots)); len(again) > 0 && rapid.Bool().Draw(rt, "again") {
					at = rapid.SampledFrom(again).Draw(rt, "slot")
				}
				v := float64(rapid.IntRange(-3, 9).Draw(rt, "value"))
				if s.isUndecided(at) {
					continue
				}
				batch = append(batch, tsdb.Point{Ref: db.resolve(s.tags), Time: at, Value: v})
				s.publish(at, v)
			}
			db.append(batch...)
			st := db.Stats()
			// A series of which everything was deleted has two numbers after a restart: that which it had before, and a new one.
			if forgotten += max(0, known-st.Series); st.Active > min(st.Series, len(m.series)) {
				rt.Fatalf("%d series, %d active of %d", st.Series, st.Active, len(m.series))
			}
			known = st.Series
			if st.Limits[0].Used != st.Series {
				rt.Fatalf("the census has %d of %d series", st.Limits[0].Used, st.Series)
			}
			q := drawQuery(rt, step)
			q.Start += step * (now - 1000 - rapid.SampledFrom([]int64{0, 60, 300}).Draw(rt, "ago"))
			q.Start -= q.Start % q.Step
			q.End = q.Start + q.Step*rapid.Int64Range(1, 60).Draw(rt, "columns")
			sameColumns(rt, q, columns(rt, db, q), columns(rt, m.oracle(), q))
			sameTags(rt, db, m, q.Where)
		}
	})
	if forgotten < 10 {
		t.Errorf("%d series were forgotten: this tests nothing", forgotten)
	}
}

// sameTags compares keys and values, whole and by page.
func sameTags(t rapid.TB, db *testDB, m *model, where tag.Predicate) {
	t.Helper()
	for _, key := range []string{"", "name", "node", "zone", "nowhere"} {
		ask := func(page tsdb.Page) []tsdb.TagCount {
			t.Helper()
			list := func() ([]tsdb.TagCount, error) { return db.TagValues(context.Background(), where, key, page) }
			if key == "" {
				list = func() ([]tsdb.TagCount, error) { return db.TagKeys(context.Background(), where, page) }
			}
			counts, err := list()
			if err != nil {
				t.Fatal(err)
			}
			return counts
		}
		want := m.tagCounts(where, key)
		got := ask(tsdb.Page{})
		if len(got)+len(want) > 0 && cmp.Diff(want, got) != "" {
			t.Fatalf("tags of %q where %v (-want +got)\n%s", key, where, cmp.Diff(want, got))
		}
		var paged []tsdb.TagCount
		for after := ""; ; after = paged[len(paged)-1].Text {
			page := ask(tsdb.Page{After: after, Limit: 2})
			paged = append(paged, page...)
			if len(page) < 2 {
				break
			}
		}
		if len(paged) != len(got) {
			t.Fatalf("tags of %q by pages: %v, want %v", key, paged, got)
		}
	}
}

// TestRefLife: a Ref is good for an hour after Resolve and refused when its series is forgotten; resolved again, the
// series has the Ref that it had, from the files, and after a restart.
func TestRefLife(t *testing.T) {
	now := int64(1000)
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{
		BlockDir: "/blocks", MemoryHorizon: time.Hour,
		Now: func() time.Time { return time.UnixMilli(now * 60_000) },
	})
	defer func() { db.close() }()
	tags := tag.New("name", "a", "atlas.dstype", "gauge")
	first := db.resolve(tags)
	value := func(minute int64, v float64) tsdb.Point {
		return tsdb.Point{Ref: first, Time: minute * 60_000, Value: v}
	}
	db.append(value(1000, 1))
	for now = 1001; now < 1130; now++ {
		db.maintain(now)
	}
	if st := db.Stats(); st.Active != 0 || st.Series != 1 {
		t.Fatalf("%+v, want one series, at rest", st)
	}
	db.append(value(1001, 2)) // it rests, and wakes
	if st := db.Stats(); st.Active != 1 {
		t.Fatalf("%+v, want an active series", st)
	}
	for ; now < 1400; now++ {
		db.maintain(now)
	}
	if st := db.Stats(); st.Series != 0 || st.Limits[0].Used != 0 {
		t.Fatalf("%+v, want no series", st)
	}
	refused, err := db.Append(context.Background(), []tsdb.Point{value(1002, 3)})
	if err != nil || len(refused) != 1 || !errors.Is(refused[0].Err, tsdb.ErrUnknownRef) {
		t.Errorf("Append under the old Ref: %v, %v, want ErrUnknownRef", refused, err)
	}
	for range 2 {
		if again := db.resolve(tags); again != first {
			t.Errorf("Ref %d, and %d before", again, first)
		}
		if other := db.resolve(tag.New("name", fmt.Sprint("b", now))); other == first {
			t.Errorf("a new series has the Ref of a forgotten one")
		}
		db.reopen()
	}
	if got := columns(t, db, latest)["atlas.dstype=gauge, name=a"]; got.Sum == nil || got.Sum[10] != 1 || got.Sum[11] != 2 {
		t.Errorf("its values are %v", got.Sum)
	}
}

// TestNumbersAreNotUsedAgain forgets the series with the highest numbers, files and all, and restarts.
func TestNumbersAreNotUsedAgain(t *testing.T) {
	now := int64(1000)
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{
		BlockDir: "/blocks", MemoryHorizon: time.Hour, Retention: 3 * time.Hour, Shards: 1,
		Now: func() time.Time { return time.UnixMilli(now * 60_000) },
	})
	defer func() { db.close() }()
	seen := map[tsdb.Ref]bool{}
	for i := range 40 {
		ref := db.resolve(tag.New("name", fmt.Sprint("s", i)))
		if seen[ref] {
			t.Fatalf("Ref %d is used again, by series %d", ref, i)
		}
		seen[ref] = true
		db.append(tsdb.Point{Ref: ref, Time: now * 60_000, Value: 1})
		for range 15 { // the log is trimmed again and again
			now += 30
			db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "steady")), Time: now * 60_000, Value: 1})
			db.maintain(now)
		}
		if i%3 == 2 {
			db.reopen()
		}
	}
	if st := db.Stats(); st.Series > 3 {
		t.Errorf("%d series are remembered, of which each lived once", st.Series)
	}
}

// TestRevivedSeriesIsDefinedAgain: a series that comes back is logged with its tags, for the files that knew them go
// before it does.
func TestRevivedSeriesIsDefinedAgain(t *testing.T) {
	now := int64(1000)
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{
		BlockDir: "/blocks", MemoryHorizon: time.Hour, Retention: 8 * time.Hour, Shards: 1,
		Now: func() time.Time { return time.UnixMilli(now * 60_000) },
	})
	defer func() { db.close() }()
	run := func(until int64) {
		t.Helper()
		for ; now < until; now += 10 {
			db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "steady")), Time: now * 60_000, Value: 1})
			db.maintain(now)
		}
	}
	tags := tag.New("name", "a")
	before := db.resolve(tags)
	db.append(tsdb.Point{Ref: before, Time: 1000 * 60_000, Value: 1})
	run(1450)
	if st := db.Stats(); st.Series != 1 {
		t.Fatalf("%d series, want the steady one", st.Series)
	}
	after := db.resolve(tags)
	db.append(tsdb.Point{Ref: after, Time: 1450 * 60_000, Value: 2})
	for _, name := range blockFiles(t, db.fs, ".blk") { // as retention may do before its window is filed
		if err := db.fs.Remove("/blocks/" + name); err != nil {
			t.Fatal(err)
		}
	}
	db.reopen()
	q := latest
	q.Start, q.End = 1441*60_000, 1471*60_000
	if got := columns(t, db, q)["name=a"]; before != after || got.Sum == nil || got.Sum[9] != 2 {
		t.Errorf("Ref %d, then %d; its values are %v", before, after, got.Sum)
	}
}

// TestRevivedStateIsLogged: what the files told of a rate that came back, namely up to when it has values, is known after a
// restart, too, when the log has an older value only.
func TestRevivedStateIsLogged(t *testing.T) {
	now := int64(1000)
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{
		BlockDir: "/blocks", MemoryHorizon: time.Hour, Now: func() time.Time { return time.UnixMilli(now * 60_000) },
	})
	defer func() { db.close() }()
	tags := tag.New("name", "a")
	write := func(minute int64, v float64) {
		t.Helper()
		db.append(tsdb.Point{Ref: db.resolve(tags), Time: minute * 60_000, Value: v})
	}
	write(1000, 1)
	for ; now < 1450; now += 10 {
		db.maintain(now)
	}
	write(995, 2)
	db.reopen()
	write(1000, 3) // there is a value, and no newer one may have come
	if got := columns(t, db, latest)["name=a"]; got.Sum == nil || got.Sum[5] != 2 || got.Sum[10] != 1 {
		t.Errorf("values %v, want 2 at minute 995 and 1 at minute 1000", got.Sum)
	}
}
