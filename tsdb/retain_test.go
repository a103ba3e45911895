package tsdb_test

import (
	"context"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// A clockedDB is a DB of hours on the grid of a minute, whose clock the test sets.
type clockedDB struct {
	*testDB
	now time.Time
}

// openClocked opens a DB with data of each hour until now.
func openClocked(t *testing.T, retention time.Duration, hours int) *clockedDB {
	t.Helper()
	db := &clockedDB{testDB: openTestDB(t, vfstest.NewMemory(), tsdb.Config{Retention: retention, BlockDir: "/blocks", Shards: 2})}
	db.now = time.Unix(0, 0).Add(1000 * 24 * time.Hour)
	db.run(hours, true)
	return db
}

// run lets hours go by, with data or without.
func (db *clockedDB) run(hours int, data bool) {
	db.t.Helper()
	ref := db.resolve(tag.New("name", "a", "atlas.dstype", "gauge"))
	for range hours {
		db.now = db.now.Add(time.Hour)
		if data {
			db.append(tsdb.Point{Ref: ref, Time: db.now.UnixMilli(), Value: 1})
		}
		if err := db.Maintain(context.Background(), db.now); err != nil {
			db.t.Fatal(err)
		}
	}
}

// leap sets the clock; the next run goes on from there.
func (db *clockedDB) leap(by time.Duration) { db.now = db.now.Add(by) }

// hours returns how many hours around the time of the data have values.
func (db *clockedDB) hours() (n int) {
	db.t.Helper()
	const hour = int64(3600_000)
	q := tsdb.Query{Where: tag.True{}, Aggregates: tsdb.Count, Start: 900 * 24 * hour, End: 2000 * 24 * hour, Step: hour}
	for _, c := range columns(db.t, db, q) {
		for _, v := range c.Values(tsdb.Count) {
			if v == v {
				n++
			}
		}
	}
	return n
}

const year = 365 * 24 * time.Hour

// TestRetentionUnderLeapingClock: a clock that leaps may not empty the store at once, whatever the server writes
// itself at that time; one that has gone on for a day is believed.
func TestRetentionUnderLeapingClock(t *testing.T) {
	const kept = 72
	open := func(t *testing.T) *clockedDB {
		t.Helper()
		db := openClocked(t, kept*time.Hour, 100)
		t.Cleanup(func() { db.close() })
		if n := db.hours(); n != kept && n != kept+1 {
			t.Fatalf("%d hours are kept, want %d", n, kept)
		}
		return db
	}
	expect := func(t *testing.T, db *clockedDB, what string, least, most int) {
		t.Helper()
		if n := db.hours(); n < least || n > most {
			t.Errorf("%s: %d hours have values, want %d to %d", what, n, least, most)
		}
	}
	t.Run("ahead and corrected", func(t *testing.T) {
		db := open(t)
		db.leap(year)
		db.run(20, true) // the server's own metrics
		expect(t, db, "a year ahead", kept-24+20, kept+21)
		db.leap(-year - 20*time.Hour)
		db.run(10, true)
		expect(t, db, "corrected", kept-24+20+10, kept+21+10)
	})
	t.Run("ahead, restarted, corrected", func(t *testing.T) {
		db := open(t)
		db.leap(year)
		for range 3 {
			db.run(5, true)
			db.reopen()
		}
		expect(t, db, "a year ahead", kept-24+15, kept+16)
	})
	t.Run("ahead without data", func(t *testing.T) {
		db := open(t)
		db.leap(year)
		db.run(20, false)
		expect(t, db, "a year ahead", kept-24, kept+1)
		db.run(10, false)
		expect(t, db, "for more than a day", 0, 0)
	})
	t.Run("ahead for good", func(t *testing.T) {
		db := open(t)
		db.leap(year)
		db.run(30, true)
		expect(t, db, "a year ahead for more than a day", 30, 30)
	})
	t.Run("back and corrected", func(t *testing.T) {
		db := open(t)
		db.leap(-30 * 24 * time.Hour)
		db.run(5, true)
		expect(t, db, "a month back", kept+5, kept+6)
		db.leap(30 * 24 * time.Hour)
		db.run(2, true)
		expect(t, db, "corrected, with five hours missing", kept-5, kept-4)
	})
	t.Run("an outage", func(t *testing.T) {
		db := open(t)
		db.leap(48 * time.Hour)
		db.run(10, true)
		expect(t, db, "ten hours later", 24, kept+11)
		db.run(20, true)
		expect(t, db, "more than a day later", 30, 30+24)
	})
}
