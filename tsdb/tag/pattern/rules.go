package pattern

import "slices"

// rules are applied in this order, each to the whole tree. Order and scope are those of Atlas's PatternMatcher:
// they decide which nodes go back over their choices.
var rules = []rule{
	takeNext,
	dropAlways,
	spreadNever,
	nothingAfterEnd,
	dropNeverRepeated,
	emptyClass,
	singleClass,
	startBeforeAny,
	anyBeforeStart,
	anyBeforeFind,
	anyTwice,
	flattenSequence,
	flattenAlternation,
	dropEqualBranches,
	dropNeverBranches,
	commonFirst,
	anyIntoBranches,
	startsWith,
	extendPrefix,
	extendFind,
	joinLiterals,
	dropStarOfStart,
	startTwice,
	anyToFind,
}

// takeNext moves what follows a node that can go back into it, so that every way is tried:
// (a|ab)c becomes (ac|abc). An alternation right before another one is left alone.
func takeNext(t *tree, n *node) *node {
	if n.kind != sequence {
		return n
	}
	for i, sub := range n.subs {
		beforeAlternation := i+1 < len(n.subs) && n.subs[i+1].kind == alternation
		if sub.kind == alternation && beforeAlternation {
			continue
		}
		switch sub.kind {
		case alternation, star, optional, find:
			after := t.sequence(n.subs[i+1:]...)
			return t.sequence(append(slices.Clone(n.subs[:i]), t.followedBy(sub, after))...)
		}
	}
	return n
}

// followedBy returns n, which can go back, with after behind what it already has.
func (t *tree) followedBy(n, after *node) *node {
	if after.kind == always {
		return n
	}
	if n.kind == alternation {
		subs := make([]*node, len(n.subs))
		for i, sub := range n.subs {
			subs[i] = t.sequence(sub, after)
		}
		return t.alternation(subs...)
	}
	changed := *n
	changed.next = after
	if n.next.kind != always {
		changed.next = t.sequence(n.next, after)
	}
	return t.intern(changed)
}

// dropAlways removes what consumes nothing from a sequence.
func dropAlways(t *tree, n *node) *node {
	if n.kind != sequence || !hasSub(n, always) {
		return n
	}
	return t.sequence(without(n.subs, always)...)
}

// hasSub reports whether one of n's subs is of kind k. Rules ask before they make the subs anew.
func hasSub(n *node, k kind) bool {
	return slices.ContainsFunc(n.subs, func(sub *node) bool { return sub.kind == k })
}

// without returns subs but for those of kind k.
func without(subs []*node, k kind) []*node {
	return slices.DeleteFunc(slices.Clone(subs), func(sub *node) bool { return sub.kind == k })
}

// spreadNever turns a sequence with a part that never matches into never.
func spreadNever(t *tree, n *node) *node {
	if n.kind == sequence && hasSub(n, never) {
		return t.leaf(never)
	}
	return n
}

// nothingAfterEnd turns a sequence that goes on behind "$" into never: Atlas's PatternMatcher does so even
// where the rest could be empty.
func nothingAfterEnd(t *tree, n *node) *node {
	if n.kind != sequence {
		return n
	}
	ended := false
	for _, sub := range n.subs {
		if sub.kind == end {
			ended = true
		} else if ended && !sub.alwaysMatches() {
			return t.leaf(never)
		}
	}
	return n
}

// dropNeverRepeated leaves of a repeat only its next, if its body never matches; never, if its next does.
func dropNeverRepeated(_ *tree, n *node) *node {
	if (n.kind == star || n.kind == optional) && (n.sub.kind == never || n.next.kind == never) {
		return n.next
	}
	return n
}

// emptyClass turns a class without members into never.
func emptyClass(t *tree, n *node) *node {
	if n.kind == class && n.set.empty() {
		return t.leaf(never)
	}
	return n
}

// flattenSequence puts the parts of a sequence inside a sequence into the outer one.
func flattenSequence(t *tree, n *node) *node {
	if n.kind != sequence || !hasSub(n, sequence) {
		return n
	}
	return t.sequence(flatten(n.subs, sequence)...)
}

// flattenAlternation puts the branches of an alternation inside an alternation into the outer one.
func flattenAlternation(t *tree, n *node) *node {
	if n.kind != alternation || !hasSub(n, alternation) {
		return n
	}
	return t.alternation(flatten(n.subs, alternation)...)
}

// flatten replaces subs of kind k by their own subs.
func flatten(subs []*node, k kind) []*node {
	var flat []*node
	for _, sub := range subs {
		if sub.kind == k {
			flat = append(flat, sub.subs...)
		} else {
			flat = append(flat, sub)
		}
	}
	return flat
}

// dropEqualBranches keeps the first of equal branches.
func dropEqualBranches(t *tree, n *node) *node {
	if n.kind != alternation {
		return n
	}
	seen := make(map[*node]bool, len(n.subs))
	var kept []*node
	for _, sub := range n.subs {
		if !seen[sub] {
			seen[sub] = true
			kept = append(kept, sub)
		}
	}
	return t.alternation(kept...)
}

// dropNeverBranches removes branches that never match. Where none is left Atlas's PatternMatcher has always.
func dropNeverBranches(t *tree, n *node) *node {
	if n.kind != alternation || !hasSub(n, never) {
		return n
	}
	return t.alternation(without(n.subs, never)...)
}

// commonFirst takes out what all branches begin with: (ab|ac) becomes a(b|c).
func commonFirst(t *tree, n *node) *node {
	if n.kind != alternation {
		return n
	}
	first := t.first(n.subs[0])
	if first.alwaysMatches() {
		return n
	}
	rests := make([]*node, len(n.subs))
	for i, sub := range n.subs {
		if t.first(sub) != first {
			return n
		}
		rests[i] = t.rest(sub)
	}
	return t.sequence(first, t.alternation(rests...))
}
