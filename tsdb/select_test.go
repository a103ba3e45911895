package tsdb_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// bitsQueries ask for the same data in different ways: the results of each must not depend on where the data lie.
func bitsQueries(step int64) []tsdb.Query {
	all := tsdb.Sum | tsdb.Count | tsdb.Min | tsdb.Max
	at := func(slot int64) int64 { return slot * step }
	return []tsdb.Query{
		{Where: tag.True{}, Aggregates: tsdb.Sum, Start: at(961), End: at(1021), Step: step},
		{Where: tag.True{}, Aggregates: tsdb.Sum, Start: at(970), End: at(1010), Step: step},
		{Where: tag.True{}, Aggregates: all, Start: at(950), End: at(1040), Step: step, By: []string{"zone"}},
		{Where: tag.True{}, Aggregates: all, Start: at(950), End: at(1030), Step: 5 * step, By: []string{"node"}},
		{Where: tag.True{}, Aggregates: tsdb.Sum, Start: at(952), End: at(1022), Step: 7 * step, Consolidation: tsdb.GreatestOf},
		{Where: tag.True{}, Aggregates: tsdb.Sum, Start: at(900), End: at(1200), Step: 150 * step, PerSeries: true},
	}
}

// sameBits compares two answers to the last bit.
func sameBits(t *testing.T, what string, got, want map[string]tsdb.Column) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d groups, want %d", what, len(got), len(want))
	}
	for group, w := range want {
		g := got[group]
		if g.Series != w.Series || g.Samples != w.Samples || g.First != w.First {
			t.Errorf("%s: %q has %d series and %d samples, want %d and %d", what, group, g.Series, g.Samples, w.Series, w.Samples)
			continue
		}
		for _, pair := range [][2][]float64{{g.Sum, w.Sum}, {g.Count, w.Count}, {g.Min, w.Min}, {g.Max, w.Max}} {
			for i, v := range pair[1] {
				if math.Float64bits(pair[0][i]) != math.Float64bits(v) {
					t.Fatalf("%s: %q value %d is %v, want %v", what, group, i, pair[0][i], v)
				}
			}
		}
	}
}

// TestSelectSameBits asks the same questions on one core and on two, of open and of sealed windows, and after a
// restart: the answers are equal to the last bit.
func TestSelectSameBits(t *testing.T) {
	const step, series = 60_000, 700
	db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{})
	defer func() { db.close() }()
	var refs []tsdb.Ref
	for i := range series {
		refs = append(refs, db.resolve(tag.New("name", fmt.Sprint("s", i), "node", fmt.Sprint(i%20), "zone", fmt.Sprint(i%3))))
	}
	for slot := int64(961); slot <= 1020; slot++ { // one window
		var batch []tsdb.Point
		for i, ref := range refs {
			if (i+int(slot))%11 == 0 {
				continue // a gap
			}
			batch = append(batch, tsdb.Point{Ref: ref, Time: slot * step, Value: fleetValue(i, int(slot)) * math.Pi})
		}
		db.append(batch...)
	}
	ask := func() (answers []map[string]tsdb.Column) {
		for _, q := range bitsQueries(step) {
			answers = append(answers, columns(t, db, q))
		}
		return answers
	}
	want := ask()
	compare := func(what string) {
		t.Helper()
		for i, got := range ask() {
			sameBits(t, fmt.Sprintf("query %d %s", i, what), got, want[i])
		}
	}
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	compare("on one core")
	runtime.GOMAXPROCS(2)
	compare("on two cores")
	for _, slot := range []int64{2000, 3000} { // two other windows are written: the first one is sealed
		for _, ref := range refs {
			db.append(tsdb.Point{Ref: ref, Time: slot * step, Value: 1})
		}
	}
	if st := db.Stats(); st.SealedWindows != tsdb.DefaultShards {
		t.Fatalf("%d windows are sealed, want %d", st.SealedWindows, tsdb.DefaultShards)
	}
	compare("sealed")
	db.reopen()
	compare("after a restart")
}
