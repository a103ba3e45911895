package index

import (
	"context"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

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
func (x *Index) Keys(ctx context.Context, p tag.Predicate, page Page) ([]Count, error) {
	c, err := x.counter(ctx, p)
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
		n, err := c.key(key)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			counts = append(counts, Count{text, n})
		}
	}
	return counts, nil
}

// Values lists the values that the series that satisfy p have for key, in order. A key that no series
// has gives an empty list. The error is that of Lookup.
func (x *Index) Values(ctx context.Context, key string, p tag.Predicate, page Page) ([]Count, error) {
	k := x.keys.get(key)
	if k == nil {
		return nil, nil
	}
	c, err := x.counter(ctx, p)
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
		if err := c.next(); err != nil {
			return nil, err
		}
		if n := c.series(*list); n > 0 {
			counts = append(counts, Count{text, n})
		}
	}
	return counts, nil
}

// A counter counts the series of a selection in postings.
type counter struct {
	walk
	selection
	// bits has the series of the set, where those are many enough.
	bits seriesBits
}

// fewCounted is up to how many series are looked up one by one in postings, without bits.
const fewCounted = 16

func (x *Index) counter(ctx context.Context, p tag.Predicate) (counter, error) {
	s, err := x.selected(ctx, p)
	c := counter{walk: walk{ctx: ctx}, selection: s}
	if n := s.set.count(); err == nil && n > fewCounted {
		if least, greatest := s.set.ends(); worthBits(n, least, greatest) {
			c.bits = newBits(least, greatest)
			c.bits.setAll(s.set)
		}
	}
	return c, err
}

// series returns how many of the series in p are selected.
func (c *counter) series(p postings) int {
	n := 0
	switch {
	case c.set.empty():
	case p.many == nil && c.bits.words != nil:
		n = c.bits.count(p.few)
	default:
		n = countBoth(c.set, p)
	}
	if c.except {
		return p.count() - n
	}
	return n
}

// key returns how many of the series that have a key are selected.
func (c *counter) key(k *keyTags) (int, error) {
	if c.except && c.set.empty() {
		return k.series, nil
	}
	total := 0
	for _, list := range k.values.from("") {
		if err := c.next(); err != nil {
			return 0, err
		}
		total += c.series(*list)
	}
	return total, nil
}
