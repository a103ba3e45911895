package index

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// TestTally lists the values of several indexes and compares with a map of all their series.
func TestTally(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, m := NewDictionary(), model{}
		shards := []*Index{New(d), New(d), New(d)}
		for round := range rapid.IntRange(1, 4).Draw(t, "rounds") {
			for i := range rapid.IntRange(0, 40).Draw(t, "added") {
				series := uint32(round*100 + i)
				m[series] = anyTags(t)
				shards[series%3].Add(series, m[series])
			}
			for series, tags := range m {
				if rapid.IntRange(0, 2).Draw(t, "gone") == 0 {
					shards[series%3].Remove(Series{series, tags})
					delete(m, series)
				}
			}
			p, key := anyPredicate(t, 3), anyKey.Draw(t, "listed")
			page := Page{After: anyValue.Draw(t, "after"), Limit: rapid.IntRange(0, 4).Draw(t, "limit")}
			values := func(page Page) ([]Count, error) {
				return d.Values(t.Context(), key, p, page, func(tally *Tally) error {
					var failed error
					for _, x := range shards {
						failed = errors.Join(failed, tally.Add(x))
					}
					return failed
				})
			}
			got, err := values(page)
			want := m.counts(p, page, func(one tag.Tag) (string, bool) { return one.Value, one.Key == key })
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Fatalf("values of %q, %#v, %+v: error %v (-want +got)\n%s", key, p, page, err, diff)
			}
			page.Uncounted = true
			got, err = values(page)
			sameText := cmp.Comparer(func(a, b Count) bool { return a.Text == b.Text && a.Series > 0 && b.Series > 0 })
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), sameText); diff != "" || err != nil {
				t.Fatalf("uncounted values of %q, %#v, %+v: error %v (-want +got)\n%s", key, p, page, err, diff)
			}
		}
		checkNumbers(t, d)
	})
}

// checkNumbers checks that each value has a number of its own, and that numbers are given again.
func checkNumbers(t *rapid.T, d *Dictionary) {
	for key, k := range d.keys.from("") {
		owner := map[uint32]string{}
		for value, v := range k.values.from("") {
			if other, taken := owner[v.number]; taken || v.number >= k.issued || v.indexes == 0 {
				t.Fatalf("%q: %q has number %d of %d, as %q, and %d indexes", key, value, v.number, k.issued, other, v.indexes)
			}
			owner[v.number] = value
		}
		if int(k.issued) != k.values.count+len(k.free)+len(k.left) {
			t.Fatalf("%q: %d numbers, %d values, %d free and %d left", key, k.issued, k.values.count, len(k.free), len(k.left))
		}
	}
}

// TestNumbersAreNotMixedUp replaces all values of a key during a count.
func TestNumbersAreNotMixedUp(t *testing.T) {
	d := NewDictionary()
	shards := []*Index{New(d), New(d)}
	tags := func(generation, i int) tag.Tags { return tag.New("k", fmt.Sprint(generation, "-", i)) }
	for i := range uint32(10) {
		shards[0].Add(i, tags(0, int(i)))
	}
	got, err := d.Values(t.Context(), "k", tag.True{}, Page{}, func(tally *Tally) error {
		err := tally.Add(shards[0])
		for i := range uint32(10) {
			shards[0].Remove(Series{i, tags(0, int(i))})
			shards[0].Add(10+i, tags(1, int(i)))
		}
		return errors.Join(err, tally.Add(shards[1]))
	})
	if len(got) != 0 || err != nil {
		t.Errorf("got %v, error %v; want none: what was counted is gone, what came was not counted", got, err)
	}
	for i := range uint32(20) {
		shards[1].Add(i, tags(2, int(i)))
	}
	if k := d.keys.get("k"); k == nil || k.issued != 30 || k.values.count != 30 {
		t.Errorf("got %+v, want 30 numbers of 30 values", k)
	}
}

// TestValuesNamesThePattern has a pattern that takes too long on a value that is listed.
func TestValuesNamesThePattern(t *testing.T) {
	x := New(NewDictionary())
	x.Add(1, tag.New("k", strings.Repeat("a", 59)))
	p, err := pattern.Compile(strings.Repeat("a?", 60)+"[cd]", false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = valuesOf(t.Context(), x, "k", tag.Match{Key: "k", Pattern: p}, Page{})
	if !errors.Is(err, pattern.ErrBudget) || !strings.Contains(err.Error(), `"k"`) {
		t.Errorf("got error %v, want one that names the key", err)
	}
}

// TestTallyBesideWriters counts while values come and go, for the race detector. A value that stays has its count in
// every answer, and one that comes and goes has never more than its own.
func TestTallyBesideWriters(t *testing.T) {
	const shards, rounds = 4, 300
	d := NewDictionary()
	type shard struct {
		sync.RWMutex
		*Index
	}
	all := make([]*shard, shards)
	for i := range all {
		all[i] = &shard{Index: New(d)}
		all[i].Add(0, tag.New("k", "stays"))
	}
	var writers sync.WaitGroup
	for i, s := range all {
		writers.Go(func() {
			for round := range uint32(rounds) {
				one := Series{1 + round, tag.New("k", fmt.Sprint("goes-", i, "-", round%7))}
				s.Lock()
				s.Add(one.Number, one.Tags)
				s.Unlock()
				s.Lock()
				s.Remove(one)
				s.Unlock()
			}
		})
	}
	for range rounds {
		values, err := d.Values(t.Context(), "k", tag.Has{Key: "k"}, Page{}, func(tally *Tally) error {
			for _, s := range all {
				s.RLock()
				err := tally.Add(s.Index)
				s.RUnlock()
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(values) == 0 {
			t.Fatalf("got %v, error %v", values, err)
		}
		for _, v := range values {
			if want := map[bool]int{true: shards, false: 1}[v.Text == "stays"]; v.Series != want {
				t.Fatalf("%q has %d series, want %d", v.Text, v.Series, want)
			}
		}
	}
	writers.Wait()
	if values, err := d.Values(t.Context(), "k", tag.True{}, Page{}, func(*Tally) error { return nil }); len(values) > 0 || err != nil {
		t.Errorf("no index was counted, got %v, error %v", values, err)
	}
}
