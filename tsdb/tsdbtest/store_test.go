package tsdbtest

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// The data and the answers are a worked example of consolidation as Atlas does it; %s is the data source type.
const consolidationText = `
step 60s
start 1970-01-01T00:01:00Z
series name=q k=1 atlas.dstype=%   1  2  3 NaN  5  6 NaN NaN  9 10 11 12 13 14 15 16 17 18 19
series name=q k=2 atlas.dstype=%  10 NaN 10 NaN 10 NaN NaN NaN 10 10 10 10 10
`

const minute = 60_000

func TestSelectConsolidates(t *testing.T) {
	cases := []struct {
		name         string
		aggregate    tsdb.Aggregate
		how          tsdb.Consolidation
		rate, gauges []float64
	}{
		{"K01", tsdb.Sum, tsdb.Average, []float64{8.666666666666666, 7, 6.333333333333333, 21}, []float64{8.666666666666666, 10.5, 19, 21}},
		{"K02", tsdb.Sum, tsdb.TotalOf, []float64{26, 21, 19, 63}, nil},
		{"K03", tsdb.Sum, tsdb.GreatestOf, []float64{13, 16, 19, 22}, nil},
		{"K04", tsdb.Sum, tsdb.LeastOf, []float64{11, 15, 19, 20}, nil},
		{"K05", tsdb.Count, tsdb.Average, []float64{1.6666666666666667, 1, 0.6666666666666666, 2}, []float64{1.6666666666666667, 1.5, 2, 2}},
		{"K06", tsdb.Count, tsdb.TotalOf, []float64{5, 3, 2, 6}, nil},
		{"K07", tsdb.Count, tsdb.GreatestOf, []float64{2, 2, 2, 2}, nil},
		{"K08", tsdb.Min, tsdb.LeastOf, []float64{1, 5, 9, 10}, nil},
		{"K09", tsdb.Max, tsdb.GreatestOf, []float64{10, 10, 10, 12}, nil},
		{"K10", tsdb.Max, tsdb.Average, []float64{6.666666666666667, 3.6666666666666665, 3.3333333333333335, 11}, []float64{6.666666666666667, 5.5, 10, 11}},
		{"K11", tsdb.Max, tsdb.TotalOf, []float64{20, 11, 10, 33}, nil},
	}
	for _, c := range cases {
		q := tsdb.Query{
			Where: tag.Equal{Key: "name", Value: "q"}, Start: 3 * minute, End: 15 * minute, Step: 3 * minute,
			Aggregates: c.aggregate, Consolidation: c.how,
		}
		if c.gauges == nil {
			c.gauges = c.rate
		}
		for dsType, want := range map[string][]float64{"rate": c.rate, "gauge": c.gauges} {
			got := selectOne(t, parse(t, strings.ReplaceAll(consolidationText, "%", dsType)), q)
			if diff := cmp.Diff(want, got.Values(c.aggregate)); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", c.name, dsType, diff)
			}
		}
	}
}

func TestSelectGroups(t *testing.T) {
	store := parse(t, `
step 60s
series name=a app=www node=i1  1   2   3 NaN
series name=a app=www node=i2 10 NaN  30 NaN
series name=a app=db  node=i3 100 200 NaN NaN
series name=a node=i4           7   7   7   7
`)
	q := tsdb.Query{Where: tag.True{}, By: []string{"app"}, End: 4 * minute, Step: minute, Aggregates: tsdb.Sum | tsdb.Count | tsdb.Min | tsdb.Max}
	want := []tsdb.Column{
		{Tags: tag.New("app", "www"), Sum: []float64{11, 2, 33, nan}, Count: []float64{2, 1, 2, nan},
			Min: []float64{1, 2, 3, nan}, Max: []float64{10, 2, 30, nan}, SubSteps: 1, Series: 2, Samples: 5},
		{Tags: tag.New("app", "db"), Sum: []float64{100, 200, nan, nan}, Count: []float64{1, 1, nan, nan},
			Min: []float64{100, 200, nan, nan}, Max: []float64{100, 200, nan, nan}, SubSteps: 1, Series: 1, Samples: 2},
	}
	got := selectAll(t, store, q)
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.IgnoreFields(tsdb.Column{}, "First")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	q.PerSeries = true
	if got := selectAll(t, store, q); len(got) != 4 {
		t.Errorf("per series: %d columns, want 4", len(got))
	}
}

// Merging the columns of disjoint stores gives the column of one store.
func TestColumnsMerge(t *testing.T) {
	text := strings.ReplaceAll(consolidationText, "%", "gauge")
	whole := parse(t, text)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	left := parse(t, strings.Join(lines[:3], "\n"))
	right := parse(t, strings.Join([]string{lines[0], lines[1], lines[3]}, "\n"))
	q := tsdb.Query{Where: tag.True{}, Start: 3 * minute, End: 15 * minute, Step: 3 * minute, Aggregates: tsdb.Sum | tsdb.Count | tsdb.Min | tsdb.Max}
	want, got, other := selectOne(t, whole, q), selectOne(t, right, q), selectOne(t, left, q)
	got.Merge(&other)
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSelectErrors(t *testing.T) {
	store := NewStore(minute)
	for _, q := range []tsdb.Query{
		{Where: tag.True{}, End: 90_000, Step: 90_000},
		{Where: tag.True{}, Start: 1, End: minute, Step: minute},
	} {
		for _, err := range store.Select(context.Background(), q) {
			if err == nil {
				t.Errorf("%+v: a column, want an error", q)
			}
		}
	}
}

func TestFleet(t *testing.T) {
	store := Fleet()
	points := 0
	for _, p := range store.All() {
		points += len(p)
	}
	if store.Len() != 550 {
		t.Errorf("%d series, want 550", store.Len())
	}
	q := tsdb.Query{Where: tag.Has{Key: "name"}, Start: FleetFirst, End: FleetLast + minute, Step: minute, Aggregates: tsdb.Count}
	if got := selectOne(t, store, q); got.Series != 550 || got.Samples != 139_436 {
		t.Errorf("%d series with %d samples, want 550 with 139436", got.Series, got.Samples)
	}
}

var nan = math.NaN()

func parse(t *testing.T, text string) *Store {
	t.Helper()
	store, err := ParseStore(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func selectAll(t *testing.T, store *Store, q tsdb.Query) []tsdb.Column {
	t.Helper()
	var columns []tsdb.Column
	for c, err := range store.Select(context.Background(), q) {
		if err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	return columns
}

func selectOne(t *testing.T, store *Store, q tsdb.Query) tsdb.Column {
	t.Helper()
	columns := selectAll(t, store, q)
	if len(columns) != 1 {
		t.Fatalf("%d columns, want 1", len(columns))
	}
	return columns[0]
}
