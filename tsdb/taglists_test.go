package tsdb

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// mergePlain is mergeTags with a map.
func mergePlain(lists [][]TagCount, limit int) []TagCount {
	series := make(map[string]int)
	for _, list := range lists {
		for _, c := range list {
			series[c.Text] += c.Series
		}
	}
	var merged []TagCount
	for text, n := range series {
		merged = append(merged, TagCount{Text: text, Series: n})
	}
	slices.SortFunc(merged, func(a, b TagCount) int { return strings.Compare(a.Text, b.Text) })
	if limit > 0 {
		merged = merged[:min(limit, len(merged))]
	}
	return merged
}

func TestMergeTags(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.Custom(func(t *rapid.T) []TagCount {
			counts := rapid.MapOf(rapid.StringMatching(`[ab]{0,4}`), rapid.IntRange(1, 9)).Draw(t, "counts")
			var list []TagCount
			for text, n := range counts {
				list = append(list, TagCount{Text: text, Series: n})
			}
			return mergePlain([][]TagCount{list}, 0)
		})
		lists := rapid.SliceOfN(list, 0, 6).Draw(t, "lists")
		limit := rapid.IntRange(0, 5).Draw(t, "limit")
		want := mergePlain(lists, limit)
		if diff := cmp.Diff(want, mergeTags(lists, limit), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
	})
}
