package index

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// Lookup returns the series that satisfy p, ascending; exactly those whose tags p.Matches.
//
// The result may be part of the index: it must not be changed, and is valid until the next Add or
// Remove, that is, while the caller holds the owner's lock. The error is that of ctx, or wraps pattern.ErrBudget and
// names the key and the pattern.
func (x *Index) Lookup(ctx context.Context, p tag.Predicate) ([]uint32, error) {
	s, err := (&search{Index: x, ctx: ctx}).resolve(p)
	if err != nil {
		return nil, err
	}
	return x.array(s), nil
}

// array returns the series of a selection.
func (x *Index) array(s selection) []uint32 {
	if s.except {
		s = selection{set: x.all}.and(s)
	}
	return s.set.array()
}

// A search is one question to the index.
type search struct {
	*Index
	ctx     context.Context
	seen    int              // values
	tested  *Tested          // nil: nothing has been tested ahead
	matcher *pattern.Matcher // nil before the first pattern
}

// walkValues is how many values are looked at between two looks at the context: less than a millisecond.
const walkValues = 1 << 10

// next counts a value and returns the error of the context, if it has ended.
func (s *search) next() error {
	if s.seen++; s.seen%walkValues != 0 {
		return nil
	}
	return s.ctx.Err()
}

// resolve returns the series that satisfy p.
func (s *search) resolve(p tag.Predicate) (selection, error) {
	switch p := p.(type) {
	case tag.True:
		return selection{except: true}, nil
	case tag.False:
		return selection{}, nil
	case tag.Has:
		return s.has(p.Key), nil
	case tag.Equal:
		return selection{set: s.postings(p.Key, p.Value)}, nil
	case tag.In:
		return s.in(p)
	case tag.Compare:
		return s.compare(p)
	case tag.Match:
		return s.match(p)
	case tag.Not:
		inner, err := s.resolve(p.Inner)
		return inner.not(), err
	case tag.And:
		return s.and(conjuncts(p, nil))
	case tag.Or:
		return s.or(disjuncts(p, nil))
	}
	panic(fmt.Sprintf("index: a predicate of unknown type %T", p))
}

// conjuncts appends what p demands, each by itself, to dst.
func conjuncts(p tag.Predicate, dst []tag.Predicate) []tag.Predicate {
	if and, ok := p.(tag.And); ok {
		return conjuncts(and.Right, conjuncts(and.Left, dst))
	}
	return append(dst, p)
}

// and resolves predicates that must all hold, the one that selects least first. Those behind one that
// leaves nothing are not looked at.
func (s *search) and(all []tag.Predicate) (selection, error) {
	type weighed struct {
		tag.Predicate
		series int
	}
	byWeight := make([]weighed, len(all))
	for i, p := range all {
		byWeight[i] = weighed{p, s.weight(p)}
	}
	slices.SortStableFunc(byWeight, func(a, b weighed) int { return a.series - b.series })
	result := selection{except: true}
	for _, p := range byWeight {
		one, err := s.resolve(p.Predicate)
		if err != nil {
			return selection{}, err
		}
		if result = result.and(one); result.none() {
			break
		}
	}
	return result, nil
}

// disjuncts appends what satisfies p, each by itself, to dst.
func disjuncts(p tag.Predicate, dst []tag.Predicate) []tag.Predicate {
	if or, ok := p.(tag.Or); ok {
		return disjuncts(or.Right, disjuncts(or.Left, dst))
	}
	return append(dst, p)
}

// or resolves predicates of which one must hold: all series but those for which none does.
func (s *search) or(any []tag.Predicate) (selection, error) {
	var sets []postings
	neither := selection{except: true}
	for _, p := range any {
		one, err := s.resolve(p)
		if err != nil {
			return selection{}, err
		}
		if one.except {
			neither = neither.and(one.not())
		} else {
			sets = append(sets, one.set)
		}
	}
	return neither.and(selection{union(sets), true}).not(), nil
}

// weight estimates how many series p selects, from above, without resolving it. What must look at
// values weighs more than what need not.
func (x *Index) weight(p tag.Predicate) int {
	switch p := p.(type) {
	case tag.False:
		return 0
	case tag.Equal:
		return x.postings(p.Key, p.Value).count()
	case tag.In:
		total := 0
		for _, value := range p.Values {
			total += x.postings(p.Key, value).count()
		}
		return total
	case tag.Has:
		if k := x.keys.get(p.Key); k != nil {
			return x.of(k).count()
		}
		return 0
	case tag.Compare:
		return x.keyWeight(p.Key)
	case tag.Match:
		return x.keyWeight(p.Key)
	case tag.And:
		return min(x.weight(p.Left), x.weight(p.Right))
	case tag.Or:
		return x.weight(p.Left) + x.weight(p.Right)
	}
	return x.Len()
}

// keyWeight is the weight of a walk over the values of a key.
func (x *Index) keyWeight(key string) int {
	if k := x.keys.get(key); k != nil {
		return x.of(k).count() + k.values.count
	}
	return 0
}

// postings returns the series that have a tag; part of the index.
func (x *Index) postings(key, value string) postings {
	if k := x.keys.get(key); k != nil {
		if list := k.values.get(value); list != nil {
			return list.series
		}
	}
	return postings{}
}

// values selects the values of key, from one on and in order, that want says it wants, until it says
// not to go on.
func (s *search) values(key, from string, want func(value string) (wanted, goOn bool)) (selection, error) {
	k := s.keys.get(key)
	if k == nil {
		return selection{}, nil
	}
	lists, err := s.collect(nil, k, from, func(value string, _ uint32) (wanted, goOn bool) { return want(value) })
	return selection{set: union(lists)}, err
}

// collect appends the postings of the values that want wants; it gets their numbers, too.
func (s *search) collect(dst []postings, k *keyTags, from string, want func(string, uint32) (wanted, goOn bool)) ([]postings, error) {
	for value, list := range k.values.from(from) {
		if err := s.next(); err != nil {
			return nil, err
		}
		wanted, goOn := want(value, list.number)
		if wanted {
			dst = append(dst, list.series)
		}
		if !goOn {
			break
		}
	}
	return dst, nil
}

// has selects the series of a key.
func (s *search) has(key string) selection {
	if k := s.keys.get(key); k != nil {
		return selection{set: s.of(k)}
	}
	return selection{}
}

func (s *search) in(p tag.In) (selection, error) {
	lists := make([]postings, 0, len(p.Values))
	for _, value := range p.Values {
		if err := s.next(); err != nil {
			return selection{}, err
		}
		lists = append(lists, s.postings(p.Key, value))
	}
	return selection{set: union(lists)}, nil
}

func (s *search) compare(p tag.Compare) (selection, error) {
	if p.Order == tag.Greater || p.Order == tag.GreaterOrEqual {
		return s.values(p.Key, p.Value, func(v string) (bool, bool) { return p.MatchesValue(v), true })
	}
	return s.values(p.Key, "", func(v string) (bool, bool) {
		less := p.MatchesValue(v)
		return less, less
	})
}

// match looks at the values that begin with what those that the pattern matches begin with.
func (s *search) match(p tag.Match) (selection, error) {
	if p.Pattern.AlwaysMatches() {
		return s.has(p.Key), nil
	}
	k := s.keys.get(p.Key)
	if k == nil {
		return selection{}, nil
	}
	var lists []postings
	var failed error
	for _, start := range p.Pattern.Starts() {
		if start.Whole {
			if list := k.values.get(start.Text); list != nil {
				lists = append(lists, list.series)
			}
			continue
		}
		test, tested := s.tester(p.Pattern, start), s.tested.of(p)
		var err error
		lists, err = s.collect(lists, k, start.Text, func(v string, number uint32) (wanted, goOn bool) {
			if !strings.HasPrefix(v, start.Text) {
				return false, false
			}
			if matched, known := tested.look(number); known {
				return matched, true
			}
			wanted, failed = test(v)
			return wanted, failed == nil
		})
		if failed != nil {
			return selection{}, inValues(p.Key, failed)
		}
		if err != nil {
			return selection{}, err
		}
	}
	return selection{set: union(lists)}, nil
}

// inValues says of what key the values were that a pattern failed on; err may be nil.
func inValues(key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("values of %q: %w", key, err)
}

// tester returns the cheapest test for values that begin as start does.
func (s *search) tester(p *pattern.Pattern, start pattern.Start) func(string) (bool, error) {
	if start.Sure {
		return func(string) (bool, error) { return true, nil }
	}
	if s.matcher == nil {
		s.matcher = pattern.NewMatcher(s.ctx)
	}
	return tester(s.matcher, p, start)
}

// tester returns the test for values that begin as start does, which is not sure.
func tester(m *pattern.Matcher, p *pattern.Pattern, start pattern.Start) func(string) (bool, error) {
	literal := p.Contained()
	if strings.Contains(start.Text, literal) { // known to be there
		literal = ""
	}
	return func(value string) (bool, error) {
		if !strings.Contains(value, literal) {
			return false, nil
		}
		return m.Match(p, value)
	}
}
