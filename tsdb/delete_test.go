package tsdb_test

import (
	"context"
	"slices"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// drawDelete removes a range of some series from the model and from db.
func (m *model) drawDelete(rt *rapid.T, db *testDB) {
	where := drawPredicate(rt)
	first := m.step*(1000+rapid.Int64Range(-22, 20).Draw(rt, "first")) - rapid.Int64Range(0, m.step-1).Draw(rt, "before")
	last := first + m.step*rapid.SampledFrom([]int64{-1, 0, 1, 3, 8, 50}).Draw(rt, "span")
	want := 0
	for _, s := range m.series {
		before := len(s.slots)
		for at := range s.slots {
			if where.Matches(s.tags) && first <= at && at <= last {
				delete(s.slots, at)
			}
		}
		if len(s.slots) < before {
			want++
		}
	}
	got, err := db.Delete(context.Background(), where, first, last)
	if err != nil {
		rt.Fatal(err)
	}
	if got != want {
		rt.Fatalf("%d series had something from %d to %d, want %d", got, first, last, want)
	}
}

// checkTags compares the nodes that db lists with those that have a value.
func (m *model) checkTags(rt *rapid.T, db *testDB) {
	var want, got []string
	for _, s := range m.series {
		if node, _ := s.tags.Get("node"); len(s.slots) > 0 {
			want = append(want, node)
		}
	}
	counts, err := db.TagValues(context.Background(), tag.True{}, "node", tsdb.Page{})
	if err != nil {
		rt.Fatal(err)
	}
	for _, c := range counts {
		got = append(got, c.Text)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		rt.Fatalf("nodes %v, want %v", got, want)
	}
}
