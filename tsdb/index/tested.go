package index

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// Tested is a predicate with what has been found out about its patterns ahead: which values they match, by the numbers of the
// dictionary, once for all its indexes and without the lock of any. A look-up in an index, for which its owner's lock is held and
// commits wait, then only looks at bits. Values that came later are matched there; they are few.
type Tested struct {
	where   tag.Predicate
	by      map[tag.Match]*matches
	release func()
}

// matches are the values that a pattern has been held against and those that it matched, by number.
type matches struct{ tested, matched numberBits }

// numberBits are a set of numbers.
type numberBits []uint64

func (b *numberBits) set(number uint32) {
	*b = grow(*b, number/64)
	(*b)[number/64] |= 1 << (number % 64)
}

func (b numberBits) has(number uint32) bool {
	return int(number/64) < len(b) && b[number/64]>>(number%64)&1 == 1
}

// Test returns p with its patterns tested. Until it is closed no number means another value. The error is that of Lookup.
func (d *Dictionary) Test(ctx context.Context, p tag.Predicate) (*Tested, error) {
	d.counting.RLock()
	t := &Tested{where: p, by: make(map[tag.Match]*matches), release: sync.OnceFunc(d.counting.RUnlock)}
	err := t.test(ctx, d, p)
	if err != nil || len(t.by) == 0 {
		t.Close()
	}
	return t, err
}

// Close lets numbers be given again.
func (t *Tested) Close() { t.release() }

// test tests the patterns in p.
func (t *Tested) test(ctx context.Context, d *Dictionary, p tag.Predicate) error {
	switch p := p.(type) {
	case tag.Match:
		if t.by[p] == nil && needsTest(p.Pattern) {
			t.by[p] = new(matches)
			return inValues(p.Key, t.by[p].test(ctx, d, p))
		}
	case tag.Not:
		return t.test(ctx, d, p.Inner)
	case tag.And:
		if err := t.test(ctx, d, p.Left); err != nil {
			return err
		}
		return t.test(ctx, d, p.Right)
	case tag.Or:
		if err := t.test(ctx, d, p.Left); err != nil {
			return err
		}
		return t.test(ctx, d, p.Right)
	}
	return nil
}

// needsTest reports whether a pattern has to be held against values.
func needsTest(p *pattern.Pattern) bool {
	return slices.ContainsFunc(p.Starts(), func(s pattern.Start) bool { return !s.Whole && !s.Sure })
}

// test holds a pattern against the values that begin with what those that it matches begin with, where more has to be known.
func (m *matches) test(ctx context.Context, d *Dictionary, p tag.Match) error {
	matcher := pattern.NewMatcher(ctx)
	for _, start := range p.Pattern.Starts() {
		if start.Whole || start.Sure {
			continue
		}
		matches := tester(matcher, p.Pattern, start)
		err := d.walk(ctx, p.Key, Page{After: start.Text}, func(v entry) (bool, error) {
			if !strings.HasPrefix(v.text, start.Text) {
				return false, nil
			}
			matched, err := matches(v.text)
			if matched {
				m.matched.set(v.number)
			}
			m.tested.set(v.number)
			return err == nil, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// of returns what is known of a pattern; nil is nothing.
func (t *Tested) of(p tag.Match) *matches {
	if t == nil {
		return nil
	}
	return t.by[p]
}

// look reports whether the pattern matched a value, where that is known.
func (m *matches) look(number uint32) (matched, known bool) {
	if m == nil || !m.tested.has(number) {
		return false, false
	}
	return m.matched.has(number), true
}

// search returns a search for the predicate in an index. Its owner's lock is held, so it does not pass its turn on.
func (t *Tested) search(ctx context.Context, x *Index) *search {
	return &search{Index: x, ctx: turn.NewContext(ctx, nil), tested: t}
}

// Lookup is Index.Lookup for the predicate.
func (t *Tested) Lookup(ctx context.Context, x *Index) ([]uint32, error) {
	s, err := t.search(ctx, x).resolve(t.where)
	if err != nil {
		return nil, err
	}
	return x.array(s), nil
}

// Keys is Index.Keys for the predicate.
func (t *Tested) Keys(ctx context.Context, x *Index, page Page) ([]Count, error) {
	return x.keysOf(ctx, t.search(ctx, x), t.where, page)
}
