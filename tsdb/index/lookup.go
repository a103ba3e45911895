package index

import (
	"fmt"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// Lookup returns the series that satisfy p, ascending; exactly those whose tags p.Matches.
//
// The result may be part of the index: it must not be changed, and is valid until the next Add or
// Remove, that is, while the caller holds the owner's lock. The error wraps pattern.ErrBudget and names
// the key and the pattern.
func (x *Index) Lookup(p tag.Predicate) ([]uint32, error) {
	s, err := x.resolve(p)
	if err != nil {
		return nil, err
	}
	if s.except {
		s.list = x.without(s.list)
	}
	return slices.Clip(s.list), nil
}

// without returns all series but those of list.
func (x *Index) without(list postings) postings {
	if len(list) == 0 {
		return x.all
	}
	return subtract(x.all, list)
}

// bound returns a number above all series.
func (x *Index) bound() uint32 {
	if len(x.all) == 0 {
		return 0
	}
	return x.all[len(x.all)-1] + 1
}

// A selection is the series of list or, with except, all others. List may be part of the index.
type selection struct {
	list   postings
	except bool
}

// none reports whether s has no series, whatever the index holds.
func (s selection) none() bool { return !s.except && len(s.list) == 0 }

func (s selection) not() selection { return selection{s.list, !s.except} }

// and returns the series of both.
func (s selection) and(o selection, bound uint32) selection {
	switch {
	case s.except && o.except:
		return selection{union([]postings{s.list, o.list}, bound), true}
	case s.except:
		return o.and(s, bound)
	case o.except && len(o.list) == 0:
		return s
	case o.except:
		return selection{subtract(s.list, o.list), false}
	}
	return selection{intersect(s.list, o.list), false}
}

// resolve returns the series that satisfy p.
func (x *Index) resolve(p tag.Predicate) (selection, error) {
	switch p := p.(type) {
	case tag.True:
		return selection{except: true}, nil
	case tag.False:
		return selection{}, nil
	case tag.Has:
		return x.union(x.values(p.Key, "", func(string) (bool, bool) { return true, true })), nil
	case tag.Equal:
		return selection{list: x.postings(p.Key, p.Value)}, nil
	case tag.In:
		return x.in(p), nil
	case tag.Compare:
		return x.compare(p), nil
	case tag.Match:
		return x.match(p)
	case tag.Not:
		s, err := x.resolve(p.Inner)
		return s.not(), err
	case tag.And:
		return x.and(conjuncts(p, nil))
	case tag.Or:
		return x.or(disjuncts(p, nil))
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
func (x *Index) and(all []tag.Predicate) (selection, error) {
	type weighed struct {
		tag.Predicate
		series int
	}
	byWeight := make([]weighed, len(all))
	for i, p := range all {
		byWeight[i] = weighed{p, x.weight(p)}
	}
	slices.SortStableFunc(byWeight, func(a, b weighed) int { return a.series - b.series })
	result := selection{except: true}
	for _, p := range byWeight {
		s, err := x.resolve(p.Predicate)
		if err != nil {
			return selection{}, err
		}
		if result = result.and(s, x.bound()); result.none() {
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

// or resolves predicates of which one must hold. Lists are united at once, and then each "all but" of
// a list leaves out less: any of (a, not b) is all but (b without a).
func (x *Index) or(any []tag.Predicate) (selection, error) {
	neither := selection{except: true}
	var lists []postings
	for _, p := range any {
		s, err := x.resolve(p)
		if err != nil {
			return selection{}, err
		}
		if s.except {
			neither = neither.and(s.not(), x.bound())
		} else {
			lists = append(lists, s.list)
		}
	}
	return neither.and(x.union(lists).not(), x.bound()).not(), nil
}

// weight estimates how many series p selects, from above, without resolving it. What must look at
// values weighs more than what need not.
func (x *Index) weight(p tag.Predicate) int {
	switch p := p.(type) {
	case tag.False:
		return 0
	case tag.Equal:
		return len(x.postings(p.Key, p.Value))
	case tag.In:
		total := 0
		for _, value := range p.Values {
			total += len(x.postings(p.Key, value))
		}
		return total
	case tag.Has:
		return x.keyWeight(p.Key)
	case tag.Compare:
		return x.keyWeight(p.Key)
	case tag.Match:
		return x.keyWeight(p.Key)
	case tag.And:
		return min(x.weight(p.Left), x.weight(p.Right))
	case tag.Or:
		return x.weight(p.Left) + x.weight(p.Right)
	}
	return len(x.all)
}

// keyWeight is the weight of a walk over the values of a key.
func (x *Index) keyWeight(key string) int {
	if k := x.keys.get(key); k != nil {
		return k.series + k.values.count
	}
	return 0
}

// postings returns the series that have a tag; part of the index.
func (x *Index) postings(key, value string) postings {
	if k := x.keys.get(key); k != nil {
		if list := k.values.get(value); list != nil {
			return *list
		}
	}
	return nil
}

func (x *Index) union(lists []postings) selection {
	return selection{list: union(lists, x.bound())}
}

// values returns the postings of the values of key, from one on and in order, that want says it wants,
// until it says not to go on.
func (x *Index) values(key, from string, want func(value string) (wanted, goOn bool)) []postings {
	k := x.keys.get(key)
	if k == nil {
		return nil
	}
	var lists []postings
	for value, list := range k.values.from(from) {
		wanted, goOn := want(value)
		if wanted {
			lists = append(lists, *list)
		}
		if !goOn {
			break
		}
	}
	return lists
}

func (x *Index) in(p tag.In) selection {
	lists := make([]postings, 0, len(p.Values))
	for _, value := range p.Values {
		lists = append(lists, x.postings(p.Key, value))
	}
	return x.union(lists)
}

func (x *Index) compare(p tag.Compare) selection {
	if p.Order == tag.Greater || p.Order == tag.GreaterOrEqual {
		return x.union(x.values(p.Key, p.Value, func(v string) (bool, bool) { return p.MatchesValue(v), true }))
	}
	return x.union(x.values(p.Key, "", func(v string) (bool, bool) {
		less := p.MatchesValue(v)
		return less, less
	}))
}

// match tests the values of the key that start with what the pattern starts with.
func (x *Index) match(p tag.Match) (selection, error) {
	prefix, test := p.Pattern.Prefix(), tester(p.Pattern)
	var err error
	lists := x.values(p.Key, prefix, func(v string) (wanted, goOn bool) {
		if !strings.HasPrefix(v, prefix) {
			return false, false
		}
		wanted, err = test(v)
		return wanted, err == nil
	})
	if err != nil {
		return selection{}, fmt.Errorf("values of %q: %w", p.Key, err)
	}
	return x.union(lists), nil
}

// tester returns the cheapest test for values that start with the prefix of a pattern.
func tester(p *pattern.Pattern) func(string) (bool, error) {
	if p.IsPrefix() || p.AlwaysMatches() {
		return func(string) (bool, error) { return true, nil }
	}
	literal := p.Contained()
	if literal == p.Prefix() { // known to be there
		return p.Match
	}
	return func(value string) (bool, error) {
		if !strings.Contains(value, literal) {
			return false, nil
		}
		return p.Match(value)
	}
}
