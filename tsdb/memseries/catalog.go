package memseries

import (
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Catalog is what a shard knows of its series besides their values. The lock of the shard guards it.
type Catalog struct {
	// Table has the series that are remembered.
	Table *Table
	// Index finds the series that have values in memory. Those with values in files only are found by the files.
	Index *index.Index
	// cardinality counts the series of all shards.
	cardinality *Cardinality
	// Departures counts the series that ceased to have values in memory: from then on files alone may have some.
	Departures uint64
}

// NewCatalog returns a catalog without series. The cardinality and the texts of tags are those of all shards.
func NewCatalog(c *Cardinality, tags *index.Dictionary) *Catalog {
	return &Catalog{Table: newTable(), Index: index.New(tags), cardinality: c}
}

// Get returns the series with a number, nil if there is none. It is the catalog's own.
func (c *Catalog) Get(number uint32) *Series { return c.Table.at(number) }

// InMemory reports whether a series has values in memory.
func (c *Catalog) InMemory(number uint32) bool {
	entry := c.Table.at(number)
	return entry != nil && entry.InMemory()
}

// Admit counts a new series, or returns a *LimitError. The caller then defines it or puts it back.
func (c *Catalog) Admit(tags tag.Tags) error { return c.cardinality.admit(tags) }

// setSeries enters a series under a number that has none, or whose tags were unknown.
func (c *Catalog) setSeries(number uint32, newcomer Series) {
	entry := c.Table.at(number)
	if entry == nil {
		c.Table.put(number, newcomer)
		return
	}
	newcomer.windows, newcomer.State = entry.windows, entry.State
	*entry = newcomer
	c.Table.name(number)
	if entry.windows > 0 {
		c.Index.Add(number, entry.Tags.Tags())
	}
}

// PutBack enters a series that was evicted and comes back under the number that files have for it. The log needs its
// definition once more.
func (c *Catalog) PutBack(number uint32, newcomer Series) {
	c.setSeries(number, newcomer)
	c.Table.unlogged = append(c.Table.unlogged, number)
	c.Table.MayRest(number)
}

// Register enters a series that has its number already, whatever the limits.
func (c *Catalog) Register(number uint32, tags Canonical, parsed tag.Tags) {
	c.cardinality.restore(parsed)
	c.setSeries(number, NewSeries(tags, parsed))
}

// Define enters a series under the number that the log has for it. It may be there already; another one may not.
func (c *Catalog) Define(number uint64, tags []byte) error {
	if number > MaxNumber {
		return fmt.Errorf("there can be no series %d", number)
	}
	entry := c.Table.at(uint32(number))
	switch {
	case entry != nil && string(entry.Tags) == string(tags):
		return nil // seen before
	case entry != nil && entry.Tags != UnknownTags:
		return fmt.Errorf("series %d is defined twice", number)
	}
	name := Canonical(tags)
	var buf [UsualTags]tag.Tag
	parsed, err := tag.AppendParsed(buf[:0], string(name))
	if err != nil {
		return fmt.Errorf("series %d: %w", number, err)
	}
	c.Register(uint32(number), name, parsed)
	return nil
}

// maxLostSeries bounds how far a number without a definition may lie above those that were given out, as far as is known.
const maxLostSeries = 1 << 20

// GetOrPlaceholder returns the series with a number that a record names, one whose tags are unknown if need be, or nil if
// it makes no sense. Its definition may come later: segments that began with it may be dropped, and it is written again
// behind some points, or is in a block file only. It never comes where its record is damaged, which the log has reported.
func (c *Catalog) GetOrPlaceholder(number int64) *Series {
	if number < 0 || number > MaxNumber || number >= int64(c.Table.next)+maxLostSeries {
		return nil
	}
	if entry := c.Table.at(uint32(number)); entry != nil {
		return entry
	}
	return c.PutPlaceholder(uint32(number))
}

// PutPlaceholder enters a series whose tags are unknown under a number that has none.
func (c *Catalog) PutPlaceholder(number uint32) *Series {
	return c.Table.put(number, Series{Tags: UnknownTags, exists: true})
}

// EnterWindow counts a window in which the series has values in memory; the index holds it from the first on.
func (c *Catalog) EnterWindow(number uint32) {
	entry := c.Table.at(number)
	entry.resting = 0
	if entry.windows == 0 && entry.Tags != UnknownTags {
		var buf [UsualTags]tag.Tag
		c.Index.Add(number, entry.Tags.appendTags(buf[:0]))
	}
	entry.windows++
}

// LeaveWindow is the reverse, for many series.
func (c *Catalog) LeaveWindow(left []uint32) {
	var gone []index.Series
	for _, number := range left {
		entry := c.Table.at(number)
		entry.windows--
		if entry.windows > 0 {
			continue
		}
		c.Departures++
		c.Table.MayRest(number)
		if entry.Tags != UnknownTags {
			gone = append(gone, index.Series{Number: number, Tags: entry.Tags.Tags()})
		}
	}
	c.Index.Remove(gone...)
}

// EvictSome evicts some of the series that have rested for so many slots, but for those whose state must be kept. It
// returns their tags, which release has yet to take, and whether there may be more.
func (c *Catalog) EvictSome(now, slots int64, mustKeep func(normalize.State) bool) (evicted []Canonical, more bool) {
	numbers, batch := c.Table.rested(now, slots)
	for _, number := range numbers {
		entry := c.Table.at(number)
		switch {
		case entry == nil || entry.resting != batch: // it has woken
		case mustKeep(entry.State):
			c.Table.Wake(number)
		default:
			evicted = append(evicted, entry.Tags)
			c.Table.remove(number)
		}
	}
	if len(evicted) > 0 {
		c.Table.unlogged = slices.DeleteFunc(c.Table.unlogged, func(number uint32) bool { return c.Table.at(number) == nil })
	}
	return evicted, len(numbers) > 0
}

// Release no longer counts evicted series. It needs no lock.
func (c *Catalog) Release(evicted []Canonical) {
	for _, tags := range evicted {
		if tags != UnknownTags {
			c.cardinality.remove(tags.Tags())
		}
	}
}
