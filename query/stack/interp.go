package stack

import (
	"slices"
	"strings"
)

// The limits of a program. The first three are Atlas's; it has no other, and nested loops over long lists
// would run for years.
const (
	maxDepth = 10      // programs inside programs, the outermost counted
	maxStack = 1024    // values on the stack
	maxList  = 1024    // tokens in a list that is written out
	maxSteps = 1 << 21 // tokens executed, those of loops counted each time, and what words Spend: a second or two
	maxBuilt = 1 << 15 // values that are no texts and lists: how deep trees can be
)

// Options say how a program runs.
type Options struct {
	// Variables are set before the program starts, and again after :freeze.
	Variables map[string]Value
	// Unstable allows words that may still change.
	Unstable bool
}

// A Machine runs programs against one stack. It is for one goroutine.
type Machine struct {
	vocabulary *Vocabulary
	options    Options

	stack     []Value // top last
	frozen    []Value // out of reach of the program, below the stack
	variables map[string]Value
	ownsMap   bool // variables is the machine's own, so that it can be changed
	depth     int
	steps     int
	built     int
	operands  []any // scratch of step
	written   listPlaces
}

// NewMachine returns a machine with an empty stack.
func (v *Vocabulary) NewMachine(options Options) *Machine {
	return &Machine{vocabulary: v, options: options, variables: options.Variables}
}

// Execute runs a program on a new machine and returns what it leaves on the stack, bottom first, what it
// froze below. The error is an *Error.
func (v *Vocabulary) Execute(program string, options Options) ([]Value, error) {
	m := v.NewMachine(options)
	if err := m.Execute(program); err != nil {
		return nil, err
	}
	return m.Result(), nil
}

// Execute runs a program on the stack as it is. The error is an *Error with its place in program.
func (m *Machine) Execute(program string) error {
	src, failure := newSource(program)
	if failure != nil {
		return failure
	}
	m.written = listPlaces{program: program}
	m.depth++
	defer func() { m.depth-- }()
	var last Token
	for {
		if err := m.checkLimits(); err != nil {
			if strings.HasPrefix(last.Text, ":") {
				err.Word = last.Text[1:]
			}
			return err.At(last.Offset, last.Length)
		}
		token, ok := src.next()
		if !ok {
			return nil
		}
		last = token
		if err := m.step(token.Text, func() (Value, bool) {
			t, ok := src.next()
			return Text(t.Text), ok
		}); err != nil {
			return err.At(token.Offset, token.Length)
		}
		if token.Text == "(" {
			m.written.remember(m.Top().(List), token)
		}
	}
}

// Vocabulary returns the words that m knows.
func (m *Machine) Vocabulary() *Vocabulary { return m.vocabulary }

// Variable returns the value of a variable, or nil.
func (m *Machine) Variable(name string) Value { return m.variables[name] }

// Stack returns the values that words can reach, bottom first. The slice is the machine's own.
func (m *Machine) Stack() []Value { return m.stack }

// Result returns all values, the frozen ones below.
func (m *Machine) Result() []Value {
	if len(m.frozen) == 0 {
		return m.stack
	}
	return slices.Concat(m.frozen, m.stack)
}

// Push puts v, which a word made, on the stack.
func (m *Machine) Push(v Value) {
	switch v.(type) {
	case Text, List:
	default:
		m.built++
	}
	m.stack = append(m.stack, v)
}

// Steps returns how much work the programs on m have been so far.
func (m *Machine) Steps() int { return m.steps }

// Spend counts work that a word does beyond the usual, in steps of less than a microsecond. The error
// says that the program takes too much, and ends it.
func (m *Machine) Spend(steps int) error {
	if m.steps += steps; m.steps > maxSteps {
		return tooManySteps()
	}
	return nil
}

func tooManySteps() *Error {
	return Errorf(IllegalState, "looping detected: more than %d steps", maxSteps)
}

// Pop takes the top value, or nil if there is none.
func (m *Machine) Pop() Value {
	if len(m.stack) == 0 {
		return nil
	}
	top := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return top
}

// Top returns the top value without taking it, or nil.
func (m *Machine) Top() Value {
	if len(m.stack) == 0 {
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// Thaw brings what was frozen back under the stack.
func (m *Machine) Thaw() {
	m.stack, m.frozen = m.Result(), nil
}

// Fork returns a copy of m that can run without changing it.
func (m *Machine) Fork() *Machine {
	fork := *m
	fork.stack, fork.operands = slices.Clone(m.stack), nil
	fork.ownsMap, m.ownsMap = false, false
	return &fork
}

// RunList runs a list as a program, one level deeper.
func (m *Machine) RunList(program List) error {
	m.depth++
	defer func() { m.depth-- }()
	at := 0
	next := func() (Value, bool) {
		if at == len(program) {
			return nil, false
		}
		at++
		return program[at-1], true
	}
	for {
		if failure := m.checkLimits(); failure != nil {
			return failure
		}
		v, ok := next()
		if !ok {
			return nil
		}
		text, ok := v.(Text)
		if !ok {
			m.stack = append(m.stack, v)
			continue
		}
		element := at - 1
		if failure := m.step(string(text), next); failure != nil {
			return m.written.place(failure, program, element)
		}
	}
}

func (m *Machine) checkLimits() *Error {
	m.steps++
	switch {
	case m.depth > maxDepth:
		return Errorf(IllegalState, "looping detected")
	case len(m.stack) > maxStack:
		return Errorf(IllegalState, "stack overflow: stack size exceeds limit of %d", maxStack)
	case m.steps > maxSteps:
		return tooManySteps()
	case m.built > maxBuilt:
		return Errorf(IllegalState, "the program builds more than %d expressions", maxBuilt)
	}
	return nil
}

// step executes one token; a list takes its further tokens from next.
func (m *Machine) step(token string, next func() (Value, bool)) *Error {
	switch {
	case token == "(":
		return m.collect(next)
	case token == ")":
		return Errorf(IllegalState, "unmatched closing parenthesis")
	case token != "" && token[0] == ':':
		return m.Word(token[1:])
	}
	m.Push(Text(Unescape(token)))
	return nil
}

// collect pushes the list of everything up to the parenthesis that closes it, as it is written.
func (m *Machine) collect(next func() (Value, bool)) *Error {
	list := List{}
	for nested := 0; ; {
		if len(list) > maxList {
			return Errorf(IllegalState, "stack overflow: list size exceeds limit of %d", maxList)
		}
		v, ok := next()
		if !ok {
			return Errorf(IllegalState, "unmatched opening parenthesis")
		}
		switch v {
		case Text("("):
			nested++
		case Text(")"):
			if nested == 0 {
				m.Push(list)
				return nil
			}
			nested--
		}
		list = append(list, v)
	}
}

// Word executes the word with that name: the first definition that fits what is on the stack.
func (m *Machine) Word(name string) *Error {
	overloads := m.vocabulary.byName[name]
	for _, w := range overloads {
		operands, ok := w.accept(m.operands[:0], m.stack)
		m.operands = operands
		if ok {
			return m.run(w, operands)
		}
	}
	if overloads == nil {
		return m.vocabulary.unknownWord(name, m.stack)
	}
	return noMatch(name, overloads, m.stack)
}

// run executes a definition that fits.
func (m *Machine) run(w *Word, operands []any) *Error {
	if w.Unstable && !m.options.Unstable {
		return Errorf(IllegalState, "to use :%s enable unstable features", w.Name)
	}
	var err error
	before := m.stack
	if w.body != nil {
		err = m.RunList(w.body)
	} else {
		m.stack = m.stack[:len(m.stack)-len(operands)]
		err = w.Run(m, operands)
	}
	if err == nil {
		return nil
	}
	failure, ok := err.(*Error)
	if !ok {
		failure = Errorf(IllegalArgument, "%s", err.Error())
	}
	if failure.Word == "" {
		failure.Word, failure.Types = w.Name, TypeNames(before)
	}
	return failure
}
