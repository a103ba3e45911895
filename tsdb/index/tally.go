package index

import (
	"context"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// A Tally adds up how many series of several indexes have each value of a key.
type Tally struct {
	ctx    context.Context
	key    string
	where  condition
	page   Page
	tested *Tested // the patterns of where.series
	wanted []bool  // by number of the value; nil: all are
	counts []int   // by number; not used if there is nothing to count
}

// uncounted reports whether nothing is to be counted: every value of the dictionary has a series.
func (t *Tally) uncounted() bool {
	_, all := t.where.series.(tag.True)
	return t.page.Uncounted && all
}

// wants reports whether a value is one of those that are listed if they have series.
func (t *Tally) wants(number uint32) bool {
	return t.wanted == nil || int(number) < len(t.wanted) && t.wanted[number]
}

// count returns how many series a value has.
func (t *Tally) count(number uint32) int {
	switch {
	case t.uncounted() && t.wants(number):
		return 1
	case int(number) < len(t.counts):
		return t.counts[number]
	}
	return 0
}

// Values lists the values that the series which satisfy p have for key, in order, added up over the indexes that
// visit gives to the tally. A key that no series has gives an empty list. The error is that of Lookup, or visit's.
func (d *Dictionary) Values(ctx context.Context, key string, p tag.Predicate, page Page, visit func(*Tally) error) ([]Count, error) {
	d.counting.RLock()
	defer d.counting.RUnlock()
	t := &Tally{ctx: ctx, key: key, where: newCondition(key, p), page: page}
	var err error
	if t.tested, err = d.Test(ctx, t.where.series); err != nil {
		return nil, err
	}
	defer t.tested.Close()
	if err := t.test(d); err != nil {
		return nil, err
	}
	if err := visit(t); err != nil {
		return nil, err
	}
	return t.list(d)
}

// test finds the values that are wanted, once for all indexes.
func (t *Tally) test(d *Dictionary) error {
	if len(t.where.value) == 0 {
		return nil
	}
	t.wanted = []bool{}
	m := pattern.NewMatcher(t.ctx)
	return d.walk(t.ctx, t.key, t.page, func(v entry) (bool, error) {
		wanted, err := t.where.wants(m, t.key, v.text)
		if wanted {
			t.wanted = grow(t.wanted, v.number)
			t.wanted[v.number] = true
		}
		return err == nil, err
	})
}

// Add counts the series of an index of the dictionary. The caller holds its lock, so that no turn is passed on meanwhile.
func (t *Tally) Add(x *Index) error {
	if t.uncounted() {
		return nil
	}
	k := x.keys.get(t.key)
	if k == nil {
		return nil
	}
	c, err := x.counter(t.tested.search(t.ctx, x), t.where.series)
	if err != nil || c.none() {
		return err
	}
	found := 0 // those that are first of all are among the first of each index
	for items := range k.values.blocksFrom(t.page.After) {
		if err := t.ctx.Err(); err != nil || t.page.full(found) {
			return err
		}
		found += t.addBlock(items, &c)
	}
	return nil
}

// addBlock counts the series of some values and returns how many of these have any.
func (t *Tally) addBlock(items []item[valueTags], c *counter) int {
	all, found := c.all(), 0
	if !all {
		c.fetch(items)
	}
	for i := range items {
		v := &items[i].of
		if !t.wants(v.number) || t.page.before(items[i].text) {
			continue
		}
		n := len(v.series.few)
		if !all || v.series.many != nil {
			n = c.count(v.series)
		}
		if n > 0 {
			t.counts = grow(t.counts, v.number)
			t.counts[v.number] += n
			found++
		}
	}
	return found
}

// list returns the values that have been counted.
func (t *Tally) list(d *Dictionary) ([]Count, error) {
	found := 0
	for _, n := range t.counts {
		if n > 0 {
			found++
		}
	}
	if t.page.full(found) {
		found = t.page.Limit
	}
	list := make([]Count, 0, found)
	err := d.walk(t.ctx, t.key, t.page, func(v entry) (bool, error) {
		if n := t.count(v.number); n > 0 {
			list = append(list, Count{v.text, n})
		}
		return !t.page.full(len(list)), nil
	})
	return list, err
}

// grow returns slice with room for index number at least.
func grow[T any](slice []T, number uint32) []T {
	if int(number) < len(slice) {
		return slice
	}
	return append(slice, make([]T, int(number)+1-len(slice))...)
}

// An entry is a value of a dictionary and its number.
type entry struct {
	text   string
	number uint32
}

// walk visits the values of a page in order, but for its limit, until visit says not to go on. The lock is held for
// some values at a time.
func (d *Dictionary) walk(ctx context.Context, key string, page Page, visit func(entry) (goOn bool, err error)) error {
	chunk := make([]entry, 0, walkValues)
	for after := page; ; {
		if err := turn.FromContext(ctx).Yield(ctx); err != nil {
			return err
		}
		chunk = d.next(chunk[:0], key, after)
		for _, v := range chunk {
			if goOn, err := visit(v); err != nil || !goOn {
				return err
			}
		}
		if len(chunk) < cap(chunk) {
			return nil
		}
		after.After = chunk[len(chunk)-1].text
	}
}

// next appends the first values of a page, up to the capacity of chunk.
func (d *Dictionary) next(chunk []entry, key string, page Page) []entry {
	d.mu.RLock()
	defer d.mu.RUnlock()
	k := d.keys.get(key)
	if k == nil {
		return chunk
	}
	for text, v := range k.values.from(page.After) {
		if page.before(text) {
			continue
		}
		if len(chunk) == cap(chunk) {
			break
		}
		chunk = append(chunk, entry{text, v.number})
	}
	return chunk
}
