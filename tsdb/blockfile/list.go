package blockfile

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
func (r *Reader) Keys(ctx context.Context, p tag.Predicate, page Page) (counts []Count, err error) {
	a, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer a.leave(&err)
	c, err := r.counter(ctx, p)
	if err != nil {
		return nil, err
	}
	return c.listKeys(page)
}

// KeysOf is Keys for the series at some positions.
func (r *Reader) KeysOf(ctx context.Context, positions []uint32, page Page) (counts []Count, err error) {
	a, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer a.leave(&err)
	c, err := r.counterOf(ctx, positions)
	if err != nil {
		return nil, err
	}
	return c.listKeys(page)
}

func (c *counter) listKeys(page Page) (counts []Count, err error) {
	for i, k := range c.keys {
		if page.full(counts) {
			break
		}
		if k.text <= page.After && page.After != "" {
			continue
		}
		if counts, err = c.append(counts, i, k.text); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// Values lists the values that the series that satisfy p have for key, in order. A key that no series
// has gives an empty list. The error is that of Lookup.
func (r *Reader) Values(ctx context.Context, key string, p tag.Predicate, page Page) (counts []Count, err error) {
	a, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer a.leave(&err)
	c, err := r.counter(ctx, p)
	if err != nil {
		return nil, err
	}
	return c.listValues(key, page)
}

// ValuesOf is Values for the series at some positions.
func (r *Reader) ValuesOf(ctx context.Context, key string, positions []uint32, page Page) (counts []Count, err error) {
	a, err := r.enter()
	if err != nil {
		return nil, err
	}
	defer a.leave(&err)
	c, err := r.counterOf(ctx, positions)
	if err != nil {
		return nil, err
	}
	return c.listValues(key, page)
}

func (c *counter) listValues(key string, page Page) (counts []Count, err error) {
	i, ok := c.key(key)
	if !ok {
		return nil, nil
	}
	after := page.After
	if after != "" {
		after += "\x00" // the least text behind it
	}
	number, err := c.from(c.keys[i], after)
	if err != nil {
		return nil, err
	}
	for ; number < c.keys[i].end && !page.full(counts); number++ {
		value, err := c.value(number)
		if err != nil {
			return nil, err
		}
		if counts, err = c.append(counts, len(c.keys)+int(number), string(value)); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// A counter counts the selected series in postings.
type counter struct {
	*index
	all      bool // every series is selected
	selected bitmap
}

func (r *Reader) counter(ctx context.Context, p tag.Predicate) (*counter, error) {
	x, err := r.index(ctx)
	if err != nil {
		return nil, err
	}
	if _, all := p.(tag.True); all {
		return &counter{index: x, all: true}, nil
	}
	selected, err := x.resolve(p)
	return &counter{index: x, selected: selected}, err
}

func (r *Reader) counterOf(ctx context.Context, positions []uint32) (*counter, error) {
	x, err := r.index(ctx)
	if err != nil {
		return nil, err
	}
	selected := newBitmap(x.series)
	selected.addList(positions)
	return &counter{index: x, selected: selected}, nil
}

// append appends the count of a list of section postings, unless it is 0.
func (c *counter) append(counts []Count, list int, text string) ([]Count, error) {
	if err := c.next(); err != nil {
		return nil, err
	}
	b, ok := c.postings.at(list)
	n := 0
	switch {
	case !ok:
	case c.all:
		n, _, _, ok = splitPostings(b, c.series)
	default:
		n, ok = c.selected.count(b, c.series)
	}
	if !ok {
		return nil, c.r.damaged(sectionPostings, "list %d makes no sense", list)
	}
	if n > 0 {
		counts = append(counts, Count{text, n})
	}
	return counts, nil
}
