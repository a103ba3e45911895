package memseries

import (
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Series is what a shard knows of one series besides its values. The zero value is none.
type Series struct {
	Tags    Canonical
	ID      tag.ID
	Kind    normalize.Kind
	exists  bool
	Gauge   bool   // averages as a gauge
	windows uint32 // in how many windows it has values in memory; the index holds it while there is one
	// resting is the number of the batch (evict.go) in which the series waits to be evicted; 0: in none.
	resting uint32
	// State is the normaliser's: the samples of a counter or an off-grid rate that are not in a slot yet.
	State normalize.State
	// LastStaged chains the writes of the commit under way, newest first: position + 1 in
	// staging.writes; 0 for none. stagedState likewise in staging.states, of which there is one at most.
	LastStaged, StagedState int32
}

func NewSeries(tags Canonical, parsed tag.Tags) Series {
	dstype, _ := parsed.Get(tag.DataSourceType)
	return Series{Tags: tags, ID: parsed.ID(), Kind: normalize.KindOf(dstype), exists: true, Gauge: dstype == "gauge"}
}

// Windows returns in how many windows the series has values in memory.
func (e *Series) Windows() int { return int(e.windows) }

// InMemory reports whether the series has values in memory.
func (e *Series) InMemory() bool { return e.windows > 0 }

// Restore moves the normaliser of a rate to its newest filled slot. Samples off the grid and counters
// need more than that and have their state behind the writes, in the same record or a later one.
func (e *Series) Restore(newest int64) {
	if e.Kind == normalize.Rate && newest > e.State.Last {
		e.State = normalize.OnGrid(newest)
	}
}

// Canonical is a tag set in canonical bytes, a third of the memory of tag.Tags.
type Canonical string

// UnknownTags stands for the tags of a series that the log has not defined yet, or whose definition is damaged. It is not
// the canonical form of any. Such a series may be in windows, but neither in the index nor among the names of a table.
const UnknownTags Canonical = "\xff"

// UsualTags is more than most series have: an array of so many takes their tags without the heap.
const UsualTags = 16

// Tags decodes c, which the shard has encoded itself.
func (c Canonical) Tags() tag.Tags {
	var buf [UsualTags]tag.Tag
	return slices.Clone(c.appendTags(buf[:0]))
}

// appendTags is tags, but appends to dst.
func (c Canonical) appendTags(dst tag.Tags) tag.Tags {
	t, err := tag.AppendParsed(dst, string(c))
	if err != nil {
		panic("memseries: the tags of a series are not canonical: " + err.Error())
	}
	return t
}
