package stack

import "strings"

// A Value is what the stack, lists and variables hold: a Text, a List, or a value that the words of
// another package made. Values are immutable.
type Value interface {
	// TypeName is the name of the value's type in messages, as Atlas calls it.
	TypeName() string
	// String is the value as a person reads it: a text as it is, an expression in canonical form.
	String() string
}

// A Text is a string operand, escapes already decoded.
type Text string

// TypeName implements Value.
func (Text) TypeName() string { return "String" }

// String returns the text unescaped.
func (t Text) String() string { return string(t) }

// A List is an ordered collection of values. A list written in a program holds the raw tokens, still
// escaped, and an inner list as its parentheses and elements in between.
type List []Value

// TypeName implements Value.
func (List) TypeName() string { return "List" }

// maxListText bounds the values whose text makes the text of a list. Lists in lists may share them, and
// few words make a list whose text is longer than any memory.
const maxListText = 1 << 16

// String returns "List(a, b)", nothing escaped; what is too long ends in dots.
func (l List) String() string {
	var b strings.Builder
	left := maxListText
	l.write(&b, &left)
	return b.String()
}

func (l List) write(b *strings.Builder, left *int) {
	b.WriteString("List(")
	for i, v := range l {
		if i > 0 {
			b.WriteString(", ")
		}
		if *left--; *left < 0 {
			b.WriteString("...")
			break
		}
		if inner, ok := v.(List); ok {
			inner.write(b, left)
		} else {
			b.WriteString(v.String())
		}
	}
	b.WriteByte(')')
}
