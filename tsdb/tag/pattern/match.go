package pattern

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSteps bounds the nodes that one match visits.
const maxSteps = 1 << 16

// noMatch is the position that match returns where there is none.
const noMatch = -1

// A walk is one match of a tree against a value. Steps goes below zero when the budget is exhausted;
// from then on nothing matches.
type walk struct {
	value string
	steps int
}

// match returns where a match of n that starts at byte at ends, or noMatch. What follows n where it
// can go back is part of n, so one end is all that a caller needs.
func (w *walk) match(n *node, at int) int {
	if w.steps--; w.steps < 0 || len(w.value)-at < n.minBytes {
		return noMatch
	}
	switch n.kind {
	case always:
		return at
	case never:
		return noMatch
	case start:
		return when(at == 0, at)
	case end:
		return when(at == len(w.value), at)
	case anyChar:
		return w.character(at)
	case class:
		return when(at < len(w.value) && n.set.has(w.value[at]), at+1)
	case literal:
		return w.text(n, at)
	case prefix:
		if at > 0 {
			return noMatch
		}
		return w.text(n, at)
	case find:
		return w.find(n, at)
	case sequence:
		return w.sequence(n, at)
	case alternation:
		return w.alternation(n, at)
	case repeat:
		return w.repeat(n, at)
	case star:
		return w.star(n, at)
	case optional:
		return w.optional(n, at)
	case ahead:
		return when(w.match(n.sub, at) >= 0, at)
	case notAhead:
		return when(w.match(n.sub, at) < 0, at)
	}
	panic("pattern: a node of unknown kind")
}

// when returns at if ok.
func when(ok bool, at int) int {
	if ok {
		return at
	}
	return noMatch
}

// character goes past one character. A byte that is not UTF-8 counts as one.
func (w *walk) character(at int) int {
	if at == len(w.value) {
		return noMatch
	}
	if w.value[at] < utf8.RuneSelf {
		return at + 1
	}
	_, size := utf8.DecodeRuneInString(w.value[at:])
	return at + size
}

// text goes past the text of n.
func (w *walk) text(n *node, at int) int {
	if n.fold {
		return foldPrefix(w.value, at, n.text)
	}
	return when(strings.HasPrefix(w.value[at:], n.text), at+len(n.text))
}

// find looks for the text of n and what follows it, from the left.
func (w *walk) find(n *node, at int) int {
	for {
		found, after := w.index(n, at)
		if found < 0 {
			return noMatch
		}
		if p := w.match(n.next, after); p >= 0 {
			return p
		}
		// What a later place leaves to next is less than what it has just failed on.
		if n.next.lateFails || w.steps < 0 || found == len(w.value) {
			return noMatch
		}
		at = w.character(found)
	}
}

// index returns the next place of the text of n and where it ends, or noMatch.
func (w *walk) index(n *node, at int) (found, after int) {
	if !n.fold {
		i := strings.Index(w.value[at:], n.text)
		if i < 0 {
			return noMatch, noMatch
		}
		return at + i, at + i + len(n.text)
	}
	for ; ; at = w.character(at) {
		if n.text != "" && n.text[0] < utf8.RuneSelf {
			skipped := otherASCII(w.value[at:], lowerCase(n.text[0]))
			at += skipped
			w.steps -= skipped
		}
		if p := foldPrefix(w.value, at, n.text); p >= 0 {
			return at, p
		}
		if at == len(w.value) {
			return noMatch, noMatch
		}
		w.steps--
	}
}

func (w *walk) sequence(n *node, at int) int {
	for _, sub := range n.subs {
		if at = w.match(sub, at); at < 0 {
			return noMatch
		}
	}
	return at
}

func (w *walk) alternation(n *node, at int) int {
	for _, sub := range n.subs {
		if p := w.match(sub, at); p >= 0 {
			return p
		}
	}
	return noMatch
}

// repeat takes as many as there are, up to the most. A body that matches nothing counts for all the rest.
func (w *walk) repeat(n *node, at int) int {
	for count := 0; count < n.max; count++ {
		p := w.match(n.sub, at)
		if p == at {
			return at
		}
		if p < 0 {
			return when(count >= n.min && w.steps >= 0, at)
		}
		at = p
	}
	return at
}

// star tries what follows before it takes one more. Without a next it takes all it can.
func (w *walk) star(n *node, at int) int {
	if n.next.kind == always && n.sub.kind != anyChar {
		for {
			p := w.match(n.sub, at)
			if p <= at {
				return when(w.steps >= 0, at)
			}
			at = p
		}
	}
	for len(w.value)-at >= n.next.minBytes {
		if p := w.match(n.next, at); p >= 0 {
			return p
		}
		if n.sub.kind == anyChar && n.next.lateFails {
			return noMatch
		}
		p := w.match(n.sub, at)
		if p <= at {
			return noMatch
		}
		at = p
	}
	return noMatch
}

// optional tries one, then none.
func (w *walk) optional(n *node, at int) int {
	if p := w.match(n.sub, at); p >= 0 {
		if p = w.match(n.next, p); p >= 0 {
			return p
		}
	}
	return w.match(n.next, at)
}

// foldPrefix returns where text, in any case, ends in value if it starts at byte at, or noMatch.
// Characters are compared one by one, through upper and lower case as Java does: É equals é, but ß not SS.
func foldPrefix(value string, at int, text string) int {
	for i := 0; i < len(text); {
		if at == len(value) {
			return noMatch
		}
		if text[i] < utf8.RuneSelf && value[at] < utf8.RuneSelf {
			if lowerCase(text[i]) != lowerCase(value[at]) {
				return noMatch
			}
			i, at = i+1, at+1
			continue
		}
		want, wantBytes := utf8.DecodeRuneInString(text[i:])
		got, gotBytes := utf8.DecodeRuneInString(value[at:])
		if got != want && !equalFold(got, want) {
			return noMatch
		}
		i, at = i+wantBytes, at+gotBytes
	}
	return at
}

// otherASCII returns how many characters at the start of text are ASCII and not c in either case; c is no capital.
// A search that ignores case spends its time here.
func otherASCII(text string, c byte) int {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf || lowerCase(text[i]) == c {
			return i
		}
	}
	return len(text)
}

// lowerCase returns an ASCII character with A to Z as a to z.
func lowerCase(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// equalFold reports whether a and b are one character but for the case.
func equalFold(a, b rune) bool {
	a, b = unicode.ToUpper(a), unicode.ToUpper(b)
	return a == b || unicode.ToLower(a) == unicode.ToLower(b)
}
