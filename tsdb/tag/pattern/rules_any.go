package pattern

// The rules about ".*" and anchors.

// startBeforeAny drops the start anchor of "^.*".
func startBeforeAny(_ *tree, n *node) *node {
	if n.kind == sequence && len(n.subs) == 2 && n.subs[0].kind == start && n.subs[1].isAnyStar() {
		return n.subs[1]
	}
	return n
}

// anyBeforeStart drops the loop of ".*^": it must be empty.
func anyBeforeStart(_ *tree, n *node) *node {
	if n.isAnyStar() && n.next.kind == sequence && n.next.subs[0].startAnchored() {
		return n.next
	}
	return n
}

// anyBeforeFind drops the loop of ".*(.*foo)".
func anyBeforeFind(t *tree, n *node) *node {
	if n.isAnyStar() && t.first(n.next).kind == find {
		return n.next
	}
	return n
}

// anyTwice turns ".*.*" into ".*".
func anyTwice(_ *tree, n *node) *node {
	if n.isAnyStar() && n.next.isAnyStar() {
		return n.next
	}
	return n
}

// anyIntoBranches moves ".*" in front of an alternation into its branches.
func anyIntoBranches(t *tree, n *node) *node {
	if !n.isAnyStar() || n.next.kind != alternation {
		return n
	}
	subs := make([]*node, len(n.next.subs))
	for i, sub := range n.next.subs {
		subs[i] = t.star(n.sub, sub)
	}
	return t.alternation(subs...)
}

// anyToFind joins ".*" and what its next begins with, if that is a literal.
func anyToFind(t *tree, n *node) *node {
	if !n.isAnyStar() {
		return n
	}
	if first := t.first(n.next); first.kind == literal {
		return t.find(first.text, t.rest(n.next))
	}
	return n
}

// dropTrailingAny turns ".*" at the end into always.
func dropTrailingAny(t *tree, n *node) *node {
	if n.isAnyStar() && (n.next.kind == always || n.next.kind == end) {
		return t.leaf(always)
	}
	return n
}

// dropStarOfStart drops the loop of "^*".
func dropStarOfStart(_ *tree, n *node) *node {
	if n.kind == star && n.sub.kind == start {
		return n.next
	}
	return n
}

// startTwice keeps one of several start anchors at the start of a sequence.
func startTwice(t *tree, n *node) *node {
	if n.kind != sequence || n.subs[0].kind != start {
		return n
	}
	anchors := 1
	for anchors < len(n.subs) && n.subs[anchors].kind == start {
		anchors++
	}
	return t.sequence(n.subs[anchors-1:]...)
}
