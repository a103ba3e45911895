package index

import (
	"context"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
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
	// Uncounted says that nobody looks at the numbers of series: where counting costs something, they are 1.
	Uncounted bool
}

// full reports whether n entries are all that the page may hold.
func (p Page) full(n int) bool { return p.Limit > 0 && n >= p.Limit }

// before reports whether text lies before the page.
func (p Page) before(text string) bool { return text == p.After && text != "" }

// Keys lists the keys of the series that satisfy p, in order. The error is that of Lookup.
func (x *Index) Keys(ctx context.Context, p tag.Predicate, page Page) ([]Count, error) {
	return x.keysOf(ctx, &search{Index: x, ctx: ctx}, p, page)
}

func (x *Index) keysOf(ctx context.Context, by *search, p tag.Predicate, page Page) ([]Count, error) {
	s, err := by.resolve(p)
	if err != nil {
		return nil, err
	}
	var counts []Count
	for text, key := range x.keys.from(page.After) {
		if page.before(text) {
			continue
		}
		if page.full(len(counts)) {
			break
		}
		if n := s.count(x.of(key)); n > 0 {
			counts = append(counts, Count{text, n})
		}
	}
	return counts, nil
}

// A condition is a predicate about the values of one key, split into what asks for the value itself and what
// selects series by other keys.
type condition struct {
	value  []tag.Predicate // all must hold; each is a Has, Equal, In, Compare or Match of the key
	series tag.Predicate
}

func newCondition(key string, p tag.Predicate) condition {
	c := condition{series: tag.True{}}
	for _, one := range conjuncts(p, nil) {
		if about(one, key) {
			c.value = append(c.value, one)
		} else if _, all := c.series.(tag.True); all {
			c.series = one
		} else {
			c.series = tag.And{Left: c.series, Right: one}
		}
	}
	return c
}

// about reports whether p is a plain condition on the value of key.
func about(p tag.Predicate, key string) bool {
	switch p := p.(type) {
	case tag.Has:
		return p.Key == key
	case tag.Equal:
		return p.Key == key
	case tag.In:
		return p.Key == key
	case tag.Compare:
		return p.Key == key
	case tag.Match:
		return p.Key == key
	}
	return false
}

// wants reports whether the value of the key may be text. The error is that of Matcher.Match.
func (c condition) wants(m *pattern.Matcher, key, text string) (bool, error) {
	for _, p := range c.value {
		if match, ok := p.(tag.Match); ok {
			if matched, err := m.Match(match.Pattern, text); !matched {
				return false, inValues(key, err)
			}
		} else if !p.Matches(tag.Tags{{Key: key, Value: text}}) {
			return false, nil
		}
	}
	return true, nil
}

// A counter counts the series of a selection in postings.
type counter struct {
	selection
	// bits has the series of the set, where those are many enough.
	bits seriesBits
	// fetched is not used: it keeps the reading of fetch from being left out.
	fetched uint32
}

// fewCounted is up to how many series are looked up one by one in postings, without bits.
const fewCounted = 16

func (x *Index) counter(by *search, p tag.Predicate) (counter, error) {
	s, err := by.resolve(p)
	c := counter{selection: s}
	if n := s.set.count(); err == nil && n > fewCounted {
		if least, greatest := s.set.ends(); worthBits(n, least, greatest) {
			c.bits = newBits(least, greatest)
			c.bits.setAll(s.set)
		}
	}
	return c, err
}

// fetch reads the first series of each value, all at once: memory is waited for together and not one by one.
func (c *counter) fetch(items []item[valueTags]) {
	for i := range items {
		if few := items[i].of.series.few; len(few) > 0 {
			c.fetched += few[0]
		}
	}
}

// count returns how many of the series in p are selected.
func (c *counter) count(p postings) int {
	if p.many != nil || c.bits.words == nil {
		return c.selection.count(p)
	}
	n := c.bits.count(p.few)
	if c.except {
		return len(p.few) - n
	}
	return n
}
