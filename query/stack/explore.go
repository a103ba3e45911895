package stack

import (
	"reflect"
	"slices"
)

// A Visit is what became of one token of a program that was run as far as it goes.
type Visit struct {
	// Token is a text, a word, a closing parenthesis without list, or a whole list with its parentheses.
	Token
	// Items are the tokens inside a list, inner parentheses among them; nil if the token is no list.
	Items []Token
	// Word is the definition that ran, or that would have; nil for everything else.
	Word *Word
	// Stack is what is there afterwards, bottom first, and Origins for each value the index of the visit
	// that made it.
	Stack   []Value
	Origins []int
	// Mistake is what is wrong with the token; nil if nothing is.
	Mistake *Error
}

// Explore runs a program and goes on after mistakes, for an editor: a token that cannot run leaves the
// stack as it is; a word that fits and fails takes its operands and leaves placeholders. What follows a
// comment that does not end is not looked at. It never fails, and ends where Execute would.
func (v *Vocabulary) Explore(program string, options Options) []Visit {
	src, failure := newSource(program)
	rest := ""
	if failure != nil {
		rest = program[failure.Offset:]
		program = program[:failure.Offset]
		src, _ = newSource(program)
	}
	x := explorer{machine: v.NewMachine(options), src: src}
	x.machine.written.program = program
	for x.visit() {
	}
	if failure != nil {
		x.visits = append(x.visits, Visit{
			Token:   Token{rest, failure.Offset, len(rest)},
			Stack:   slices.Clone(x.machine.stack),
			Origins: x.origins,
			Mistake: failure,
		})
	}
	return x.visits
}

// visitWeight is what a visit itself weighs against maxTrace, in values, and mistakeWeight what a mistake
// adds, for which the nearest word is looked up.
const (
	visitWeight   = 8
	mistakeWeight = 128
)

// An explorer is an exploration under way.
type explorer struct {
	machine *Machine
	src     source
	visits  []Visit
	origins []int // of the values on the machine's stack
	kept    int   // values in all visits
}

// visit runs the next token; false at the end.
func (x *explorer) visit() bool {
	m := x.machine
	token, ok := x.src.next()
	if !ok {
		return false
	}
	before := slices.Clone(m.stack)
	visit := Visit{Token: token}
	failure := m.checkLimits()
	if failure == nil && x.kept > maxTrace {
		failure = Errorf(IllegalState, "the program is too long to be looked at further")
	}
	if failure != nil {
		visit.Mistake = failure.At(token.Offset, token.Length)
		visit.Stack, visit.Origins = before, x.origins
		x.visits = append(x.visits, visit)
		return false
	}
	switch {
	case token.Text == "(":
		x.visitList(&visit)
	case token.Text[0] == ':':
		x.visitWord(&visit, before)
	default:
		if failure := m.step(token.Text, nil); failure != nil {
			visit.Mistake = failure.At(token.Offset, token.Length)
		}
	}
	x.trace(before)
	visit.Stack, visit.Origins = slices.Clone(m.stack), x.origins
	x.kept += len(visit.Stack) + visitWeight
	if visit.Mistake != nil {
		x.kept += mistakeWeight
	}
	x.visits = append(x.visits, visit)
	return true
}

// visitList collects a list; one that does not end has what there is.
func (x *explorer) visitList(visit *Visit) {
	open := visit.Token
	last := open
	failure := x.machine.collect(func() (Value, bool) {
		token, ok := x.src.next()
		if ok {
			last = token
			visit.Items = append(visit.Items, token)
		}
		return Text(token.Text), ok
	})
	if failure != nil {
		visit.Mistake = failure.At(open.Offset, open.Length)
		list := make(List, len(visit.Items))
		for i, item := range visit.Items {
			list[i] = Text(item.Text)
		}
		x.machine.Push(list)
	} else {
		visit.Items = visit.Items[:len(visit.Items)-1] // without the parenthesis that closes it
		x.machine.written.remember(x.machine.Top().(List), open)
	}
	visit.Length = last.Offset + last.Length - open.Offset
}

// visitWord runs a word.
func (x *explorer) visitWord(visit *Visit, before []Value) {
	m := x.machine
	name := visit.Text[1:]
	for _, w := range m.vocabulary.byName[name] {
		if w.Accepts(before) {
			visit.Word = w
			break
		}
	}
	failure := m.Word(name)
	if failure == nil {
		return
	}
	visit.Mistake = failure.At(visit.Offset, visit.Length)
	m.stack = append(m.stack[:0], before...)
	if w := visit.Word; w != nil && w.Matches == nil {
		m.stack = m.stack[:len(m.stack)-len(w.operands)]
		for _, t := range w.Outputs() {
			m.stack = append(m.stack, Text("<"+w.Name+":"+t+">"))
		}
	}
}

// trace finds out which visit made each value on the stack: a value that was there before keeps its
// origin, also where a word has moved it.
func (x *explorer) trace(before []Value) {
	origins := make([]int, len(x.machine.stack))
	for i, v := range x.machine.stack {
		origins[i] = len(x.visits)
		if i < len(before) && Same(v, before[i]) {
			origins[i] = x.origins[i]
			continue
		}
		for j := len(before) - 1; j >= 0; j-- {
			if Same(v, before[j]) {
				origins[i] = x.origins[j]
				break
			}
		}
	}
	x.origins = origins
}

// Same reports whether a and b are one value, or cannot be told apart by their text. Lists count as different.
func Same(a, b Value) bool {
	switch a := a.(type) {
	case List:
		return false
	case Text:
		return a == b
	}
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		return false
	}
	if reflect.TypeOf(a).Kind() == reflect.Pointer {
		return a == b
	}
	return a.String() == b.String()
}
