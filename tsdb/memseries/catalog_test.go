package memseries

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func canonicalOf(i int) (Canonical, tag.Tags) {
	tags := tag.New("name", fmt.Sprint("n", i), "node", fmt.Sprint("i-", i%3))
	return Canonical(tags.AppendCanonical(nil)), tags
}

// A catalogModel is a catalog said with maps, by number.
type catalogModel struct {
	tags    map[uint32]Canonical
	windows map[uint32]int
	rests   map[uint32]int64 // since which slot
}

// TestCatalogModel lets series come, enter and leave windows, rest, be evicted and come back.
func TestCatalogModel(t *testing.T) {
	const slots = 5
	rapid.Check(t, func(rt *rapid.T) {
		c := NewCatalog(NewCardinality(Limits{}, time.Now), index.NewDictionary())
		m := catalogModel{map[uint32]Canonical{}, map[uint32]int{}, map[uint32]int64{}}
		files := map[Canonical]uint32{} // what block files would know
		now := int64(100)
		for range rapid.IntRange(1, 60).Draw(rt, "operations") {
			canonical, parsed := canonicalOf(rapid.IntRange(0, 6).Draw(rt, "series"))
			number, _, found := c.Table.Find([]byte(canonical))
			if _, want := m.tags[number]; found && (!want || m.tags[number] != canonical) {
				rt.Fatalf("%q is found as %d, which is %q", canonical, number, m.tags[number])
			}
			switch operation := rapid.SampledFrom([]string{"resolve", "enter", "enter", "leave", "step"}).Draw(rt, "operation"); {
			case operation == "resolve" && found:
				c.Table.Wake(number)
				delete(m.rests, number)
			case operation == "resolve":
				if err := c.Admit(parsed); err != nil {
					rt.Fatal(err)
				}
				old, known := files[canonical]
				if known {
					number = old
					c.PutBack(number, NewSeries(canonical, parsed))
				} else {
					number = c.Table.Define(NewSeries(canonical, parsed))
				}
				m.tags[number], files[canonical] = canonical, number
			case operation == "enter" && found:
				c.EnterWindow(number)
				m.windows[number]++
				delete(m.rests, number)
			case operation == "leave" && found && m.windows[number] > 0:
				c.LeaveWindow([]uint32{number})
				m.windows[number]--
			case operation == "step":
				now += int64(rapid.IntRange(1, 3).Draw(rt, "slots"))
				m.step(c, now, slots)
			}
			m.check(rt, c)
		}
	})
}

// step does what time asks for, on both sides.
func (m *catalogModel) step(c *Catalog, now, slots int64) {
	c.Table.Rest(now)
	for number := range m.tags {
		if _, rests := m.rests[number]; m.windows[number] == 0 && !rests {
			m.rests[number] = now
		}
	}
	for more := true; more; {
		var evicted []Canonical
		evicted, more = c.EvictSome(now, slots, func(normalize.State) bool { return false })
		c.Release(evicted)
	}
	for number, since := range m.rests {
		if since <= now-slots {
			delete(m.rests, number)
			delete(m.tags, number)
			delete(m.windows, number)
		}
	}
}

func (m *catalogModel) check(rt *rapid.T, c *Catalog) {
	active := 0
	for number, tags := range m.tags {
		entry := c.Get(number)
		if entry == nil || entry.Tags != tags || entry.Windows() != m.windows[number] {
			rt.Fatalf("series %d is %+v, want %q in %d windows", number, entry, tags, m.windows[number])
		}
		if m.windows[number] > 0 {
			active++
		}
		if c.InMemory(number) != (m.windows[number] > 0) {
			rt.Fatalf("series %d is in memory: %t, with %d windows", number, c.InMemory(number), m.windows[number])
		}
	}
	if c.Table.Len() != len(m.tags) || c.Index.Len() != active {
		rt.Fatalf("%d series, %d of them in the index, want %d and %d", c.Table.Len(), c.Index.Len(), len(m.tags), active)
	}
	if used := c.cardinality.Status()[0].Used; used != len(m.tags) {
		rt.Fatalf("%d series are counted, want %d", used, len(m.tags))
	}
	for number := range c.Table.All(0) {
		if _, known := m.tags[number]; !known {
			rt.Fatalf("series %d should have been evicted", number)
		}
	}
}

// TestPlaceholder: a number may come before its definition, which does not change what is known of its values.
func TestPlaceholder(t *testing.T) {
	c := NewCatalog(NewCardinality(Limits{}, time.Now), index.NewDictionary())
	entry := c.GetOrPlaceholder(7)
	if entry == nil || entry.Tags != UnknownTags {
		t.Fatalf("the placeholder is %+v", entry)
	}
	c.EnterWindow(7)
	entry.State = normalize.OnGrid(60_000)
	if c.Index.Len() != 0 {
		t.Error("the index has a series without tags")
	}
	canonical, _ := canonicalOf(1)
	if err := c.Define(7, []byte(canonical)); err != nil {
		t.Fatal(err)
	}
	if entry := c.Get(7); entry.Windows() != 1 || entry.State != normalize.OnGrid(60_000) || entry.Tags != canonical {
		t.Errorf("after its definition the series is %+v", entry)
	}
	numbers, err := c.Index.Lookup(context.Background(), tag.True{})
	if err != nil || !slices.Equal(numbers, []uint32{7}) {
		t.Errorf("the index has %v, %v", numbers, err)
	}
	if err := c.Define(7, []byte(canonical)); err != nil {
		t.Errorf("defined again as it is: %v", err)
	}
	other, _ := canonicalOf(2)
	if err := c.Define(7, []byte(other)); err == nil {
		t.Error("a number is defined twice")
	}
	for _, number := range []int64{-1, MaxNumber + 1, 8 + maxLostSeries} {
		if c.GetOrPlaceholder(number) != nil {
			t.Errorf("number %d makes sense", number)
		}
	}
}

// TestEvictionKeepsStates: a series whose next sample has to do with the ones before it is not evicted.
func TestEvictionKeepsStates(t *testing.T) {
	c := NewCatalog(NewCardinality(Limits{Series: 1}, time.Now), index.NewDictionary())
	canonical, parsed := canonicalOf(1)
	if err := c.Admit(parsed); err != nil {
		t.Fatal(err)
	}
	number := c.Table.Define(NewSeries(canonical, parsed))
	_, other := canonicalOf(2)
	var limit *LimitError
	if err := c.Admit(other); !errors.As(err, &limit) || limit.Max != 1 {
		t.Errorf("a second series: %v, want a LimitError", err)
	}
	for _, mustKeep := range []bool{true, false} {
		c.Table.Rest(0)
		evicted, _ := c.EvictSome(10, 5, func(normalize.State) bool { return mustKeep })
		c.Release(evicted)
		if kept := c.Get(number) != nil; kept != mustKeep {
			t.Errorf("kept %t, want %t", kept, mustKeep)
		}
	}
	if err := c.Admit(other); err != nil {
		t.Errorf("after the eviction: %v", err)
	}
	if c.Departures != 0 || len(c.Table.Unlogged()) != 0 {
		t.Errorf("%d departures, unlogged %v, want none", c.Departures, c.Table.Unlogged())
	}
}
