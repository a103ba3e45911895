package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Query is a predicate as a value of the language.
type Query struct{ tag.Predicate }

// TypeName implements stack.Value.
func (q Query) TypeName() string {
	switch p := q.Predicate.(type) {
	case tag.True:
		return "True$"
	case tag.False:
		return "False$"
	case tag.Has:
		return "HasKey"
	case tag.Equal:
		return "Equal"
	case tag.Compare:
		return compareNames[p.Order].typeName
	case tag.Match:
		if p.Pattern.IgnoreCase() {
			return "RegexIgnoreCase"
		}
		return "Regex"
	case tag.In:
		return "In"
	case tag.And:
		return "And"
	case tag.Or:
		return "Or"
	case tag.Not:
		return "Not"
	}
	panic("expr: a predicate of unknown type")
}

// String returns the canonical text.
func (q Query) String() string { return textOf(q) }

func (q Query) appendText(dst []byte) []byte { return appendQuery(dst, q.Predicate) }

var compareNames = [...]struct{ typeName, word, sign string }{
	tag.Less:           {"LessThan", ",:lt", "<"},
	tag.LessOrEqual:    {"LessThanEqual", ",:le", "<="},
	tag.Greater:        {"GreaterThan", ",:gt", ">"},
	tag.GreaterOrEqual: {"GreaterThanEqual", ",:ge", ">="},
}

// appendQuery appends the canonical text of a predicate.
func appendQuery(dst []byte, p tag.Predicate) []byte {
	switch p := p.(type) {
	case tag.True:
		return append(dst, ":true"...)
	case tag.False:
		return append(dst, ":false"...)
	case tag.Has:
		return append(stack.AppendEscaped(dst, p.Key), ",:has"...)
	case tag.Equal:
		return appendKeyQuery(dst, p.Key, p.Value, ",:eq")
	case tag.Compare:
		return appendKeyQuery(dst, p.Key, p.Value, compareNames[p.Order].word)
	case tag.Match:
		if p.Pattern.IgnoreCase() {
			return appendKeyQuery(dst, p.Key, p.Pattern.Source(), ",:reic")
		}
		return appendKeyQuery(dst, p.Key, p.Pattern.Source(), ",:re")
	case tag.In:
		dst = append(stack.AppendEscaped(dst, p.Key), ',')
		return append(stack.AppendList(dst, p.Values), ",:in"...)
	case tag.And:
		return appendPair(dst, p.Left, p.Right, ",:and")
	case tag.Or:
		return appendPair(dst, p.Left, p.Right, ",:or")
	case tag.Not:
		return append(appendQuery(dst, p.Inner), ",:not"...)
	}
	panic("expr: a predicate of unknown type")
}

func appendKeyQuery(dst []byte, key, value, word string) []byte {
	dst = append(stack.AppendEscaped(dst, key), ',')
	return append(stack.AppendEscaped(dst, value), word...)
}

func appendPair(dst []byte, left, right tag.Predicate, word string) []byte {
	dst = append(appendQuery(dst, left), ',')
	return append(appendQuery(dst, right), word...)
}

// QueryLabel returns p as legends show it: "(name=cpu) and (node~/^i-/)".
func QueryLabel(p tag.Predicate) string { return string(appendQueryLabel(nil, p)) }

func appendQueryLabel(dst []byte, p tag.Predicate) []byte {
	switch p := p.(type) {
	case tag.True:
		return append(dst, "true"...)
	case tag.False:
		return append(dst, "false"...)
	case tag.Has:
		return append(append(append(dst, "has("...), p.Key...), ')')
	case tag.Equal:
		return append(append(append(dst, p.Key...), '='), p.Value...)
	case tag.Compare:
		return append(append(append(dst, p.Key...), compareNames[p.Order].sign...), p.Value...)
	case tag.Match:
		dst = append(append(append(append(dst, p.Key...), "~/^"...), p.Pattern.Source()...), '/')
		if p.Pattern.IgnoreCase() {
			dst = append(dst, 'i')
		}
		return dst
	case tag.In:
		dst = append(append(dst, p.Key...), " in ("...)
		for i, v := range p.Values {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, v...)
		}
		return append(dst, ')')
	case tag.And:
		return appendLabelPair(dst, p.Left, p.Right, ") and (")
	case tag.Or:
		return appendLabelPair(dst, p.Left, p.Right, ") or (")
	case tag.Not:
		return append(appendQueryLabel(append(dst, "not("...), p.Inner), ')')
	}
	panic("expr: a predicate of unknown type")
}

func appendLabelPair(dst []byte, left, right tag.Predicate, word string) []byte {
	dst = append(appendQueryLabel(append(dst, '('), left), word...)
	return append(appendQueryLabel(dst, right), ')')
}
