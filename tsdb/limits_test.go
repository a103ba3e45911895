package tsdb_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// refused resolves tags and returns the limit that stands against it.
func refused(t *testing.T, db *testDB, tags tag.Tags) *tsdb.LimitError {
	t.Helper()
	_, err := db.Resolve(tags.AppendCanonical(nil))
	var limit *tsdb.LimitError
	if err != nil && !errors.As(err, &limit) {
		t.Fatal(err)
	}
	return limit
}

func node(i int) tag.Tags { return tag.New("name", "cpu", "node", fmt.Sprint("i-", i)) }

// TestLimits: new series over a limit are refused and named, known ones are not, also after a restart.
func TestLimits(t *testing.T) {
	now := time.Unix(6000, 0)
	open := func(limits tsdb.Limits) *testDB {
		return openTestDB(t, vfstest.NewMemory(), tsdb.Config{Limits: limits, Now: func() time.Time { return now }})
	}
	fill := func(db *testDB, n int) {
		t.Helper()
		for i := range n {
			db.append(tsdb.Point{Ref: db.resolve(node(i)), Time: 1000 * 60_000, Value: 1})
		}
	}
	t.Run("series", func(t *testing.T) {
		db := open(tsdb.Limits{Series: 5})
		defer func() { db.close() }()
		fill(db, 5)
		for range 2 {
			if err := refused(t, db, node(5)); err == nil || err.Limit != "max-series" || err.Key != "node" || err.Value != "i-5" {
				t.Errorf("the sixth series: %+v", err)
			}
			fill(db, 5)
			db.reopen()
		}
		refused(t, db, node(6))
		if st := db.Stats().Limits[0]; st.Used != 5 || st.Max != 5 || st.Refused != 1 || st.Last.Value != "i-6" {
			t.Errorf("status %+v", st)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		db := open(tsdb.Limits{SeriesBytes: 20_000})
		defer func() { db.close() }()
		long := func(i int) tag.Tags { return tag.New("name", "cpu", "path", fmt.Sprint(i, strings.Repeat("x", 110))) }
		known := 0
		for refused(t, db, long(known)) == nil {
			known++
		}
		if known < 10 || known > 30 { // some 800 bytes each
			t.Errorf("%d series fit into 20,000 bytes", known)
		}
		for range 2 {
			if err := refused(t, db, long(1000)); err == nil || err.Limit != "max-series-bytes" || err.Key != "path" {
				t.Errorf("one more: %+v", err)
			}
			if err := refused(t, db, long(0)); err != nil {
				t.Errorf("a known one: %v", err)
			}
			for i := range known {
				db.append(tsdb.Point{Ref: db.resolve(long(i)), Time: 1000 * 60_000, Value: 1})
			}
			db.reopen()
		}
		if st := db.Stats(); st.SeriesBytes > 20_000 || st.SeriesBytes < 18_000 || st.Limits[3].Used != st.SeriesBytes {
			t.Errorf("status %+v", st)
		}
	})
	t.Run("values", func(t *testing.T) {
		db := open(tsdb.Limits{ValuesPerKey: 3})
		defer func() { db.close() }()
		fill(db, 3)
		if err := refused(t, db, node(3)); err == nil || err.Limit != "max-values-per-key" || err.Key != "node" || err.Value != "i-3" {
			t.Errorf("the fourth value: %+v", err)
		}
		if err := refused(t, db, tag.New("name", "mem", "node", "i-0")); err != nil {
			t.Errorf("a new series of known values: %v", err)
		}
		if st := db.Stats().Limits[1]; st.Used != 3 || st.Refused != 1 {
			t.Errorf("status %+v", st)
		}
	})
	t.Run("new", func(t *testing.T) {
		db := open(tsdb.Limits{Series: 20, NewSeries: 2})
		defer func() { db.close() }()
		fill(db, 12) // ten are free
		if err := refused(t, db, node(12)); err == nil || err.Limit != "max-new-series" {
			t.Errorf("the third in a minute: %+v", err)
		}
		now = now.Add(time.Minute)
		if err := refused(t, db, node(12)); err != nil {
			t.Errorf("a minute later: %v", err)
		}
		if st := db.Stats().Limits[2]; st.Used != 1 || st.Refused != 1 {
			t.Errorf("status %+v", st)
		}
		for i, leap := range []time.Duration{-time.Hour, year} { // another minute begins, as it does each minute
			now = now.Add(leap)
			for j := range 2 {
				if err := refused(t, db, node(13+2*i+j)); err != nil {
					t.Errorf("after the clock went by %s: %v", leap, err)
				}
			}
			if err := refused(t, db, node(19)); err == nil || err.Limit != "max-new-series" {
				t.Errorf("the third in a minute after the clock went by %s: %+v", leap, err)
			}
		}
	})
}

// TestCulprit: a refusal names the key that has grown, whatever the refused series has, until there is room again.
func TestCulprit(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	fsys := vfstest.NewMemory()
	db := openTestDB(t, fsys, tsdb.Config{
		Limits: tsdb.Limits{Series: 20, ValuesPerKey: 8, NewSeries: 100}, Now: func() time.Time { return now },
	})
	defer func() { db.close() }()
	write := func(tags tag.Tags) {
		t.Helper()
		db.append(tsdb.Point{Ref: db.resolve(tags), Time: 1000 * 60_000, Value: 1})
	}
	for i := range 7 { // a fleet, which has been there for long
		write(tag.New("name", "cpu", "nf.node", fmt.Sprint("i-", i), "atlas.dstype", "gauge"))
	}
	for i := range 3 {
		write(tag.New("name", fmt.Sprint("m", i), "atlas.dstype", []string{"gauge", "sum", "rate"}[i]))
	}
	now = now.Add(5 * time.Hour)
	since := now
	for i := range 30 {
		tags := tag.New("name", "cpu", "request", fmt.Sprint(i), "atlas.dstype", "gauge")
		if i < 8 {
			write(tags)
		} else if err := refused(t, db, tags); err == nil || err.Limit != "max-values-per-key" || err.Key != "request" || !err.Since.Equal(since) {
			t.Fatalf("request %d: %+v", i, err)
		}
	}
	innocent := tag.New("name", "cpu", "atlas.dstype", "counter")
	write(innocent)
	write(tag.New("name", "cpu"))
	innocent = tag.New("name", "cpu", "atlas.dstype", "gauge", "nf.zone", "a")
	check := func(when string) {
		t.Helper()
		for range 50 { // it comes with each step
			err := refused(t, db, innocent)
			if err == nil || err.Limit != "max-series" || err.Key != "request" || !err.Since.Equal(since) || err.Values != 8 {
				t.Fatalf("%s: %+v", when, err)
			}
		}
		for _, st := range db.Stats().Limits[:2] {
			if st.Last == nil || st.Last.Key != "request" || !st.Last.Since.Equal(since) || st.Last.Value == "" {
				t.Errorf("%s: status of %s: %+v", when, st.Limit, st.Last)
			}
		}
	}
	check("at once")
	refused(t, db, tag.New("name", "m9", "nf.zone", "z"))
	now = now.Add(time.Hour)
	check("an hour later")
	now = now.Add(4 * time.Hour)
	check("much later")
	db.reopen() // nobody knows how it came about; most values have request and nf.node and name, of all keys
	if err := refused(t, db, innocent); err == nil || err.Key != "request" || !err.Since.IsZero() || err.Values != 8 {
		t.Errorf("after a restart: %+v", err)
	}
}

// TestCulpritKeepsGrowing: while there are as many series as there may be, a key grows on in what is refused.
func TestCulpritKeepsGrowing(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{Limits: tsdb.Limits{Series: 10}, Now: func() time.Time { return now }})
	defer func() { db.close() }()
	for i := range 10 {
		db.append(tsdb.Point{Ref: db.resolve(node(i)), Time: 1000 * 60_000, Value: 1})
	}
	if err := refused(t, db, tag.New("name", "calm", "zone", "a")); err == nil || err.Key != "node" || err.Values != 10 {
		t.Errorf("a fleet that is too large: %+v", err)
	}
	now = now.Add(3 * time.Hour)
	for i := range 200 {
		refused(t, db, tag.New("name", "cpu", "request", fmt.Sprint(i)))
	}
	err := refused(t, db, tag.New("name", "calm", "zone", "a"))
	if err == nil || err.Key != "request" || err.Value != "199" || !err.Since.Equal(now) {
		t.Errorf("an explosion: %+v", err)
	}
	if want := `"request" has grown most, by 200 values since 2026-11-22T15:00:00Z`; err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%q, want %q", err, want)
	}
}
