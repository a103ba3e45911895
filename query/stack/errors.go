package stack

import (
	"fmt"
	"strings"
)

// A Kind is the class of a mistake, by the name that Atlas gives it in its answers.
type Kind string

// The kinds of mistakes that a program can make.
const (
	IllegalState     Kind = "IllegalStateException"     // the program is not well formed, or a word does not fit
	IllegalArgument  Kind = "IllegalArgumentException"  // an operand has the right type and a wrong value
	NumberFormat     Kind = "NumberFormatException"     // text that must be a number is not
	NoSuchElement    Kind = "NoSuchElementException"    // an unset variable, the top of an empty stack
	IndexOutOfBounds Kind = "IndexOutOfBoundsException" // :pick or :roll beyond the stack
	DateTime         Kind = "DateTimeException"         // an unknown time zone
	Arithmetic       Kind = "ArithmeticException"       // a duration that does not fit
	Match            Kind = "MatchError"                // a value that Atlas forgot to handle
)

// An Error is a mistake in a program, with its place and the way out. Message is word for word what
// Atlas says; the rest says it better.
type Error struct {
	Kind    Kind
	Message string
	// Offset and Length are where in the text the mistake is, in bytes of UTF-8: the token that was
	// executed, also one in a list that another runs. A mistake in the body of a macro, or in a list that
	// the program made, is at the word that ran it.
	Offset, Length int
	// Word is the name of the word that failed, without colon; in a macro that of the inner word. Empty
	// where the mistake is not a word.
	Word string
	// Types are the types on the stack before the word, bottom first.
	Types []string
	// Candidates are the signatures that Word could have had.
	Candidates []string
	// Suggestion is what was probably meant, as it would be written; empty if nothing is near.
	Suggestion string

	placed bool
}

// Error returns the place and the message: `at 13: unknown word ':maxx', did you mean ':max'?`.
func (e *Error) Error() string {
	var b strings.Builder
	if e.placed {
		fmt.Fprintf(&b, "at %d: ", e.Offset)
	}
	b.WriteString(e.Message)
	if e.Suggestion != "" {
		fmt.Fprintf(&b, ", did you mean '%s'?", e.Suggestion)
	}
	return b.String()
}

// Errorf returns an error that a word can return; the machine adds word, types and place.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Invalid returns the error for an operand with a wrong value.
func Invalid(format string, args ...any) *Error { return Errorf(IllegalArgument, format, args...) }

// Require returns the error for an operand that breaks a rule, as Atlas words it.
func Require(format string, args ...any) *Error {
	return Errorf(IllegalArgument, "requirement failed: "+format, args...)
}

// At places e, if it has no place yet, and returns it.
func (e *Error) At(offset, length int) *Error {
	if !e.placed {
		e.Offset, e.Length, e.placed = offset, length, true
	}
	return e
}

// TypeNames returns the types of values.
func TypeNames(values []Value) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.TypeName()
	}
	return names
}

// noMatch returns the error for a word that exists, but not for what is on the stack.
func noMatch(name string, overloads []*Word, values []Value) *Error {
	types := TypeNames(values)
	candidates := make([]string, len(overloads))
	for i, w := range overloads {
		candidates[i] = w.Signature
	}
	e := Errorf(IllegalState, "no matches for word ':%s' with stack [%s], candidates: [%s]",
		name, strings.Join(types, ","), strings.Join(candidates, "], ["))
	e.Word, e.Types, e.Candidates = name, types, candidates
	return e
}

// unknownWord returns the error for a word that nobody defines.
func (v *Vocabulary) unknownWord(name string, values []Value) *Error {
	e := Errorf(IllegalState, "unknown word ':%s'", name)
	e.Word, e.Types = name, TypeNames(values)
	if near := v.Nearest(name); near != "" {
		e.Suggestion = ":" + near
	}
	return e
}
