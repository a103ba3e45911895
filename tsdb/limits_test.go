package tsdb_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
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
		return openTestDB(t, vfs.NewMemory(), tsdb.Config{Limits: limits, Now: func() time.Time { return now }})
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
