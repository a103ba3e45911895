package query

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// TestRealStore asks the engine every recorded question twice: over the DB and over the store by the book,
// both with the fleet. Series of counters are left out, because the DB would take their points, which
// are rates already, for counts.
func TestRealStore(t *testing.T) {
	fleet, book := tsdbtest.Fleet(), tsdbtest.NewStore(tsdbtest.FleetStepMillis)
	db := tsdbtest.OpenDB(t)
	for tags, points := range fleet.All() {
		if kind, _ := tags.Get(tag.DataSourceType); kind == "counter" {
			continue
		}
		ref, err := db.Resolve(tags.AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		for i := range points {
			points[i].Ref = ref
			book.Set(tags, points[i].Time, points[i].Value)
		}
		if refused, err := db.Append(context.Background(), points); err != nil || len(refused) > 0 {
			t.Fatalf("%s: %d refused, error %v", tags, len(refused), err)
		}
	}
	files, err := filepath.Glob("testdata/golden/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	real, plain := NewEngine(Config{Store: db}), NewEngine(Config{Store: book})
	for _, file := range files {
		for _, c := range readGolden(t, file) {
			compareEngines(t, c, real, plain)
		}
	}
}

func compareEngines(t *testing.T, c goldenCase, got, want *Engine) {
	t.Helper()
	request, err := c.request()
	if err != nil {
		t.Fatalf("%s: %v", c.ID, err)
	}
	expected, wantErr := want.Eval(context.Background(), request)
	actual, gotErr := got.Eval(context.Background(), request)
	if gotErr != nil || wantErr != nil {
		if gotErr == nil || wantErr == nil || gotErr.Error() != wantErr.Error() {
			t.Errorf("%s: error %v, by the book %v", c.ID, gotErr, wantErr)
		}
		return
	}
	if len(actual.Lines) != len(expected.Lines) {
		t.Errorf("%s  %s\n\t%d lines, by the book %d", c.ID, c.Query, len(actual.Lines), len(expected.Lines))
		return
	}
	left := actual.Lines
	for _, line := range expected.Lines {
		series := goldenSeries{Label: line.Legend, Tags: line.Tags.Map()}
		for _, v := range line.Values {
			series.Values = append(series.Values, goldenValue(v))
		}
		if left, err = series.removeFrom(left); err != nil {
			t.Errorf("%s  %s\n\t%v", c.ID, c.Query, err)
			return
		}
	}
	// The DB reads and counts whole units of its cache; of the series of several units it counts those of the largest.
	// It leaves columns out that have samples but, as the sum of opposite infinities, no value.
	if actual.Work.Columns == expected.Work.Columns && actual.Work.Samples < expected.Work.Samples {
		t.Errorf("%s  %s\n\twork %+v, by the book %+v", c.ID, c.Query, actual.Work, expected.Work)
	}
}
