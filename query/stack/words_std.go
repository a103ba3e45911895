package stack

import (
	"maps"
	"slices"
	"strconv"
)

// Standard returns the vocabulary std: words that move values about and know nothing of what they are.
func Standard() *Vocabulary {
	types := []Type{AnyType, StringType, IntType, DoubleType, ListType, StringListType, DoubleListType}
	return New("std", nil, types, stdWords())
}

func stdWords() []Word {
	return []Word{
		{Name: "call", Signature: "program:List -- ", Run: call,
			Summary: "Runs a list as a program on the rest of the stack.", Examples: []string{"(,a,)"}},
		{Name: "clear", Signature: "* -- <empty>", Matches: always, Run: clearStack,
			Summary: "Removes everything from the stack.", Examples: []string{"a,b,c"}},
		{Name: "depth", Signature: " -- Int", Run: depth,
			Summary: "Pushes how many values are on the stack.", Examples: []string{"", "a", "a,b"}},
		{Name: "drop", Signature: "a:Any -- ", Run: drop,
			Summary: "Removes the top value.", Examples: []string{"a,b,c", "ERROR:"}},
		{Name: "dup", Signature: "a:Any -- Any Any", Run: dup,
			Summary: "Copies the top value.", Examples: []string{"a", "a,b", "ERROR:"}},
		{Name: "each", Signature: "items:List f:List -- f(items[0]) ... f(items[N])", Params: []string{"List", "List"}, Run: each,
			Summary: "Pushes each item of a list, the last first, and runs a program after each.", Examples: []string{"(,a,b,),(,:dup,)"}},
		{Name: "format", Signature: "pattern:String args:List -- String", Run: format,
			Summary: "Fills the values of a list into a printf pattern.", Examples: []string{"app-%s,(,www,)"}},
		{Name: "freeze", Signature: "* -- <empty>", Matches: always, Run: freeze,
			Summary: "Finishes what is on the stack: later words cannot reach it, and variables start anew.", Examples: []string{"a,b,c"}},
		{Name: "get", Signature: "k:String -- Any", Run: get,
			Summary: "Pushes the value of a variable.", Examples: []string{"k,v,:set,k"}},
		{Name: "pick", Signature: "aN ... a0 N -- aN ... a0 aN", Matches: indexBelowTop, Run: pick,
			Summary: "Copies the value N places below to the top.", Examples: []string{"a,0", "a,b,0", "a,b,1", "ERROR:a"}},
		{Name: "map", Signature: "items:List f:List -- List(f(items[0]) ... f(items[N]))", Params: []string{"List", "List"}, Run: mapList,
			Summary: "Makes a list of what a program leaves for each item of a list.", Examples: []string{"(,a%s,b%s,),(,(,-1,),:format,)"}},
		{Name: "ndrop", Signature: "aN ... a0 N -- aN", Params: []string{"Int"}, Run: ndrop,
			Summary: "Removes the top N values.", Examples: []string{"a,0", "a,b,c,2", "a,b,c,4", "ERROR:"}},
		{Name: "nlist", Signature: "aN ... a0 N -- aN List(aN-1 ... a0)", Params: []string{"Int"}, Run: nlist,
			Summary: "Makes a list of the top N values, in the order in which they were pushed.", Examples: []string{"a,0", "a,b,c,2", "a,b,c,4", "ERROR:"}},
		{Name: "over", Signature: "a:Any b:Any -- Any Any Any", Run: over,
			Summary: "Copies the second value to the top.", Examples: []string{"a,b"}},
		{Name: "-rot", Signature: "* a b -- b * a", Matches: notEmpty, Run: reverseRot,
			Summary: "Moves the top value to the bottom.", Examples: []string{"a,b,c,d"}},
		{Name: "roll", Signature: "aN ... a0 N -- aN-1 ... a0 aN", Matches: indexBelowTop, Run: roll,
			Summary: "Moves the value N places below to the top.", Examples: []string{"a,0", "a,b,0", "a,b,1", "ERROR:a"}},
		{Name: "rot", Signature: "a ... b -- ... b a", Matches: notEmpty, Run: rot,
			Summary: "Moves the bottom value to the top.", Examples: []string{"a,b,c,d"}},
		{Name: "set", Signature: "k:String v:Any -- ", Run: set,
			Summary: "Gives a variable a value.", Examples: []string{"k,v"}},
		{Name: "swap", Signature: "a:Any b:Any -- Any Any", Run: swap,
			Summary: "Exchanges the top two values.", Examples: []string{"a,b"}},
		{Name: "list", Signature: "* -- List(*)", Matches: always, Run: toList,
			Summary: "Replaces the whole stack by one list of it, the top first.", Examples: []string{"a,b", ""}},
		{Name: "2over", Signature: "a:Any b:Any -- Any Any Any Any", Body: ":over,:over",
			Summary: "Copies the top two values.", Examples: []string{"a,b"}},
		{Name: "nip", Signature: "a:Any b:Any -- Any", Body: ":swap,:drop",
			Summary: "Removes the second value.", Examples: []string{"a,b"}},
		{Name: "tuck", Signature: "a:Any b:Any -- Any Any Any", Body: ":swap,:over",
			Summary: "Copies the top value below the second.", Examples: []string{"a,b"}},
		{Name: "fcall", Signature: "? -- ?", Matches: always, Body: ":get,:call",
			Summary: "Runs the program that a variable holds.", Examples: []string{"duplicate,(,:dup,),:set,a,duplicate"}},
		{Name: "sset", Signature: "v:Any k:String -- ", Body: ":swap,:set",
			Summary: "Gives a variable a value that was pushed before its name.", Examples: []string{"a,b"}},
	}
}

func always([]Value) bool { return true }

func notEmpty(values []Value) bool { return len(values) > 0 }

// indexBelowTop accepts a number with at least one value under it.
func indexBelowTop(values []Value) bool {
	if len(values) < 2 {
		return false
	}
	_, ok := asInt(values[len(values)-1])
	return ok
}

func call(m *Machine, operands []any) error { return m.RunList(operands[0].(List)) }

func clearStack(m *Machine, _ []any) error { m.stack = nil; return nil }

// depth pushes a text, because words take numbers from texts.
func depth(m *Machine, _ []any) error {
	m.Push(Text(strconv.Itoa(len(m.stack))))
	return nil
}

func drop(*Machine, []any) error { return nil }

func dup(m *Machine, operands []any) error {
	v := operands[0].(Value)
	m.stack = append(m.stack, v, v)
	return nil
}

func each(m *Machine, operands []any) error {
	items, program := operands[0].(List), operands[1].(List)
	for _, item := range slices.Backward(items) {
		m.stack = append(m.stack, item)
		if err := m.RunList(program); err != nil {
			return err
		}
	}
	return nil
}

func mapList(m *Machine, operands []any) error {
	items, program := operands[0].(List), operands[1].(List)
	results := make(List, 0, len(items))
	for _, item := range items {
		m.stack = append(m.stack, item)
		if err := m.RunList(program); err != nil {
			return err
		}
		top := m.Pop()
		if top == nil {
			return Errorf(NoSuchElement, "head of empty list")
		}
		results = append(results, top)
	}
	m.Push(results)
	return nil
}

func format(m *Machine, operands []any) error {
	text, err := Format(operands[0].(string), operands[1].(List))
	if err != nil {
		return err
	}
	m.Push(Text(text))
	return m.Spend(len(text) / 64)
}

// freeze puts the stack out of reach and forgets the variables.
func freeze(m *Machine, _ []any) error {
	m.frozen = append(slices.Clip(m.frozen), m.stack...)
	m.stack, m.variables, m.ownsMap = nil, m.options.Variables, false
	return nil
}

func get(m *Machine, operands []any) error {
	name := operands[0].(string)
	v, ok := m.variables[name]
	if !ok {
		return Errorf(NoSuchElement, "key not found: %s", name)
	}
	m.stack = append(m.stack, v)
	return nil
}

// set copies the variables before the first change: the initial map belongs to the caller, and others may
// be seen from outside.
func set(m *Machine, operands []any) error {
	if !m.ownsMap {
		own := make(map[string]Value, len(m.variables)+1)
		maps.Copy(own, m.variables)
		m.variables, m.ownsMap = own, true
	}
	m.variables[operands[0].(string)] = operands[1].(Value)
	return nil
}

// popIndex takes a number off the stack and returns the position of the value that many places below
// the new top.
func popIndex(m *Machine) (n int32, at int, err error) {
	n, _ = asInt(m.Pop())
	at = len(m.stack) - 1 - int(n)
	if n < 0 || at < 0 {
		return 0, 0, Errorf(IndexOutOfBounds, "%d", n)
	}
	return n, at, nil
}

func pick(m *Machine, _ []any) error {
	_, at, err := popIndex(m)
	if err != nil {
		return err
	}
	m.stack = append(m.stack, m.stack[at])
	return nil
}

func roll(m *Machine, _ []any) error {
	_, at, err := popIndex(m)
	if err != nil {
		return err
	}
	v := m.stack[at]
	copy(m.stack[at:], m.stack[at+1:])
	m.stack[len(m.stack)-1] = v
	return nil
}

// atMost limits n to the values that there are.
func atMost(n int32, m *Machine) int { return max(0, min(int(n), len(m.stack))) }

func ndrop(m *Machine, operands []any) error {
	m.stack = m.stack[:len(m.stack)-atMost(operands[0].(int32), m)]
	return nil
}

func nlist(m *Machine, operands []any) error {
	from := len(m.stack) - atMost(operands[0].(int32), m)
	list := List(slices.Clone(m.stack[from:]))
	m.stack = m.stack[:from]
	m.Push(list)
	return nil
}

func over(m *Machine, operands []any) error {
	a, b := operands[0].(Value), operands[1].(Value)
	m.stack = append(m.stack, a, b, a)
	return nil
}

func swap(m *Machine, operands []any) error {
	a, b := operands[0].(Value), operands[1].(Value)
	m.stack = append(m.stack, b, a)
	return nil
}

func rot(m *Machine, _ []any) error {
	bottom := m.stack[0]
	copy(m.stack, m.stack[1:])
	m.stack[len(m.stack)-1] = bottom
	return nil
}

func reverseRot(m *Machine, _ []any) error {
	top := m.Top()
	copy(m.stack[1:], m.stack)
	m.stack[0] = top
	return nil
}

func toList(m *Machine, _ []any) error {
	list := List(slices.Clone(m.stack))
	slices.Reverse(list)
	m.stack = append(m.stack[:0], list)
	return nil
}
