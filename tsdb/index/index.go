package index

import "github.com/telamon-tsdb/telamon/tsdb/tag"

// An Index maps tags to series. Build one with New.
type Index struct {
	keys ordered[keyTags]
	// all are the series that have been added and not removed.
	all postings
}

// keyTags are the values of one key.
type keyTags struct {
	values ordered[postings]
	// series is the number of series that have the key.
	series int
}

// A Series is the number of a series and its tags.
type Series struct {
	Number uint32
	Tags   tag.Tags
}

// New returns an index without series.
func New() *Index { return &Index{} }

// Len returns the number of series.
func (x *Index) Len() int { return x.all.count() }

// Add makes a series visible. A number above all before it is the fast case; any order works, at the
// price of shifting what is behind, and a series that is there already stays as it is. The index keeps
// nothing of tags: of each distinct key, and of each distinct value of a key, it holds one copy.
func (x *Index) Add(series uint32, tags tag.Tags) {
	x.all.add(series)
	for _, one := range tags {
		key := x.keys.put(one.Key)
		if key.values.put(one.Value).add(series) {
			key.series++
		}
	}
}

// Remove forgets series; the tags must be those that they were added with. Those of neighbours in gone that are
// the same are looked up once. It costs about what Add does, so that an owner may give up its lock between two calls.
func (x *Index) Remove(gone ...Series) {
	for _, one := range gone {
		x.all.remove(one.Number)
		for _, t := range one.Tags {
			x.removeTag(t, one.Number)
		}
	}
}

// removeTag takes a series away from a tag, and the value and the key with their last series.
func (x *Index) removeTag(t tag.Tag, series uint32) {
	key := x.keys.near(t.Key)
	if key == nil {
		return
	}
	list := key.values.near(t.Value)
	if list == nil || !list.remove(series) {
		return
	}
	key.series--
	if list.empty() {
		key.values.drop(t.Value)
	}
	if key.values.count == 0 {
		x.keys.drop(t.Key)
	}
}
