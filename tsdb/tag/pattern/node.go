package pattern

import (
	"math"
	"unicode/utf8"
)

// A kind is what a node does.
type kind uint8

const (
	always      kind = iota // matches, consuming nothing
	never                   // matches nothing
	start                   // matches at the start of the value
	end                     // matches at the end of the value
	anyChar                 // consumes one character
	class                   // consumes one character of set
	literal                 // consumes text
	prefix                  // start, then text
	find                    // any characters, then text, then next
	sequence                // subs one after the other
	alternation             // the first of subs that matches
	repeat                  // sub min to max times, without going back
	star                    // sub any number of times, as few as let next match
	optional                // sub at most once, then next
	ahead                   // sub matches here; consumes nothing
	notAhead                // sub does not match here; consumes nothing
)

// A node is a part of a compiled pattern. It is immutable, and a tree holds no two equal ones.
type node struct {
	kind kind
	// fold makes text and set ignore case.
	fold bool
	// lateFails marks a node that, where it fails at one position, fails at every later one.
	lateFails bool
	text      string // literal, prefix, find
	set       set    // class
	subs      []*node
	sub, next *node
	min, max  int // repeat
	// minBytes is the least number of bytes that a match consumes.
	minBytes int
	id       int
}

// alwaysMatches reports whether n is known to match everywhere.
func (n *node) alwaysMatches() bool {
	switch n.kind {
	case always:
		return true
	case star:
		return n.sub.kind == anyChar && (n.next.kind == always || n.next.kind == end)
	case optional:
		return n.sub.kind == anyChar && n.next.kind == always
	}
	return false
}

// startAnchored reports whether n can match at the start of the value only.
func (n *node) startAnchored() bool {
	switch n.kind {
	case start, prefix:
		return true
	case sequence:
		return n.subs[0].startAnchored()
	case alternation:
		for _, sub := range n.subs {
			if !sub.startAnchored() {
				return false
			}
		}
		return true
	}
	return false
}

// isAnyStar reports whether n is ".*" followed by something.
func (n *node) isAnyStar() bool { return n.kind == star && n.sub.kind == anyChar }

// measure fills in what is derived from the other fields.
func (n *node) measure() {
	total := 0
	switch n.kind {
	case anyChar, class:
		total = 1
	case literal, prefix:
		total = n.textBytes()
	case find:
		total = n.textBytes() + n.next.minBytes
	case star, optional:
		total = n.next.minBytes
	case repeat:
		if most := math.MaxInt32; n.sub.minBytes > 0 && n.min > most/n.sub.minBytes {
			total = most
		} else if n.sub.minBytes > 0 {
			total = n.min * n.sub.minBytes
		}
	case sequence:
		for _, sub := range n.subs {
			total += sub.minBytes
		}
	case alternation:
		total = math.MaxInt32
		for _, sub := range n.subs {
			total = min(total, sub.minBytes)
		}
	}
	n.minBytes = min(total, math.MaxInt32)
	n.lateFails = n.kind == find || n.isAnyStar()
}

// textBytes returns the least length of a text that equals n.text: the other case of a character
// can be shorter.
func (n *node) textBytes() int {
	if n.fold {
		return utf8.RuneCountInString(n.text)
	}
	return len(n.text)
}
