package pattern

import (
	"encoding/binary"
	"unicode/utf8"
)

// While a pattern is compiled maxBytes bounds the memory of its nodes, and maxVisits how many nodes the
// rules look at: a fifth of a second at most. An alternation of a thousand names needs 2 MB and 500,000.
const (
	maxBytes  = 16 << 20
	maxVisits = 1 << 22
	nodeBytes = 200 // of a node and its entry in the map, without texts and children
)

// A tree makes the nodes of one pattern, each distinct one once. Once a bound is exceeded err is set
// and every rewrite returns its argument.
type tree struct {
	interned map[string]*node
	bytes    int
	visits   int
	err      error
	key      []byte
	passes   int       // rules applied so far
	outcomes []outcome // by node id
}

// intern returns the node equal to n that was made before, or n.
func (t *tree) intern(n node) *node {
	t.key = appendKey(t.key[:0], &n)
	if known, ok := t.interned[string(t.key)]; ok {
		return known
	}
	if t.interned == nil {
		t.interned = make(map[string]*node)
	}
	// The key holds the text, and a child takes a few bytes in it and eight in subs.
	if t.bytes += nodeBytes + len(t.key) + 8*len(n.subs); t.bytes > maxBytes {
		t.err = ErrTooComplex
	}
	n.id = len(t.interned) + 1
	n.measure()
	t.interned[string(t.key)] = &n
	return &n
}

// appendKey appends bytes that are equal for equal nodes only. Children are equal when they are the same.
func appendKey(dst []byte, n *node) []byte {
	dst = append(dst, byte(n.kind))
	switch n.kind {
	case class:
		dst = binary.LittleEndian.AppendUint64(dst, n.set[0])
		dst = binary.LittleEndian.AppendUint64(dst, n.set[1])
	case literal, prefix:
		if n.fold {
			dst[0] |= 0x80
		}
		dst = append(dst, n.text...)
	case find:
		if n.fold {
			dst[0] |= 0x80
		}
		dst = binary.AppendUvarint(dst, uint64(n.next.id))
		dst = append(dst, n.text...)
	case sequence, alternation:
		for _, sub := range n.subs {
			dst = binary.AppendUvarint(dst, uint64(sub.id))
		}
	case repeat:
		dst = binary.AppendUvarint(dst, uint64(n.sub.id))
		dst = binary.AppendUvarint(dst, uint64(n.min))
		dst = binary.AppendUvarint(dst, uint64(n.max))
	case star, optional:
		dst = binary.AppendUvarint(dst, uint64(n.sub.id))
		dst = binary.AppendUvarint(dst, uint64(n.next.id))
	case ahead, notAhead:
		dst = binary.AppendUvarint(dst, uint64(n.sub.id))
	}
	return dst
}

// leaf returns a node without fields: always, never, start, end or anyChar.
func (t *tree) leaf(k kind) *node { return t.intern(node{kind: k}) }

// literal returns a node that consumes text.
func (t *tree) literal(text string) *node { return t.intern(node{kind: literal, text: text}) }

// find returns a node for ".*text" with what follows.
func (t *tree) find(text string, next *node) *node {
	return t.intern(node{kind: find, text: text, next: next})
}

// star returns a node for "sub*" with what follows.
func (t *tree) star(sub, next *node) *node {
	return t.intern(node{kind: star, sub: sub, next: next})
}

// sequence returns subs one after the other: always for none, the node itself for one.
func (t *tree) sequence(subs ...*node) *node { return t.several(sequence, subs) }

// alternation returns a choice of subs: always for none, the node itself for one.
func (t *tree) alternation(subs ...*node) *node { return t.several(alternation, subs) }

func (t *tree) several(k kind, subs []*node) *node {
	switch len(subs) {
	case 0:
		return t.leaf(always)
	case 1:
		return subs[0]
	}
	return t.intern(node{kind: k, subs: subs})
}

// first returns what n begins with, and rest what follows it: the first of a sequence, the loop of a
// star, the first character of a literal. Everything else is its own beginning.
func (t *tree) first(n *node) *node {
	switch {
	case n.kind == sequence:
		return n.subs[0]
	case n.kind == star:
		return t.star(n.sub, t.leaf(always))
	case n.kind == literal && n.text != "":
		_, size := utf8.DecodeRuneInString(n.text)
		return t.literal(n.text[:size])
	}
	return n
}

// rest returns what follows first(n); always where nothing does.
func (t *tree) rest(n *node) *node {
	switch {
	case n.kind == sequence:
		return t.sequence(n.subs[1:]...)
	case n.kind == star:
		return n.next
	case n.kind == literal && n.text != "":
		if _, size := utf8.DecodeRuneInString(n.text); size < len(n.text) {
			return t.literal(n.text[size:])
		}
	}
	return t.leaf(always)
}
