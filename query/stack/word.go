package stack

import (
	"slices"
	"strings"
)

// A Word is one definition of a word: a row of a table. Several may share a name; the first whose
// operands fit is taken.
type Word struct {
	Name string
	// Signature is "inputs -- outputs", deepest operand first, each name:Type or just Type.
	Signature string
	// Summary says what the word does, in a line.
	Summary string
	// Examples are programs to run before the word; "ERROR:" in front marks one that must fail.
	Examples []string
	// Deprecated says what to use instead; empty if the word is fine.
	Deprecated string
	// Unstable words run only where Options.Unstable is set.
	Unstable bool

	// Params are the types of the operands where Signature does not say them by name.
	Params []string
	// Types replaces types by name for this word.
	Types map[string]Type
	// Matches decides by the whole stack, bottom first, in place of the operand types. Nothing is taken
	// from the stack then, and Run gets no operands.
	Matches func(values []Value) bool

	// Run executes the word: its operands are off the stack already. It must read them before it runs a
	// program, because they are overwritten then.
	Run func(m *Machine, operands []any) error
	// Body is a program to run instead: the word is a macro, and the operands stay where they are.
	Body string

	// Vocabulary is the name of the vocabulary that defines the word. It is filled in by New.
	Vocabulary string

	operands []Type
	body     List
}

// A Vocabulary is an ordered list of words: those of the vocabularies below it, then its own.
type Vocabulary struct {
	name   string
	below  *Vocabulary
	types  map[string]Type
	words  []*Word
	byName map[string][]*Word
}

// New returns a vocabulary of words over those of below, which may be nil, and the types that it adds.
// It panics if a word names a type that there is not.
func New(name string, below *Vocabulary, types []Type, words []Word) *Vocabulary {
	v := &Vocabulary{name: name, below: below, types: map[string]Type{}, byName: map[string][]*Word{}}
	if below != nil {
		v.words = slices.Clone(below.words)
		for key, t := range below.types {
			v.types[key] = t
		}
	}
	for _, t := range types {
		v.types[t.Name] = t
	}
	for _, w := range words {
		w.Vocabulary = name
		w.resolve(v.types)
		v.words = append(v.words, &w)
	}
	for _, w := range v.words {
		v.byName[w.Name] = append(v.byName[w.Name], w)
	}
	return v
}

// Name returns the name of v.
func (v *Vocabulary) Name() string { return v.name }

// Words returns all words of v in the order in which they are tried. The slice is shared.
func (v *Vocabulary) Words() []*Word { return v.words }

// Lookup returns the definitions of a name in the order in which they are tried; nil if there are none.
func (v *Vocabulary) Lookup(name string) []*Word { return v.byName[name] }

// Chain returns v and the vocabularies that it stands on, the lowest first.
func (v *Vocabulary) Chain() []*Vocabulary {
	if v == nil {
		return nil
	}
	return append(v.below.Chain(), v)
}

// resolve finds the types of the operands and splits the body.
func (w *Word) resolve(types map[string]Type) {
	if w.Body != "" {
		tokens, err := Tokens(w.Body)
		if err != nil {
			panic("stack: the body of :" + w.Name + ": " + err.Error())
		}
		for _, t := range tokens {
			w.body = append(w.body, Text(t.Text))
		}
	}
	if w.Matches != nil {
		return
	}
	names := w.Params
	if names == nil {
		inputs, _, _ := strings.Cut(w.Signature, "--")
		for _, input := range strings.Fields(inputs) {
			names = append(names, input[strings.IndexByte(input, ':')+1:])
		}
	}
	for _, name := range names {
		t, ok := w.Types[name]
		if !ok {
			t, ok = types[name]
		}
		if !ok {
			panic("stack: :" + w.Name + " wants an operand of the unknown type " + name)
		}
		w.operands = append(w.operands, t)
	}
}

// Outputs returns the types that w leaves, by its signature.
func (w *Word) Outputs() []string {
	_, outputs, _ := strings.Cut(w.Signature, "--")
	return strings.Fields(outputs)
}

// Operands returns the types of the operands, deepest first; nil where the whole stack decides.
func (w *Word) Operands() []Type { return w.operands }

// Accepts reports whether w can run on a stack, bottom first.
func (w *Word) Accepts(values []Value) bool {
	_, ok := w.accept(nil, values)
	return ok
}

// accept appends the operands of w to dst, deepest first; false if the stack does not fit.
func (w *Word) accept(dst []any, values []Value) ([]any, bool) {
	if w.Matches != nil {
		return dst, w.Matches(values)
	}
	base := len(values) - len(w.operands)
	if base < 0 {
		return dst, false
	}
	for i, t := range w.operands {
		operand, ok := t.Accept(values[base+i])
		if !ok {
			return dst, false
		}
		dst = append(dst, operand)
	}
	return dst, true
}
