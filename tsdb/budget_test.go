package tsdb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// minuteStep is the step of the tests here, in milliseconds.
const minuteStep = 60_000

// openNodes returns a DB in which so many series of 100 nodes have a value at slots 961 … 1020, one window.
func openNodes(t testing.TB, series int) *testDB {
	t.Helper()
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{})
	var refs []tsdb.Ref
	for i := range series {
		refs = append(refs, db.resolve(tag.New("name", fmt.Sprint("s", i), "node", fmt.Sprint(i%100))))
	}
	for slot := int64(961); slot <= 1020; slot++ {
		var batch []tsdb.Point
		for i, ref := range refs {
			batch = append(batch, tsdb.Point{Ref: ref, Time: slot * minuteStep, Value: fleetValue(i, int(slot))})
		}
		db.append(batch...)
	}
	return db
}

// TestBudgets: a query that takes more than it allows itself ends by name and number.
func TestBudgets(t *testing.T) {
	db := openNodes(t, 700)
	db.WithoutCache() // which would spare reading
	defer func() { db.close() }()
	q := tsdb.Query{
		Where: tag.True{}, By: []string{"node"}, Aggregates: tsdb.Sum | tsdb.Count,
		Start: 970 * minuteStep, End: 1000 * minuteStep, Step: minuteStep,
	}
	perSeries := q
	perSeries.By, perSeries.PerSeries = nil, true
	yearly := q // masks of half a million primary steps
	yearly.Start, yearly.End, yearly.Step = 0, 525_600*minuteStep, 60*minuteStep
	for _, c := range []struct {
		name  string
		query tsdb.Query
		set   func(q *tsdb.Query)
		want  string
	}{
		{"all fits", q, func(q *tsdb.Query) { q.MaxColumns, q.MaxSeries, q.MaxBytes = 100, 700, 1<<20 }, ""},
		{"lines", q, func(q *tsdb.Query) { q.MaxColumns = 99 }, "too many lines: 100 > 99"},
		{"many lines, refused as they begin", perSeries, func(q *tsdb.Query) { q.MaxColumns = 10 }, "too many lines: 11 > 10"},
		{"series", q, func(q *tsdb.Query) { q.MaxSeries = 5 }, "series"},
		{"bytes of columns", q, func(q *tsdb.Query) { q.MaxBytes = 40_000 }, "bytes"},
		{"bytes of members", perSeries, func(q *tsdb.Query) { q.MaxBytes = 100 }, "bytes"},
		{"bytes of masks", yearly, func(q *tsdb.Query) { q.MaxBytes = 100 * 2 * 8 * 8760 }, "bytes"},
	} {
		c.set(&c.query)
		lines := 0
		var err error
		for _, err = range db.Select(context.Background(), c.query) {
			lines++
		}
		over := (*tsdb.BudgetError)(nil)
		switch {
		case c.want == "":
			if err != nil || lines != 100 {
				t.Errorf("%s: %d lines, error %v", c.name, lines, err)
			}
		case !errors.As(err, &over) || over.Used <= over.Limit || err.Error() != c.want && over.What != c.want:
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// TestAbandonedQuery: a query whose client leaves early ends long before it would have come to its end. How long either
// takes depends on who else uses the machine; so one is held against the other.
func TestAbandonedQuery(t *testing.T) {
	db := openNodes(t, 20_000)
	defer func() { db.close() }()
	db.WithoutCache() // which would spare reading
	q := tsdb.Query{  // some 80 ms of work
		Where: tag.True{}, PerSeries: true, Aggregates: tsdb.Sum | tsdb.Count | tsdb.Min | tsdb.Max,
		Start: 840 * minuteStep, End: 1020 * minuteStep, Step: minuteStep,
	}
	whole := time.Hour
	for range 3 {
		begin := time.Now()
		for _, err := range db.Select(context.Background(), q) {
			if err != nil {
				t.Fatal(err)
			}
		}
		whole = min(whole, time.Since(begin))
	}
	least := whole // of what it went on for
	for part := time.Duration(3); part <= 24; part *= 2 {
		ctx, cancel := context.WithCancel(context.Background())
		var left time.Time
		timer := time.AfterFunc(whole/part, func() { left = time.Now(); cancel() })
		var err error
		for _, err = range db.Select(ctx, q) {
			if err != nil {
				break
			}
		}
		switch {
		case timer.Stop() || err == nil: // the machine was so busy that the query was done before
		case !errors.Is(err, context.Canceled):
			t.Fatalf("abandoned after %s: error %v, want %v", whole/part, err, context.Canceled)
		default:
			least = min(least, time.Since(left))
		}
		cancel()
	}
	if least > whole/4 {
		t.Errorf("went on for %s at least, of %s that the whole takes", least, whole)
	}
}

// TestAbandonedInTheQueue: who waits for a turn leaves at once, and takes none along.
func TestAbandonedInTheQueue(t *testing.T) {
	db := openNodes(t, 100)
	defer func() { db.close() }()
	q := tsdb.Query{Where: tag.True{}, Aggregates: tsdb.Sum, Start: 970 * minuteStep, End: 1000 * minuteStep, Step: minuteStep}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 100 {
		for _, err := range db.Select(ctx, q) {
			if !errors.Is(err, context.Canceled) {
				t.Fatal("error", err)
			}
		}
	}
	if got := columns(t, db, q); len(got) != 1 {
		t.Errorf("%d groups, want 1", len(got))
	}
}
