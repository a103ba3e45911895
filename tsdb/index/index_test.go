package index

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// model is the index as a map, searched by looking at everything.
type model map[uint32]tag.Tags

func (m model) lookup(p tag.Predicate) []uint32 {
	var found []uint32
	for _, series := range slices.Sorted(maps.Keys(m)) {
		if p.Matches(m[series]) {
			found = append(found, series)
		}
	}
	return found
}

// counts returns the counts of what key picks from each matching series.
func (m model) counts(p tag.Predicate, page Page, pick func(tag.Tag) (string, bool)) []Count {
	n := map[string]int{}
	for _, series := range m.lookup(p) {
		for _, one := range m[series] {
			if text, ok := pick(one); ok && (text > page.After || page.After == "") {
				n[text]++
			}
		}
	}
	var counts []Count
	for _, text := range slices.Sorted(maps.Keys(n)) {
		counts = append(counts, Count{text, n[text]})
	}
	if page.Limit > 0 && len(counts) > page.Limit {
		counts = counts[:page.Limit]
	}
	return counts
}

var (
	anyKey   = rapid.SampledFrom([]string{"a", "b", "name", "none"})
	anyValue = rapid.OneOf(rapid.StringMatching(`[xyz]{0,3}`), rapid.SampledFrom([]string{"", "xy", "z"}))
)

func anyTags(t *rapid.T) tag.Tags {
	keys := rapid.SampledFrom([]string{"a", "b", "c", "name"})
	return tag.FromMap(rapid.MapOfN(keys, anyValue, 0, 4).Draw(t, "tags"))
}

// valuesOf lists the values of one index.
func valuesOf(ctx context.Context, x *Index, key string, p tag.Predicate, page Page) ([]Count, error) {
	return x.shared.Values(ctx, key, p, page, func(t *Tally) error { return t.Add(x) })
}

func anyPredicate(t *rapid.T, depth int) tag.Predicate {
	kinds := 7
	if depth > 0 {
		kinds = 12
	}
	key, value := anyKey.Draw(t, "key"), anyValue.Draw(t, "value")
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return tag.True{}
	case 1:
		return tag.False{}
	case 2:
		return tag.Has{Key: key}
	case 3:
		return tag.Equal{Key: key, Value: value}
	case 4:
		order := rapid.SampledFrom([]tag.Order{tag.Less, tag.LessOrEqual, tag.Greater, tag.GreaterOrEqual})
		return tag.Compare{Key: key, Order: order.Draw(t, "order"), Value: value}
	case 5:
		source := rapid.SampledFrom([]string{"", "x", "xy$", ".*y", "[xy]+z", "x|z", "(x|y)z", "^(x|xy|z[xy]|yz)$", "$", "(?!x)", "X"})
		p, err := pattern.Compile(source.Draw(t, "pattern"), rapid.Bool().Draw(t, "ignoreCase"))
		if err != nil {
			t.Fatal(err)
		}
		return tag.Match{Key: key, Pattern: p}
	case 6:
		return tag.In{Key: key, Values: rapid.SliceOfN(anyValue, 0, 4).Draw(t, "values")}
	case 7, 8:
		return tag.And{Left: anyPredicate(t, depth-1), Right: anyPredicate(t, depth-1)}
	case 9, 10:
		return tag.Or{Left: anyPredicate(t, depth-1), Right: anyPredicate(t, depth-1)}
	}
	return tag.Not{Inner: anyPredicate(t, depth-1)}
}

// TestIndexAgreesWithMatches adds and removes series at random and compares all that can be asked with a map.
func TestIndexAgreesWithMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, m := New(NewDictionary()), model{}
		next := uint32(0)
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for range rapid.IntRange(0, 40).Draw(t, "added") {
				next += rapid.Uint32Range(1, 3).Draw(t, "gap")
				m[next] = anyTags(t)
				x.Add(next, m[next])
			}
			var gone []Series
			for series, tags := range m {
				if rapid.IntRange(0, 3).Draw(t, "gone") == 0 {
					gone = append(gone, Series{series, tags})
					delete(m, series)
				}
			}
			x.Remove(gone...)
			for _, one := range gone[:min(len(gone), 2)] { // series come back
				m[one.Number] = one.Tags
				x.Add(one.Number, one.Tags)
			}
			for range 5 {
				checkAgainst(t, x, m, anyPredicate(t, 3))
			}
		}
		for series, tags := range m {
			x.Remove(Series{series, tags})
		}
		if x.Len() != 0 || x.keys.count != 0 || x.shared.keys.count != 0 {
			t.Fatalf("after all is removed: %d series, %d keys", x.Len(), x.keys.count)
		}
	})
}

func checkAgainst(t *rapid.T, x *Index, m model, p tag.Predicate) {
	if x.Len() != len(m) {
		t.Fatalf("got Len %d, want %d", x.Len(), len(m))
	}
	check := func(what string, got, want any, err error) {
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Fatalf("%s of %#v: error %v (-want +got)\n%s", what, p, err, diff)
		}
	}
	found, err := x.Lookup(t.Context(), p)
	check("Lookup", found, m.lookup(p), err)
	page := Page{After: anyValue.Draw(t, "after"), Limit: rapid.IntRange(0, 4).Draw(t, "limit")}
	keys, err := x.Keys(t.Context(), p, page)
	check("Keys", keys, m.counts(p, page, func(one tag.Tag) (string, bool) { return one.Key, true }), err)
	key := anyKey.Draw(t, "listed")
	values, err := valuesOf(t.Context(), x, key, p, page)
	check("Values", values, m.counts(p, page, func(one tag.Tag) (string, bool) { return one.Value, one.Key == key }), err)
}

func TestAddTwice(t *testing.T) {
	x := New(NewDictionary())
	tags := tag.New("name", "cpu", "node", "i-1")
	x.Add(7, tags)
	x.Add(7, tags)
	got, err := valuesOf(t.Context(), x, "name", tag.True{}, Page{})
	if diff := cmp.Diff([]Count{{"cpu", 1}}, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
}

func TestLookupNamesThePattern(t *testing.T) {
	x := New(NewDictionary())
	x.Add(1, tag.New("k", strings.Repeat("a", 59)))
	source := strings.Repeat("a?", 60) + "[cd]"
	p, err := pattern.Compile(source, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.Lookup(t.Context(), tag.Not{Inner: tag.Or{Left: tag.Match{Key: "k", Pattern: p}, Right: tag.False{}}})
	if !errors.Is(err, pattern.ErrBudget) || !strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), `"k"`) {
		t.Errorf("got error %v, want one that names key and pattern", err)
	}
}

// TestReadersChangeNothing has many readers at once, for the race detector.
func TestReadersChangeNothing(t *testing.T) {
	x, m := New(NewDictionary()), model{}
	for i, tags := range fleet(3000, 1) {
		m[uint32(i)] = tags
		x.Add(uint32(i), tags)
	}
	name := tag.Equal{Key: "name", Value: "http.server.latency"}
	p := tag.Or{Left: tag.And{Left: name, Right: tag.Has{Key: "nf.node"}}, Right: tag.Not{Inner: tag.Has{Key: "statistic"}}}
	want := m.lookup(p)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			found, err := x.Lookup(t.Context(), p)
			if !slices.Equal(found, want) || err != nil {
				t.Errorf("got %d series, error %v; want %d", len(found), err, len(want))
			}
			if nodes, err := valuesOf(t.Context(), x, "nf.node", p, Page{}); len(nodes) != 30 || err != nil {
				t.Errorf("got %d nodes, error %v; want 30", len(nodes), err)
			}
			if keys, err := x.Keys(t.Context(), p, Page{}); len(keys) != 9 || err != nil {
				t.Errorf("got %d keys, error %v; want 9", len(keys), err)
			}
		})
	}
	readers.Wait()
}

// TestAbandoned asks with a context that has ended.
func TestAbandoned(t *testing.T) {
	x := New(NewDictionary())
	for i := range 2 * walkValues {
		x.Add(uint32(i), tag.New("k", fmt.Sprint(i), "n", "1"))
	}
	p, err := pattern.Compile(".*7", false)
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	match := tag.Match{Key: "k", Pattern: p}
	check := func(what string, err error) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want %v", what, err, context.Canceled)
		}
	}
	_, err = x.Lookup(ended, tag.And{Left: tag.Equal{Key: "n", Value: "1"}, Right: tag.Not{Inner: match}})
	check("Lookup", err)
	_, err = valuesOf(ended, x, "k", tag.True{}, Page{})
	check("Values", err)
	_, err = x.Keys(ended, tag.Compare{Key: "k", Order: tag.Less, Value: "9"}, Page{})
	check("Keys", err)
}
