package blockfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// Lookup returns the positions of the series that satisfy p, ascending; exactly those whose tags
// p.Matches. The error wraps pattern.ErrBudget and names the key and the pattern, matches ErrClosed, or is that of ctx.
func (r *Reader) Lookup(ctx context.Context, p tag.Predicate) (positions []uint32, err error) {
	err = r.ask(func() error {
		positions = nil
		x, err := r.index(ctx)
		if err != nil {
			return err
		}
		selected, err := x.resolve(p)
		if err == nil {
			positions = selected.positions()
		}
		return err
	})
	return positions, err
}

// An index is the sections about tags, during one call.
type index struct {
	r      *Reader
	ctx    context.Context // of the call
	turn   *turn.Turn      // likewise
	seen   int             // lists and values looked at so far
	keys   []key
	values sectionTable // by tag number
	// postings has those of the keys first, then those of the tags.
	postings sectionTable
	series   int
}

func (r *Reader) index(ctx context.Context) (*index, error) {
	values, err := r.file.table(sectionTags, r.contents.tags)
	if err != nil {
		return nil, err
	}
	postings, err := r.file.table(sectionPostings, r.contents.keys+r.contents.tags)
	if err != nil {
		return nil, err
	}
	return &index{r: r, ctx: ctx, turn: turn.FromContext(ctx), keys: r.keys, values: values, postings: postings, series: r.contents.series}, nil
}

// walkValues is how many values are looked at between two looks at the context: less than a millisecond.
const walkValues = 1 << 10

// next counts a value and returns the error of the context, if it has ended.
func (x *index) next() error {
	if x.seen++; x.seen%walkValues != 0 {
		return nil
	}
	return x.turn.Yield(x.ctx)
}

// resolve returns the series that satisfy p: a bit for each series of the file, for every part of p.
func (x *index) resolve(p tag.Predicate) (bitmap, error) {
	selected := newBitmap(x.series)
	var err error
	switch p := p.(type) {
	case tag.True:
		selected.fill(x.series)
	case tag.False:
	case tag.Has:
		if i, ok := x.key(p.Key); ok {
			err = x.addPostings(selected, i)
		}
	case tag.Equal:
		err = x.in(selected, p.Key, p.Value)
	case tag.In:
		err = x.in(selected, p.Key, p.Values...)
	case tag.Compare:
		err = x.compare(selected, p)
	case tag.Match:
		err = x.match(selected, p)
	case tag.Not:
		if selected, err = x.resolve(p.Inner); err == nil {
			selected.not(x.series)
		}
	case tag.And:
		return x.both(p.Left, p.Right)
	case tag.Or:
		if selected, err = x.resolve(p.Left); err != nil {
			return nil, err
		}
		var right bitmap
		if right, err = x.resolve(p.Right); err == nil {
			selected.or(right)
		}
	default:
		panic(fmt.Sprintf("blockfile: a predicate of unknown type %T", p))
	}
	return selected, err
}

// both resolves the right side only where the left one leaves something.
func (x *index) both(left, right tag.Predicate) (bitmap, error) {
	selected, err := x.resolve(left)
	if err != nil || selected.empty() {
		return selected, err
	}
	other, err := x.resolve(right)
	if err != nil {
		return nil, err
	}
	selected.and(other)
	return selected, nil
}

// key returns the number of a key, and whether any series has it.
func (x *index) key(text string) (int, bool) {
	i := sort.Search(len(x.keys), func(i int) bool { return x.keys[i].text >= text })
	return i, i < len(x.keys) && x.keys[i].text == text
}

// value returns the value of a tag; it is part of the file.
func (x *index) value(number uint32) ([]byte, error) { return x.values.at(int(number)) }

// addPostings adds the series of a list of section postings.
func (x *index) addPostings(selected bitmap, list int) error {
	b, err := x.postings.at(list)
	if err == nil && !selected.add(b, x.series) {
		err = x.r.file.damaged(sectionPostings, "list %d makes no sense", list)
	}
	return err
}

// addTag adds the series that have a tag.
func (x *index) addTag(selected bitmap, number uint32) error {
	return x.addPostings(selected, len(x.keys)+int(number))
}

// from returns the first tag of a key whose value is not less than text; the key's end where all are.
func (x *index) from(k key, text string) (uint32, error) {
	low, high := k.first, k.end
	for low < high {
		middle := low + (high-low)/2
		value, err := x.value(middle)
		if err != nil {
			return 0, err
		}
		if string(value) < text {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// in adds the series that have one of some values of a key.
func (x *index) in(selected bitmap, text string, values ...string) error {
	i, ok := x.key(text)
	if !ok {
		return nil
	}
	k := x.keys[i]
	for _, wanted := range values {
		if err := x.next(); err != nil {
			return err
		}
		number, err := x.from(k, wanted)
		if err != nil {
			return err
		}
		if number == k.end {
			continue
		}
		value, err := x.value(number)
		if err != nil {
			return err
		}
		if string(value) != wanted {
			continue
		}
		if err := x.addTag(selected, number); err != nil {
			return err
		}
	}
	return nil
}

// compare adds the series of the tags on one side of a value.
func (x *index) compare(selected bitmap, p tag.Compare) error {
	i, ok := x.key(p.Key)
	if !ok {
		return nil
	}
	k := x.keys[i]
	bound := p.Value
	if p.Order == tag.LessOrEqual || p.Order == tag.Greater {
		bound += "\x00" // nothing lies between
	}
	middle, err := x.from(k, bound)
	if err != nil {
		return err
	}
	first, end := k.first, middle
	if p.Order == tag.Greater || p.Order == tag.GreaterOrEqual {
		first, end = middle, k.end
	}
	for number := first; number < end; number++ {
		if err := x.next(); err != nil {
			return err
		}
		if err := x.addTag(selected, number); err != nil {
			return err
		}
	}
	return nil
}

// match adds the series of the tags whose value a pattern matches. It looks at the values that begin with what
// those that the pattern matches begin with.
func (x *index) match(selected bitmap, p tag.Match) error {
	i, ok := x.key(p.Key)
	if !ok {
		return nil
	}
	matcher := pattern.NewMatcher(x.ctx)
	for _, start := range p.Pattern.Starts() {
		var err error
		if start.Whole {
			err = x.in(selected, p.Key, start.Text)
		} else {
			err = x.matchFrom(selected, x.keys[i], start, tester(matcher, p.Pattern, start))
		}
		if errors.Is(err, pattern.ErrBudget) {
			return fmt.Errorf("values of %q: %w", p.Key, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// matchFrom adds the series of the tags whose value begins as start does and passes a test.
func (x *index) matchFrom(selected bitmap, k key, start pattern.Start, matches func([]byte) (bool, error)) error {
	number, err := x.from(k, start.Text)
	for prefix := []byte(start.Text); err == nil && number < k.end; number++ {
		if err := x.next(); err != nil {
			return err
		}
		var value []byte
		if value, err = x.value(number); err != nil || !bytes.HasPrefix(value, prefix) {
			return err
		}
		matched, err := matches(value)
		if err != nil {
			return err
		}
		if !matched {
			continue
		}
		if err := x.addTag(selected, number); err != nil {
			return err
		}
	}
	return err
}

// tester returns the cheapest test for values that begin as start does.
func tester(m *pattern.Matcher, p *pattern.Pattern, start pattern.Start) func([]byte) (bool, error) {
	if start.Sure {
		return func([]byte) (bool, error) { return true, nil }
	}
	literal := []byte(p.Contained())
	return func(value []byte) (bool, error) {
		if !bytes.Contains(value, literal) {
			return false, nil
		}
		return m.Match(p, string(value))
	}
}
