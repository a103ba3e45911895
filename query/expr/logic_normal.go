package expr

import (
	"slices"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// maxNormalClauses bounds normal forms, which may be exponentially larger than what they are made from.
const maxNormalClauses = 1 << 14

func normalFormError() error {
	return stack.Invalid("the query is too complex: its normal form has more than %d clauses", maxNormalClauses)
}

// Conjunctions returns queries that p is the :or of, none of which has an :or left, as far as negations go:
// what a double negation contains is taken as it is.
func Conjunctions(p tag.Predicate) ([]tag.Predicate, error) {
	switch p := p.(type) {
	case tag.And:
		return cross(p.Left, p.Right, Conjunctions, func(a, b tag.Predicate) tag.Predicate { return tag.And{Left: a, Right: b} })
	case tag.Or:
		return concat(p.Left, p.Right, Conjunctions)
	case tag.Not:
		switch inner := p.Inner.(type) {
		case tag.And:
			return concat(tag.Not{Inner: inner.Left}, tag.Not{Inner: inner.Right}, Conjunctions)
		case tag.Or:
			return Conjunctions(tag.And{Left: tag.Not{Inner: inner.Left}, Right: tag.Not{Inner: inner.Right}})
		case tag.Not:
			return []tag.Predicate{inner.Inner}, nil
		}
	}
	return []tag.Predicate{p}, nil
}

// Clauses returns queries that p is the :and of, none of which has an :and left; the counterpart of
// Conjunctions.
func Clauses(p tag.Predicate) ([]tag.Predicate, error) {
	switch p := p.(type) {
	case tag.And:
		return concat(p.Left, p.Right, Clauses)
	case tag.Or:
		return cross(p.Left, p.Right, Clauses, func(a, b tag.Predicate) tag.Predicate { return tag.Or{Left: a, Right: b} })
	case tag.Not:
		switch inner := p.Inner.(type) {
		case tag.And:
			return Clauses(tag.Or{Left: tag.Not{Inner: inner.Left}, Right: tag.Not{Inner: inner.Right}})
		case tag.Or:
			return concat(tag.Not{Inner: inner.Left}, tag.Not{Inner: inner.Right}, Clauses)
		case tag.Not:
			return []tag.Predicate{inner.Inner}, nil
		}
	}
	return []tag.Predicate{p}, nil
}

type listOf = func(tag.Predicate) ([]tag.Predicate, error)

func concat(left, right tag.Predicate, list listOf) ([]tag.Predicate, error) {
	a, err := list(left)
	if err != nil {
		return nil, err
	}
	b, err := list(right)
	if err != nil {
		return nil, err
	}
	if len(a)+len(b) > maxNormalClauses {
		return nil, normalFormError()
	}
	return slices.Concat(a, b), nil
}

func cross(left, right tag.Predicate, list listOf, join func(a, b tag.Predicate) tag.Predicate) ([]tag.Predicate, error) {
	a, err := list(left)
	if err != nil {
		return nil, err
	}
	b, err := list(right)
	if err != nil {
		return nil, err
	}
	if len(a)*len(b) > maxNormalClauses {
		return nil, normalFormError()
	}
	all := make([]tag.Predicate, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			all = append(all, join(x, y))
		}
	}
	return all, nil
}

// ExpandIn returns queries that a conjunction is the :or of, in which lists of at most limit values are
// replaced by one value each.
func ExpandIn(p tag.Predicate, limit int) ([]tag.Predicate, error) {
	switch p := p.(type) {
	case tag.And:
		expand := func(p tag.Predicate) ([]tag.Predicate, error) { return ExpandIn(p, limit) }
		return cross(p.Left, p.Right, expand, func(a, b tag.Predicate) tag.Predicate { return tag.And{Left: a, Right: b} })
	case tag.In:
		if len(p.Values) > limit {
			break
		}
		all := make([]tag.Predicate, len(p.Values))
		for i, v := range p.Values {
			all[i] = tag.Equal{Key: p.Key, Value: v}
		}
		return all, nil
	}
	return []tag.Predicate{p}, nil
}
