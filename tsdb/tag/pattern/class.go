package pattern

import "unicode/utf8"

// class reads a character class behind its opening bracket, and the closing bracket.
//
// Under negation the members are taken away from all ASCII characters as they are read, but a nested
// class is still added and "&&" still intersects what has been read so far: [^a-c[b]] has b.
func (p *parser) class() set {
	if p.depth++; p.depth > maxDepth {
		p.failWith(ErrTooComplex)
	}
	defer func() { p.depth-- }()
	var members set
	add := func(s set) { members = members.union(s) }
	if p.peek() == '^' {
		p.at++
		members = fullSet
		add = func(s set) { members = members.intersect(s.invert()) }
	}
	if c := p.peek(); c == ']' || c == '-' {
		add(p.character(p.advance()))
	}
	mayStartRange := false
	for !p.atEnd() && p.peek() != ']' {
		c := p.advance()
		switch {
		case c == '[':
			members = members.union(p.class())
		case c == '&' && p.peek() == '&':
			members = members.intersect(p.intersected(members))
		case c == '\\':
			if s, named := p.namedSet(); named {
				add(s)
				break
			}
			add(p.character(p.advance()))
			mayStartRange = true
			continue
		case c == '-' && mayStartRange && p.peek() != ']':
			add(p.rangeEnd(p.text[p.at-2]))
		default:
			add(p.character(c))
			mayStartRange = c != '-' && c != '&'
			continue
		}
		mayStartRange = false
	}
	if p.advance() != ']' {
		p.fail("unclosed character class")
	}
	return members
}

// intersected reads the right side of "&&", the second "&" being next: a class in brackets or the rest
// of this one. Nothing before the bracket leaves members as they are.
func (p *parser) intersected(members set) set {
	p.at++
	switch p.peek() {
	case '[':
		p.at++
		return p.class()
	case ']':
		return members
	}
	s := p.class()
	if p.err == nil {
		p.at-- // the bracket that ended it ends this class too
	}
	return s
}

// rangeEnd reads the right side of a range behind its dash and returns the set. The last character is
// not consumed, and is read again as a member.
func (p *parser) rangeEnd(from rune) set {
	if p.peek() != '\\' {
		return p.characterRange(from, p.peek())
	}
	p.at++
	if s, named := p.namedSet(); named {
		return setOf("-").union(s)
	}
	to := p.peek()
	if to == '\\' {
		p.at++
	}
	return p.characterRange(from, to)
}

// characterRange returns the set from..to; both ends alone where they are the wrong way round.
func (p *parser) characterRange(from, to rune) set {
	s := p.character(from).union(p.character(to))
	if p.err == nil && from < to {
		s = rangeOf(byte(from), byte(to))
	}
	return s
}

// character returns the set of c, which must be ASCII.
func (p *parser) character(c rune) set {
	if c >= utf8.RuneSelf {
		p.failAnywhere("invalid pattern, '" + string(c) + "' is not ascii")
		return set{}
	}
	return rangeOf(byte(c), byte(c))
}

// namedSet reads the name of a set behind a backslash; where there is none it reads nothing.
func (p *parser) namedSet() (s set, ok bool) {
	c := p.advance()
	switch c {
	case 'd':
		return digit, true
	case 'D':
		return digit.invert(), true
	case 's':
		return space, true
	case 'S':
		return space.invert(), true
	case 'w':
		return word, true
	case 'W':
		return word.invert(), true
	case 'h', 'H':
		p.unsupported("horizontal whitespace class")
	case 'v', 'V':
		p.unsupported("vertical whitespace class")
	case 'p':
		return p.property(), true
	case 'P':
		return p.property().invert(), true
	default:
		if p.err == nil {
			p.at--
		}
	}
	return set{}, false
}

// property reads "{Name}", or a name of one letter, and returns its set.
func (p *parser) property() set {
	from, to := p.at, p.at+1
	if p.advance() == '{' {
		from = p.at
		p.skipPast('}')
		to = p.at - 1
	}
	name := string(p.text[from:max(from, min(to, len(p.text)))])
	s, ok := byName[name]
	if !ok {
		p.fail("unknown character property name: " + name)
	}
	return s
}
