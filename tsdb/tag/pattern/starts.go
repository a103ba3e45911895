package pattern

import (
	"slices"
	"strings"
)

// A Start is a literal that values begin with, and what is known about those that do.
type Start struct {
	Text string
	// Sure tells that every value that begins with Text is matched, Whole that of those only Text itself can be,
	// and is. Where both are false a value has to be matched.
	Sure, Whole bool
}

// Starts returns literals of which every matching value begins with one, in order. No value begins with two of
// them, but where the shorter is Whole and the value is longer: walking over each finds every value once. Where
// nothing is known, and always so under ignoreCase, it is the empty text alone. The slice is the pattern's own.
//
//	^(web|db-[0-9]+|cache$)     "cache" whole, "db-", "web" sure
func (p *Pattern) Starts() []Start { return p.starts }

// maxStarts bounds the nodes that are visited to find starts. Nodes are shared: an alternation behind another one
// stands for as many literals as both multiplied. A thousand names need 4,000.
const maxStarts = 1 << 14

// startsOf returns what Starts does.
func startsOf(root *node, ignoreCase bool) []Start {
	s := starter{left: maxStarts}
	if !ignoreCase {
		s.visit(root, "")
	}
	if ignoreCase || s.left < 0 {
		return []Start{{}}
	}
	return disjoint(s.found)
}

// A starter collects the starts of a tree.
type starter struct {
	found []Start
	left  int // visits
}

// visit adds the starts of values that have text and then a match of n, behind which nothing is asked for.
func (s *starter) visit(n *node, text string) {
	if s.left--; s.left < 0 {
		return
	}
	switch n.kind {
	case always:
		s.found = append(s.found, Start{Text: text, Sure: true})
	case never:
	case end:
		s.found = append(s.found, Start{Text: text, Whole: true})
	case literal:
		s.found = append(s.found, Start{Text: text + n.text, Sure: true})
	case start, prefix:
		if text == "" {
			s.found = append(s.found, Start{Text: n.text, Sure: true})
		}
	case alternation:
		for _, sub := range n.subs {
			s.visit(sub, text)
		}
	case sequence:
		s.sequence(n.subs, text)
	default:
		s.found = append(s.found, Start{Text: text})
	}
}

// sequence adds the starts of nodes that follow each other: the literals in front lead to the last one, or to one
// that is not literal.
func (s *starter) sequence(subs []*node, text string) {
	for i, sub := range subs {
		switch {
		case i == len(subs)-1:
			s.visit(sub, text)
			return
		case sub.kind == literal:
			text += sub.text
		case (sub.kind == start || sub.kind == prefix) && text == "":
			text = sub.text
		default:
			s.found = append(s.found, Start{Text: text})
			return
		}
	}
}

// disjoint sorts starts and drops those that others cover.
func disjoint(all []Start) []Start {
	rank := func(s Start) int { // of equal texts the one that covers most comes first
		switch {
		case s.Sure:
			return 0
		case s.Whole:
			return 2
		}
		return 1
	}
	slices.SortFunc(all, func(a, b Start) int {
		if c := strings.Compare(a.Text, b.Text); c != 0 {
			return c
		}
		return rank(a) - rank(b)
	})
	kept := all[:0]
	covering := -1 // the last kept start that covers all values that begin with it
	for _, s := range all {
		switch {
		case covering >= 0 && strings.HasPrefix(s.Text, kept[covering].Text):
			continue
		case s.Whole && len(kept) > 0 && kept[len(kept)-1] == s:
			continue
		case !s.Whole:
			covering = len(kept)
		}
		kept = append(kept, s)
	}
	return kept
}
