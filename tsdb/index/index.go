package index

import (
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

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
func (x *Index) Len() int { return len(x.all) }

// Add makes a series visible. A number above all before it is the fast case; any order works, and a
// series that is there already stays as it is.
//
// The result equals tags and is the caller's, but for its strings, which are those that the index holds
// anyway, one per distinct key and one per distinct value of a key: a caller that keeps it keeps nothing
// of the text that tags were parsed from. The index keeps nothing of tags.
func (x *Index) Add(series uint32, tags tag.Tags) tag.Tags {
	x.all.add(series)
	own := make(tag.Tags, len(tags))
	for i, one := range tags {
		keyText, key := x.keys.put(one.Key)
		valueText, list := key.values.put(one.Value)
		if list.add(series) {
			key.series++
		}
		own[i] = tag.Tag{Key: keyText, Value: valueText}
	}
	return own
}

// Remove forgets series; the tags must be those that they were added with. One call for many costs one
// walk over the postings of each tag that they have, and a call for one costs as much.
func (x *Index) Remove(gone ...Series) {
	numbers := make(postings, 0, len(gone))
	byTag := make(map[tag.Tag]postings)
	for _, one := range gone {
		numbers = append(numbers, one.Number)
		for _, t := range one.Tags {
			byTag[t] = append(byTag[t], one.Number)
		}
	}
	slices.Sort(numbers)
	x.all.remove(numbers)
	for t, list := range byTag {
		slices.Sort(list)
		x.removeTag(t, list)
	}
}

// removeTag takes series away from a tag, and the value and the key with their last series.
func (x *Index) removeTag(t tag.Tag, series postings) {
	key := x.keys.get(t.Key)
	if key == nil {
		return
	}
	list := key.values.get(t.Value)
	if list == nil {
		return
	}
	key.series -= list.remove(series)
	if len(*list) == 0 {
		key.values.drop(t.Value)
	}
	if key.values.count == 0 {
		x.keys.drop(t.Key)
	}
}
