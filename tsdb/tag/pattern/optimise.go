package pattern

// A rule replaces a node, whose children have been rewritten already, by one that means the same.
type rule func(t *tree, n *node) *node

// maxRounds bounds how often all rules are applied; a tree settles after a few.
const maxRounds = 1000

// optimise applies the rules, in their order, until the tree no longer changes.
func optimise(root *node, t *tree) (*node, error) {
	for range maxRounds {
		before := root
		for _, r := range rules {
			root = t.rewrite(root, r)
		}
		root = t.rewriteTail(root, dropTrailingAny)
		if t.err != nil || root == before {
			break
		}
	}
	return root, t.err
}

// rewrite applies r to every node below n and then to n. The body of a counted repeat gets the rule
// itself, but not what is below it, and so keeps its shape: part of the dialect.
func (t *tree) rewrite(n *node, r rule) *node {
	return t.newPass(r).all(n)
}

// rewriteTail is rewrite for the nodes that a match of n ends with.
func (t *tree) rewriteTail(n *node, r rule) *node {
	return t.newPass(r).tail(n)
}

// A pass is one rule on its way through a tree. One pass ends before the next begins.
type pass struct {
	*tree
	rule rule
}

// newPass forgets what became of nodes in the pass before.
func (t *tree) newPass(r rule) *pass {
	t.passes++
	return &pass{tree: t, rule: r}
}

// An outcome is what became of a node in a pass. Outcomes are kept by node id and live as long as the
// tree, because a pattern sees a hundred passes: a map for each took most of the time of Compile.
type outcome struct {
	pass   int
	became *node
}

// visit returns what n became, which is what rebuild makes of it the first time.
func (p *pass) visit(n *node, rebuild func(*node) *node) *node {
	if n.id < len(p.outcomes) && p.outcomes[n.id].pass == p.passes {
		return p.outcomes[n.id].became
	}
	if p.visits += 1 + len(n.subs); p.visits > maxVisits {
		p.err = ErrTooComplex
	}
	if p.err != nil {
		return n
	}
	became := rebuild(n)
	if missing := n.id + 1 - len(p.outcomes); missing > 0 {
		p.outcomes = append(p.outcomes, make([]outcome, max(missing, 64))...)
	}
	p.outcomes[n.id] = outcome{p.passes, became}
	return became
}

func (p *pass) all(n *node) *node {
	return p.visit(n, func(n *node) *node {
		switch n.kind {
		case sequence, alternation:
			return p.rule(p.tree, p.withSubs(n, p.all, 0))
		case repeat:
			return p.withSub(n, p.rule(p.tree, n.sub), nil)
		case star, optional:
			return p.rule(p.tree, p.withSub(n, p.all(n.sub), p.all(n.next)))
		case find:
			return p.rule(p.tree, p.withSub(n, nil, p.all(n.next)))
		case ahead, notAhead:
			return p.rule(p.tree, p.withSub(n, p.all(n.sub), nil))
		}
		return p.rule(p.tree, n)
	})
}

func (p *pass) tail(n *node) *node {
	return p.visit(n, func(n *node) *node {
		switch n.kind {
		case sequence:
			return p.rule(p.tree, p.withSubs(n, p.tail, len(n.subs)-1))
		case alternation:
			return p.rule(p.tree, p.withSubs(n, p.tail, 0))
		case repeat:
			return p.withSub(n, p.rule(p.tree, n.sub), nil)
		case star, optional, find:
			return p.rule(p.tree, p.withSub(n, n.sub, p.tail(n.next)))
		case ahead, notAhead:
			return p.rule(p.tree, p.withSub(n, p.tail(n.sub), nil))
		}
		return p.rule(p.tree, n)
	})
}

// withSub returns n with other children.
func (p *pass) withSub(n, sub, next *node) *node {
	if n.sub == sub && n.next == next {
		return n
	}
	changed := *n
	changed.sub, changed.next = sub, next
	return p.intern(changed)
}

// withSubs returns n with its children from an index on rewritten.
func (p *pass) withSubs(n *node, rewrite func(*node) *node, from int) *node {
	var subs []*node
	for i, sub := range n.subs[from:] {
		became := rewrite(sub)
		if became != sub && subs == nil {
			subs = append(subs, n.subs...)
		}
		if subs != nil {
			subs[from+i] = became
		}
	}
	if subs == nil {
		return n
	}
	return p.several(n.kind, subs)
}
