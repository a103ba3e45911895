package index

import "github.com/telamon-tsdb/telamon/tsdb/tag"

// A Count is a key or a value, and how many of the series asked for have it; never 0.
type Count struct {
	Text   string
	Series int
}

// A Page limits a list. The zero value is the whole list.
type Page struct {
	// After is the text behind which the page starts; it need not exist. The empty text starts at the
	// beginning, the empty value included.
	After string
	// Limit is the most entries there may be; 0 is no limit.
	Limit int
}

// full reports whether counts has all that the page may hold.
func (p Page) full(counts []Count) bool { return p.Limit > 0 && len(counts) >= p.Limit }

// Keys lists the keys of the series that satisfy p, in order. The error is that of Lookup.
func (x *Index) Keys(p tag.Predicate, page Page) ([]Count, error) {
	counted, err := x.counter(p)
	if err != nil {
		return nil, err
	}
	var counts []Count
	for text, key := range x.keys.from(page.After) {
		if text == page.After && text != "" {
			continue
		}
		if page.full(counts) {
			break
		}
		if n := counted.key(key); n > 0 {
			counts = append(counts, Count{text, n})
		}
	}
	return counts, nil
}

// Values lists the values that the series that satisfy p have for key, in order. A key that no series
// has gives an empty list. The error is that of Lookup.
func (x *Index) Values(key string, p tag.Predicate, page Page) ([]Count, error) {
	k := x.keys.get(key)
	if k == nil {
		return nil, nil
	}
	counted, err := x.counter(p)
	if err != nil {
		return nil, err
	}
	var counts []Count
	for text, list := range k.values.from(page.After) {
		if text == page.After && text != "" {
			continue
		}
		if page.full(counts) {
			break
		}
		if n := counted.series(*list); n > 0 {
			counts = append(counts, Count{text, n})
		}
	}
	return counts, nil
}

// A counter counts the series of a selection in postings.
type counter struct {
	// few are the selected series where they are few; otherwise bits has them.
	few  postings
	bits bitmap
	// except makes it count the others.
	except bool
}

// shortList is the length up to which series are searched in postings instead of made a bitmap.
const shortList = 16

func (x *Index) counter(p tag.Predicate) (counter, error) {
	s, err := x.resolve(p)
	if err != nil {
		return counter{}, err
	}
	if s.size() <= shortList {
		return counter{few: union(s.lists, x.bound()), except: s.except}, nil
	}
	return counter{bits: bitmapOf(s.lists, x.bound()), except: s.except}, nil
}

// all reports whether every series is selected.
func (c counter) all() bool { return c.except && c.bits == nil && len(c.few) == 0 }

// series returns how many of the series in p are selected.
func (c counter) series(p postings) int {
	n := 0
	if c.bits != nil {
		n = c.bits.count(p)
	} else {
		n = countBoth(c.few, p)
	}
	if c.except {
		return len(p) - n
	}
	return n
}

// key returns how many of the series that have a key are selected.
func (c counter) key(k *keyTags) int {
	if c.all() {
		return k.series
	}
	total := 0
	for _, list := range k.values.from("") {
		total += c.series(*list)
	}
	return total
}
