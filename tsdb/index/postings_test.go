package index

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anyPostings draws short and long lists, dense and sparse.
func anyPostings(t *rapid.T, name string) postings {
	most := rapid.SampledFrom([]uint32{10, 300, 100_000}).Draw(t, name+" bound")
	list := rapid.SliceOfN(rapid.Uint32Range(0, most), 0, 200).Draw(t, name)
	slices.Sort(list)
	return slices.Compact(list)
}

// TestPostings compares the operations with filters that look at everything.
func TestPostings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyPostings(t, "a"), anyPostings(t, "b")
		var both, left postings
		for _, series := range a {
			if slices.Contains(b, series) {
				both = append(both, series)
			} else {
				left = append(left, series)
			}
		}
		either := slices.Concat(a, b)
		slices.Sort(either)
		either = slices.Compact(either)

		check := func(what string, got, want postings) {
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s (-want +got)\n%s", what, diff)
			}
		}
		check("intersect", intersect(a, b), both)
		check("subtract", subtract(a, b), left)
		check("union", union([]postings{a, b, nil, a}, 100_001), either)
		check("union, sorted", union([]postings{a, b, nil, a}, 1<<30), either)
		removed := slices.Clone(a)
		if n := removed.remove(b); n != len(both) || countBoth(a, b) != len(both) {
			t.Fatalf("remove took %d, countBoth %d, want %d", n, countBoth(a, b), len(both))
		}
		check("remove", removed, left)
		var added postings
		for _, series := range rapid.Permutation(slices.Concat(a, b)).Draw(t, "order") {
			if found := slices.Contains(added, series); added.add(series) == found {
				t.Fatalf("add(%d) of a series that is there: %t", series, found)
			}
		}
		check("add", added, either)
	})
}
