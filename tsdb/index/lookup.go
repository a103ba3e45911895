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
		s = selection{lists: []postings{x.all}}.and(s, x.bound())
	}
	return slices.Clip(union(s.lists, x.bound())), nil
}

// bound returns a number above all series.
func (x *Index) bound() uint32 {
	if len(x.all) == 0 {
		return 0
	}
	return x.all[len(x.all)-1] + 1
}

// resolve returns the series that satisfy p.
func (x *Index) resolve(p tag.Predicate) (selection, error) {
	switch p := p.(type) {
	case tag.True:
		return selection{except: true}, nil
	case tag.False:
		return selection{}, nil
	case tag.Has:
		return x.values(p.Key, "", func(string) (bool, bool) { return true, true }), nil
	case tag.Equal:
		return selection{lists: []postings{x.postings(p.Key, p.Value)}}, nil
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

// or resolves predicates of which one must hold: all series but those for which none does.
func (x *Index) or(any []tag.Predicate) (selection, error) {
	neither := selection{except: true}
	for _, p := range any {
		s, err := x.resolve(p)
		if err != nil {
			return selection{}, err
		}
		neither = neither.and(s.not(), x.bound())
	}
	return neither.not(), nil
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

// values selects the values of key, from one on and in order, that want says it wants, until it says
// not to go on.
func (x *Index) values(key, from string, want func(value string) (wanted, goOn bool)) selection {
	k := x.keys.get(key)
	if k == nil {
		return selection{}
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
	return selection{lists: lists}
}

func (x *Index) in(p tag.In) selection {
	lists := make([]postings, 0, len(p.Values))
	for _, value := range p.Values {
		lists = append(lists, x.postings(p.Key, value))
	}
	return selection{lists: lists}
}

func (x *Index) compare(p tag.Compare) selection {
	if p.Order == tag.Greater || p.Order == tag.GreaterOrEqual {
		return x.values(p.Key, p.Value, func(v string) (bool, bool) { return p.MatchesValue(v), true })
	}
	return x.values(p.Key, "", func(v string) (bool, bool) {
		less := p.MatchesValue(v)
		return less, less
	})
}

// match tests the values of the key that start with what the pattern starts with.
func (x *Index) match(p tag.Match) (selection, error) {
	prefix, test := p.Pattern.Prefix(), tester(p.Pattern)
	var err error
	selected := x.values(p.Key, prefix, func(v string) (wanted, goOn bool) {
		if !strings.HasPrefix(v, prefix) {
			return false, false
		}
		wanted, err = test(v)
		return wanted, err == nil
	})
	if err != nil {
		return selection{}, fmt.Errorf("values of %q: %w", p.Key, err)
	}
	return selected, nil
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
