package blockfile

import "context"

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

// Keys lists the keys of the series at some positions, in order. The error is that of Lookup.
func (r *Reader) Keys(ctx context.Context, positions []uint32, page Page) ([]Count, error) {
	return r.count(ctx, func(x *index) ([]Count, error) { return x.countAt(positions).listKeys(page) })
}

// Values lists the values that the series at some positions have for key, in order. A key that no series
// has gives an empty list. The error is that of Lookup.
func (r *Reader) Values(ctx context.Context, key string, positions []uint32, page Page) ([]Count, error) {
	return r.count(ctx, func(x *index) ([]Count, error) { return x.countAt(positions).listValues(key, page) })
}

// count lets list count in the index, which it may read until it returns.
func (r *Reader) count(ctx context.Context, list func(x *index) ([]Count, error)) (counts []Count, err error) {
	err = r.ask(func() error {
		counts = nil
		x, err := r.index(ctx)
		if err == nil {
			counts, err = list(x)
		}
		return err
	})
	return counts, err
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

func (x *index) countAll() *counter { return &counter{index: x, all: true} }

func (x *index) countAt(positions []uint32) *counter {
	selected := newBitmap(x.series)
	selected.addList(positions)
	return &counter{index: x, selected: selected}
}

// append appends the count of a list of section postings, unless it is 0.
func (c *counter) append(counts []Count, list int, text string) ([]Count, error) {
	if err := c.next(); err != nil {
		return nil, err
	}
	b, err := c.postings.at(list)
	if err != nil {
		return nil, err
	}
	n, ok := 0, false
	if c.all {
		n, _, _, ok = splitPostings(b, c.series)
	} else {
		n, ok = c.selected.count(b, c.series)
	}
	if !ok {
		return nil, c.r.file.damaged(sectionPostings, "list %d makes no sense", list)
	}
	if n > 0 {
		counts = append(counts, Count{text, n})
	}
	return counts, nil
}
