package tsdb

import (
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A series is what a shard knows of one series besides its values. The zero value is none.
type series struct {
	tags    canonical
	id      tag.ID
	kind    normalize.Kind
	exists  bool
	gauge   bool   // averages as a gauge
	windows uint32 // in how many windows it has values in memory; the index holds it while there is one
	// resting is the number of the batch (forget.go) in which the series waits to be forgotten; 0: in none.
	resting uint32
	// state is the normaliser's: the samples of a counter or an off-grid rate that are not in a slot yet.
	state normalize.State
	// lastStaged chains the writes of the commit under way, newest first: position + 1 in
	// staging.writes; 0 for none. stagedState likewise in staging.states, of which there is one at most.
	lastStaged, stagedState int32
}

func newSeries(tags canonical, parsed tag.Tags) series {
	dstype, _ := parsed.Get(tag.DataSourceType)
	return series{tags: tags, id: parsed.ID(), kind: normalize.KindOf(dstype), exists: true, gauge: dstype == "gauge"}
}

// inMemory reports whether the series has values in memory.
func (e *series) inMemory() bool { return e.windows > 0 }

// restore moves the normaliser of a rate to its newest filled slot. Samples off the grid and counters
// need more than that and have their state behind the writes, in the same record or a later one.
func (e *series) restore(newest int64) {
	if e.kind == normalize.Rate && newest > e.state.Last {
		e.state = normalize.OnGrid(newest)
	}
}

// canonical is a tag set in canonical bytes, a third of the memory of tag.Tags.
type canonical string

// lost stands for the tags of a series that the log has not defined yet, or whose definition is damaged. It is not
// the canonical form of any. Such a series may be in windows, but neither in the index nor among the names of a roster.
const lost canonical = "\xff"

// usualTags is more than most series have: an array of so many takes their tags without the heap.
const usualTags = 16

// tags decodes c, which the shard has encoded itself.
func (c canonical) tags() tag.Tags {
	var buf [usualTags]tag.Tag
	return slices.Clone(c.appendTags(buf[:0]))
}

// appendTags is tags, but appends to dst.
func (c canonical) appendTags(dst tag.Tags) tag.Tags {
	t, err := tag.AppendParsed(dst, string(c))
	if err != nil {
		panic("tsdb: an entry of a roster is not canonical: " + err.Error())
	}
	return t
}
