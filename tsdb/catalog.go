package tsdb

import (
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A catalog is what a shard knows of its series besides their values. The lock of the shard guards it.
type catalog struct {
	// table has the series that are remembered.
	table *roster
	// index finds the series that have values in memory. Those with values in files only are found by the files.
	index *index.Index
	// census counts the series of all shards.
	census *census
	// departures counts the series that ceased to have values in memory: from then on files alone may have some.
	departures uint64
}

// newCatalog returns a catalog without series. The census and the texts of tags are those of all shards.
func newCatalog(c *census, tags *index.Dictionary) *catalog {
	return &catalog{table: newRoster(), index: index.New(tags), census: c}
}

// get returns the series with a number, nil if there is none. It is the catalog's own.
func (c *catalog) get(number uint32) *series { return c.table.at(number) }

// inMemory reports whether a series has values in memory.
func (c *catalog) inMemory(number uint32) bool {
	entry := c.table.at(number)
	return entry != nil && entry.inMemory()
}

// admit counts a new series, or returns a *LimitError. The caller then defines it or puts it back.
func (c *catalog) admit(tags tag.Tags) error { return c.census.admit(tags) }

// setSeries enters a series under a number that has none, or whose tags were unknown.
func (c *catalog) setSeries(number uint32, newcomer series) {
	entry := c.table.at(number)
	if entry == nil {
		c.table.put(number, newcomer)
		return
	}
	newcomer.windows, newcomer.state = entry.windows, entry.state
	*entry = newcomer
	c.table.name(number)
	if entry.windows > 0 {
		c.index.Add(number, entry.tags.tags())
	}
}

// putBack enters a series that was evicted and comes back under the number that files have for it. The log needs its
// definition once more.
func (c *catalog) putBack(number uint32, newcomer series) {
	c.setSeries(number, newcomer)
	c.table.unlogged = append(c.table.unlogged, number)
	c.table.mayRest(number)
}

// register enters a series that has its number already, whatever the limits.
func (c *catalog) register(number uint32, tags canonical, parsed tag.Tags) {
	c.census.restore(parsed)
	c.setSeries(number, newSeries(tags, parsed))
}

// define enters a series under the number that the log has for it. It may be there already; another one may not.
func (c *catalog) define(number uint64, tags []byte) error {
	if number > maxNumber {
		return fmt.Errorf("there can be no series %d", number)
	}
	entry := c.table.at(uint32(number))
	switch {
	case entry != nil && string(entry.tags) == string(tags):
		return nil // seen before
	case entry != nil && entry.tags != lost:
		return fmt.Errorf("series %d is defined twice", number)
	}
	name := canonical(tags)
	var buf [usualTags]tag.Tag
	parsed, err := tag.AppendParsed(buf[:0], string(name))
	if err != nil {
		return fmt.Errorf("series %d: %w", number, err)
	}
	c.register(uint32(number), name, parsed)
	return nil
}

// maxLostSeries bounds how far a number without a definition may lie above those that were given out, as far as is known.
const maxLostSeries = 1 << 20

// getOrPlaceholder returns the series with a number that a record names, one whose tags are unknown if need be, or nil if
// it makes no sense. Its definition may come later: segments that began with it may be dropped, and it is written again
// behind some points, or is in a block file only. It never comes where its record is damaged, which the log has reported.
func (c *catalog) getOrPlaceholder(number int64) *series {
	if number < 0 || number > maxNumber || number >= int64(c.table.next)+maxLostSeries {
		return nil
	}
	if entry := c.table.at(uint32(number)); entry != nil {
		return entry
	}
	return c.putPlaceholder(uint32(number))
}

// putPlaceholder enters a series whose tags are unknown under a number that has none.
func (c *catalog) putPlaceholder(number uint32) *series {
	return c.table.put(number, series{tags: lost, exists: true})
}

// enterWindow counts a window in which the series has values in memory; the index holds it from the first on.
func (c *catalog) enterWindow(number uint32) {
	entry := c.table.at(number)
	entry.resting = 0
	if entry.windows == 0 && entry.tags != lost {
		var buf [usualTags]tag.Tag
		c.index.Add(number, entry.tags.appendTags(buf[:0]))
	}
	entry.windows++
}

// leaveWindow is the reverse, for many series.
func (c *catalog) leaveWindow(left []uint32) {
	var gone []index.Series
	for _, number := range left {
		entry := c.table.at(number)
		entry.windows--
		if entry.windows > 0 {
			continue
		}
		c.departures++
		c.table.mayRest(number)
		if entry.tags != lost {
			gone = append(gone, index.Series{Number: number, Tags: entry.tags.tags()})
		}
	}
	c.index.Remove(gone...)
}

// evictSome evicts some of the series that have rested for so many slots, but for those whose state must be kept. It
// returns their tags, which release has yet to take, and whether there may be more.
func (c *catalog) evictSome(now, slots int64, mustKeep func(normalize.State) bool) (evicted []canonical, more bool) {
	numbers, batch := c.table.rested(now, slots)
	for _, number := range numbers {
		entry := c.table.at(number)
		switch {
		case entry == nil || entry.resting != batch: // it has woken
		case mustKeep(entry.state):
			c.table.wake(number)
		default:
			evicted = append(evicted, entry.tags)
			c.table.remove(number)
		}
	}
	if len(evicted) > 0 {
		c.table.unlogged = slices.DeleteFunc(c.table.unlogged, func(number uint32) bool { return c.table.at(number) == nil })
	}
	return evicted, len(numbers) > 0
}

// release no longer counts evicted series. It needs no lock.
func (c *catalog) release(evicted []canonical) {
	for _, tags := range evicted {
		if tags != lost {
			c.census.remove(tags.tags())
		}
	}
}
