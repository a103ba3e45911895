package index

import "github.com/telamon-tsdb/telamon/tsdb/tag"

// An Index maps tags to series. Build one with New.
type Index struct {
	shared *Dictionary
	keys   ordered[keyTags]
	// all are the series that have been added and not removed.
	all postings
	// common is the number of keys that all of them have.
	common int
}

// keyTags are the values of one key.
type keyTags struct {
	values ordered[valueTags]
	// common tells that all series have the key: most keys of a fleet are such. Otherwise series are those that do.
	common bool
	series postings
}

// valueTags are the series with one value of a key.
type valueTags struct {
	series postings
	number uint32 // of the value, in the dictionary
}

// A Series is the number of a series and its tags.
type Series struct {
	Number uint32
	Tags   tag.Tags
}

// New returns an index without series that shares its texts with the others of a dictionary.
func New(shared *Dictionary) *Index { return &Index{shared: shared} }

// Len returns the number of series.
func (x *Index) Len() int { return x.all.count() }

// Add makes a series visible. A number above all before it is the fast case; any order works, at the
// price of shifting what is behind, and a series that is there already stays as it is. The index keeps
// nothing of tags: of each distinct key, and of each distinct value of a key, it holds one copy.
func (x *Index) Add(series uint32, tags tag.Tags) {
	first := x.Len() == 0
	if !x.all.add(series) {
		return
	}
	common := 0
	for _, one := range tags {
		key := x.keys.near(one.Key)
		var value *valueTags
		if key != nil {
			value = key.values.near(one.Value)
		}
		if value == nil {
			key, value = x.enter(one, first)
		}
		value.series.add(series)
		if key.common {
			common++
		} else {
			key.series.add(series)
		}
	}
	if common < x.common {
		x.exclude(series, tags)
	}
}

// exclude gives the keys that all series had, but for the one with these tags, sets of their own.
func (x *Index) exclude(series uint32, tags tag.Tags) {
	for text, key := range x.keys.from("") {
		if _, has := tags.Get(text); !has && key.common {
			key.common = false
			key.series = subtract(x.all.clone(), postings{few: []uint32{series}})
			x.common--
		}
	}
}

// of returns the series that have a key; part of the index.
func (x *Index) of(key *keyTags) postings {
	if key.common {
		return x.all
	}
	return key.series
}

// enter makes room for a tag that no series has had; first tells that there are no series at all.
func (x *Index) enter(t tag.Tag, first bool) (*keyTags, *valueTags) {
	sharedKey, sharedValue, number := x.shared.enter(t.Key, t.Value)
	key := x.keys.put(sharedKey)
	if first {
		key.common = true
		x.common++
	}
	value := key.values.put(sharedValue)
	value.number = number
	return key, value
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
	value := key.values.near(t.Value)
	if value == nil || !value.series.remove(series) {
		return
	}
	if !key.common {
		key.series.remove(series)
	}
	if value.series.empty() {
		x.shared.leave(t.Key, t.Value)
		key.values.drop(t.Value)
	}
	if key.values.count > 0 {
		return
	}
	if key.common {
		x.common--
	}
	x.keys.drop(t.Key)
}
