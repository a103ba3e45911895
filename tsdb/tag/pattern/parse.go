package pattern

import (
	"math"
	"strconv"
	"strings"
)

// maxDepth bounds how deep groups and repeats nest: a repeat nests what follows it.
const maxDepth = 1000

// A parser reads the wrapped text of a pattern once, left to right. The first mistake is kept in err and
// moves the parser to the end of the text, so that every loop ends.
type parser struct {
	*tree
	text  []rune
	at    int
	depth int
	err   error
}

// parse returns the tree for text. A repeat takes what follows it in its branch as its next, so that
// the tree of "a*bc" is star(a, sequence(b, c)).
func parse(text string, t *tree) (*node, error) {
	expanded, err := expandEscapes([]rune(text))
	if err != nil {
		return nil, err
	}
	p := &parser{tree: t, text: expanded}
	root := p.branches()
	if !p.atEnd() {
		p.fail("unmatched closing parenthesis")
	}
	if p.err == nil {
		p.err = t.err
	}
	return root, p.err
}

// fail keeps the first mistake, noticed at the current position.
func (p *parser) fail(reason string) {
	p.failWith(&SyntaxError{Reason: reason, Text: string(p.text), Offset: p.at})
}

func (p *parser) unsupported(what string) { p.fail("unsupported: " + what) }

// failAnywhere is fail for a mistake that is reported without its place.
func (p *parser) failAnywhere(reason string) {
	p.failWith(&SyntaxError{Reason: reason, Text: string(p.text), Offset: -1})
}

func (p *parser) failWith(err error) {
	if p.err == nil {
		p.err = err
	}
	p.at = len(p.text)
}

func (p *parser) atEnd() bool { return p.at >= len(p.text) }

// peek returns the next character, or 0 at the end.
func (p *parser) peek() rune {
	if p.atEnd() {
		return 0
	}
	return p.text[p.at]
}

// advance returns the next character and goes past it; at the end it returns the last one.
func (p *parser) advance() rune {
	if !p.atEnd() {
		p.at++
	}
	return p.text[p.at-1]
}

// skipPast goes past the next c, or to the end.
func (p *parser) skipPast(c rune) {
	for !p.atEnd() && p.advance() != c {
	}
}

// branches reads alternatives up to the end of the group and its parenthesis.
func (p *parser) branches() *node {
	subs := []*node{p.branch()}
	for p.peek() == '|' {
		p.at++
		subs = append(subs, p.branch())
	}
	if p.peek() == ')' {
		p.at++
	}
	return p.alternation(subs...)
}

// branch reads items up to the end of the alternative.
func (p *parser) branch() *node {
	if p.depth++; p.depth > maxDepth {
		p.failWith(ErrTooComplex)
	}
	defer func() { p.depth-- }()
	var items []*node
	for !p.atEnd() && p.peek() != ')' && p.peek() != '|' {
		c := p.advance()
		if !strings.ContainsRune("?*+{", c) {
			items = append(items, p.item(c))
			continue
		}
		if len(items) == 0 {
			p.fail("dangling modifier")
			break
		}
		last := len(items) - 1
		items[last] = p.repeated(c, items[last])
	}
	return p.sequence(items...)
}

// item reads one item that starts with c.
func (p *parser) item(c rune) *node {
	switch c {
	case '\\':
		return p.escape()
	case '^':
		return p.leaf(start)
	case '$':
		return p.leaf(end)
	case '.':
		return p.leaf(anyChar)
	case '[':
		return p.intern(node{kind: class, set: p.class()})
	case '(':
		return p.group()
	}
	return p.literal(string(c))
}

// escape reads what follows a backslash.
func (p *parser) escape() *node {
	switch c := p.peek(); {
	case c == 'Q':
		return p.quotation()
	case c == 'c':
		p.unsupported("control character")
	case c == 'k' || c >= '0' && c <= '9':
		p.unsupported("back references")
	}
	if s, ok := p.namedSet(); ok {
		return p.intern(node{kind: class, set: s})
	}
	return p.literal(string(p.advance()))
}

// quotation reads "Q...\E" as one literal, which a repeat takes as a whole.
func (p *parser) quotation() *node {
	from := p.at + 1
	for to := from; to+1 < len(p.text); to++ {
		if p.text[to] == '\\' && p.text[to+1] == 'E' {
			p.at = to + 2
			return p.literal(string(p.text[from:to]))
		}
	}
	p.fail("unclosed quotation")
	return p.leaf(always)
}

// group reads what follows an opening parenthesis.
func (p *parser) group() *node {
	if p.peek() != '?' {
		return p.closedGroup()
	}
	p.at++
	switch p.advance() {
	case ':':
		return p.closedGroup()
	case '<':
		if p.skipPast('>'); p.atEnd() {
			p.fail("unclosed name for capturing group")
		}
		return p.closedGroup()
	case '=':
		return p.intern(node{kind: ahead, sub: p.branches()})
	case '!':
		return p.intern(node{kind: notAhead, sub: p.branches()})
	}
	p.unsupported("inline flags")
	return p.leaf(always)
}

func (p *parser) closedGroup() *node {
	n := p.branches()
	if p.text[p.at-1] != ')' {
		p.fail("unclosed group")
	}
	return n
}

// repeated reads the repeat that starts with c and applies it to n.
func (p *parser) repeated(c rune, n *node) *node {
	if c == '{' {
		return p.counted(n)
	}
	from := p.at - 1
	for strings.ContainsRune("?*+", p.peek()) && !p.atEnd() {
		p.at++
	}
	switch quantifier := string(p.text[from:p.at]); quantifier {
	case "?":
		if n.kind == repeat {
			return n // a counted repeat does not go back, so that being lazy changes nothing
		}
		return p.intern(node{kind: optional, sub: n, next: p.branch()})
	case "??", "?+":
		return p.intern(node{kind: optional, sub: n, next: p.branch()})
	case "*", "*?":
		return p.star(n, p.branch())
	case "+", "+?":
		return p.sequence(n, p.star(n, p.branch()))
	case "*+":
		return p.intern(node{kind: repeat, sub: n, min: 0, max: math.MaxInt32})
	case "++": // one, and then at least one more: as Atlas's PatternMatcher has it
		return p.sequence(n, p.intern(node{kind: repeat, sub: n, min: 1, max: math.MaxInt32}))
	default:
		p.failAnywhere("unknown quantifier: " + quantifier)
	}
	return n
}

// counted reads "n}" or "n,m}"; "n,}" means "n}".
func (p *parser) counted(n *node) *node {
	from := p.at
	p.skipPast('}')
	text := string(p.text[from:max(from, p.at-1)])
	low, high, _ := strings.Cut(text, ",")
	least := p.number(low)
	most := least
	if high, _, _ = strings.Cut(high, ","); high != "" {
		most = p.number(high)
	}
	switch {
	case least < 0:
		p.fail("illegal repetition, min < 0")
	case least > most:
		p.fail("illegal repetition, min > max")
	}
	return p.intern(node{kind: repeat, sub: n, min: least, max: max(0, most)})
}

// number reads a count of a repeat.
func (p *parser) number(text string) int {
	v, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		p.failWith(&SyntaxError{Reason: "For input string: \"" + text + "\"", Text: string(p.text), Offset: -1, Number: true})
		return 0
	}
	return int(v)
}
