package index

import (
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anySeries draws short and long lists, dense and sparse, near zero and far from it.
func anySeries(t *rapid.T, name string) []uint32 {
	most := rapid.SampledFrom([]uint32{10, 300, 100_000, 1 << 30}).Draw(t, name+" span")
	least := rapid.SampledFrom([]uint32{0, 1 << 20, 3<<30 - 1}).Draw(t, name+" least")
	list := rapid.SliceOfN(rapid.Uint32Range(least, least+most), 0, 3*fewSeries).Draw(t, name)
	slices.Sort(list)
	return slices.Compact(list)
}

// forms returns the same series as an array and as a bitmap.
func forms(list []uint32) []postings {
	return []postings{{few: slices.Clone(list)}, {many: roaring.BitmapOf(list...)}}
}

// TestSets compares the operations with filters that look at everything.
func TestSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anySeries(t, "a"), anySeries(t, "b")
		var both, left []uint32
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
		check := func(what string, got postings, want []uint32) {
			if diff := cmp.Diff(want, got.array(), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s (-want +got)\n%s", what, diff)
			}
			if got.count() != len(want) || got.empty() != (len(want) == 0) {
				t.Fatalf("%s: count %d, empty %t, want %d", what, got.count(), got.empty(), len(want))
			}
		}
		for _, p := range forms(a) {
			for _, q := range forms(b) {
				check("intersect", intersect(p, q), both)
				check("subtract", subtract(p, q), left)
				check("union", union([]postings{p, q, {}, p}), either)
				if n := countBoth(p, q); n != len(both) {
					t.Fatalf("countBoth: got %d, want %d", n, len(both))
				}
				check("a, unchanged", p, a)
				check("b, unchanged", q, b)
			}
		}
		checkBits(t, a, b, len(both))
	})
}

func checkBits(t *rapid.T, a, b []uint32, both int) {
	if len(a) == 0 {
		return
	}
	if least, greatest := a[0], a[len(a)-1]; greatest-least < 1<<20 {
		for _, p := range forms(a) {
			bits := newBits(least, greatest)
			bits.setAll(p)
			if n := bits.count(b); n != both {
				t.Fatalf("count of bits: got %d, want %d", n, both)
			}
			if diff := cmp.Diff(a, bits.postings().array()); diff != "" {
				t.Fatalf("bits (-want +got)\n%s", diff)
			}
		}
	}
}

// TestPostings adds and removes series one by one; the form follows the count.
func TestPostings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := anySeries(t, "all")
		var p postings
		there := map[uint32]bool{}
		for _, series := range rapid.Permutation(slices.Concat(all, all)).Draw(t, "added") {
			if p.add(series) == there[series] {
				t.Fatalf("add(%d) of a series that is there: %t", series, there[series])
			}
			there[series] = true
		}
		checkForm(t, p, all)
		left := slices.Clone(all)
		for _, series := range rapid.Permutation(slices.Concat(all, anySeries(t, "others"))).Draw(t, "removed") {
			at, found := slices.BinarySearch(left, series)
			if p.remove(series) != found {
				t.Fatalf("remove(%d) of a series that is there: %t", series, found)
			}
			if found {
				left = slices.Delete(left, at, at+1)
			}
			if len(left)%16 == 0 {
				checkForm(t, p, left)
			}
		}
	})
}

func checkForm(t *rapid.T, p postings, want []uint32) {
	if diff := cmp.Diff(want, p.array(), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("-want +got\n%s", diff)
	}
	if n := p.count(); p.many == nil && n > fewSeries || p.many != nil && n < fewSeries/2 {
		t.Fatalf("%d series, a bitmap: %t", n, p.many != nil)
	}
}
