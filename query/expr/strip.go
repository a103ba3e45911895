package expr

import (
	"slices"
	"strconv"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Layer is a part of expressions that Strip can take away.
type Layer uint8

// The layers.
const (
	FilterLayer Layer = iota // filters, statistics and ranks; what they are applied to stays
	StyleLayer               // settings
)

// Strip returns s without the conditions on some keys and without some layers.
func Strip(s *Styled, keys []string, layers []Layer) (Node, error) {
	if tooLarge(s) {
		return nil, tooLargeError()
	}
	c := &change{query: func(p tag.Predicate) (tag.Predicate, error) { return stripKeys(p, keys), nil }}
	e, err := c.apply(s.Expr)
	if err != nil {
		return nil, err
	}
	if slices.Contains(layers, FilterLayer) {
		if e, err = stripFilters(e); err != nil {
			return nil, err
		}
	}
	if slices.Contains(layers, StyleLayer) {
		return e, nil
	}
	return &Styled{Expr: e, Settings: s.Settings}, nil
}

// stripKeys replaces conditions on keys by true and simplifies.
func stripKeys(p tag.Predicate, keys []string) tag.Predicate {
	return Simplify(mapClauses(p, func(key string, clause tag.Predicate) tag.Predicate {
		if slices.Contains(keys, key) {
			return tag.True{}
		}
		return clause
	}), true)
}

// stripFilters replaces the outermost filters by what they are applied to.
func stripFilters(e Expr) (Expr, error) {
	c := &change{expr: func(e Expr) (Expr, error) {
		switch e := e.(type) {
		case *Stat:
			return e.Input, nil
		case *Filter:
			return e.Left, nil
		case *Rank:
			return e.Input, nil
		}
		return nil, nil
	}}
	return c.apply(e)
}

// RewriteOffsets returns the text of s with the old list form of :offset written as the new one; number
// tells its variable from those of other expressions.
func RewriteOffsets(s *Styled, number int) (string, error) {
	if tooLarge(s) {
		return "", tooLargeError()
	}
	offsets, err := s.styleOffsets()
	if err != nil {
		return "", err
	}
	if len(offsets) == 0 {
		return s.String(), nil
	}
	base := &Styled{Expr: s.Expr, Settings: s.Settings.without("offset")}
	text := base.appendText(nil)
	if len(offsets) == 1 {
		return string(appendShift(text, offsets[0])), nil
	}
	variable := "Query" + strconv.Itoa(number)
	program := append([]byte(variable), ',')
	program = append(append(program, text...), ",:set"...)
	for _, d := range offsets {
		program = append(append(append(program, ','), variable...), ",:get"...)
		program = appendShift(program, d)
	}
	return string(program), nil
}

// appendShift appends a shift, unless it is none.
func appendShift(dst []byte, d Duration) []byte {
	if d.IsZero() {
		return dst
	}
	return append(append(append(dst, ','), d.String()...), ",:offset"...)
}
