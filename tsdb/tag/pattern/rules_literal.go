package pattern

// The rules that make literals longer, and the one that makes them ignore case.

// singleClass turns a class of one character into that character: [a] is a.
func singleClass(t *tree, n *node) *node {
	if n.kind == class {
		if c, ok := n.set.single(); ok {
			return t.literal(string(rune(c)))
		}
	}
	return n
}

// startsWith joins a start anchor and the literal behind it.
func startsWith(t *tree, n *node) *node {
	if n.kind == sequence && n.subs[0].kind == start && n.subs[1].kind == literal {
		joined := t.intern(node{kind: prefix, text: n.subs[1].text})
		return t.sequence(append([]*node{joined}, n.subs[2:]...)...)
	}
	return n
}

// extendPrefix joins a prefix and the literal behind it.
func extendPrefix(t *tree, n *node) *node {
	if n.kind == sequence && n.subs[0].kind == prefix && n.subs[1].kind == literal {
		joined := t.intern(node{kind: prefix, text: n.subs[0].text + n.subs[1].text})
		return t.sequence(append([]*node{joined}, n.subs[2:]...)...)
	}
	return n
}

// extendFind joins a find and the literal behind it.
func extendFind(t *tree, n *node) *node {
	if n.kind != find {
		return n
	}
	if n.next.kind == literal {
		return t.find(n.text+n.next.text, t.leaf(always))
	}
	if n.next.kind == sequence && n.next.subs[0].kind == literal {
		return t.find(n.text+n.next.subs[0].text, t.sequence(n.next.subs[1:]...))
	}
	return n
}

// joinLiterals joins neighbours that are literals.
func joinLiterals(t *tree, n *node) *node {
	if n.kind != sequence || !literalsMeet(n.subs) {
		return n
	}
	var joined []*node
	for i := 0; i < len(n.subs); {
		if n.subs[i].kind != literal {
			joined = append(joined, n.subs[i])
			i++
			continue
		}
		var text []byte
		for ; i < len(n.subs) && n.subs[i].kind == literal; i++ {
			text = append(text, n.subs[i].text...)
		}
		joined = append(joined, t.literal(string(text)))
	}
	return t.sequence(joined...)
}

// literalsMeet reports whether two literals follow each other.
func literalsMeet(subs []*node) bool {
	for i := range len(subs) - 1 {
		if subs[i].kind == literal && subs[i+1].kind == literal {
			return true
		}
	}
	return false
}

// foldCase makes texts and classes ignore case. It is applied once, after the other rules; below a
// counted repeat it reaches the body itself only.
func foldCase(t *tree, n *node) *node {
	changed := *n
	switch n.kind {
	case literal, prefix, find:
		changed.fold = true
	case class:
		changed.set = n.set.bothCases()
	default:
		return n
	}
	return t.intern(changed)
}
