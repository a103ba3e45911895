package atlasjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

// A scanner reads JSON with the extensions that Jackson allows, one token at a time. It changes strings with
// escapes in place, so that a span of the body is all that a string needs.
type scanner struct {
	body []byte
	at   int // position in body
}

// A span is a part of the body.
type span struct{ start, end uint32 }

// bytes returns the part of the body.
func (s *scanner) bytes(part span) []byte { return s.body[part.start:part.end] }

// peek goes past blanks and comments and returns the byte that follows, without taking it; 0 at the
// end. No token starts with a slash, so that an unfinished comment is a mistake to whoever gets it.
func (s *scanner) peek() byte {
	for s.at < len(s.body) {
		switch c := s.body[s.at]; c {
		case ' ', '\t', '\n', '\r':
			s.at++
		case '/':
			if !s.comment() {
				return c
			}
		default:
			return c
		}
	}
	return 0
}

// comment goes past the comment that starts here, if it is one.
func (s *scanner) comment() bool {
	rest := s.body[s.at:]
	if len(rest) < 2 {
		return false
	}
	switch rest[1] {
	case '/':
		for i, c := range rest {
			if c == '\n' || c == '\r' {
				s.at += i
				return true
			}
		}
		s.at = len(s.body)
		return true
	case '*':
		for i := 3; i < len(rest); i++ {
			if rest[i] == '/' && rest[i-1] == '*' {
				s.at += i + 1
				return true
			}
		}
	}
	return false
}

// members reads the rest of an object, behind its opening brace. It calls visit for each member with the
// key; visit reads the value.
func (s *scanner) members(visit func(key span) error) error {
	if s.peek() == '}' {
		s.at++
		return nil
	}
	for {
		if s.peek() != '"' {
			return s.expected("FIELD_NAME")
		}
		key, err := s.text()
		if err != nil {
			return err
		}
		if s.peek() != ':' {
			return s.expected("a colon")
		}
		s.at++
		if err := visit(key); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.at++
		case '}':
			s.at++
			return nil
		default:
			return s.expected("a comma or END_OBJECT")
		}
	}
}

// elements reads an array, of which the opening bracket is next. It calls visit before each element;
// visit reads it.
func (s *scanner) elements(visit func() error) error {
	s.at++
	if s.peek() == ']' {
		s.at++
		return nil
	}
	for {
		if err := visit(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.at++
		case ']':
			s.at++
			return nil
		default:
			return s.expected("a comma or END_ARRAY")
		}
	}
}

// skip reads a value of any kind, of which depth arrays and objects are open around it.
func (s *scanner) skip(depth int) error {
	switch c := s.peek(); {
	case c == '"':
		_, err := s.text()
		return err
	case c == '{' || c == '[':
		if depth == maxDepth {
			return s.fail("more than %d arrays and objects inside each other", maxDepth)
		}
		if c == '[' {
			return s.elements(func() error { return s.skip(depth + 1) })
		}
		s.at++
		return s.members(func(span) error { return s.skip(depth + 1) })
	case c == '-' || isDigit(c) || c == 'N' || c == 'I' || c == '+':
		_, err := s.float()
		return err
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.expected("a value")
}

// word reads a bare word, of which the first character is next.
func (s *scanner) word(word string) error {
	end := s.at + len(word)
	if end > len(s.body) || string(s.body[s.at:end]) != word || end < len(s.body) && isWordByte(s.body[end]) {
		return s.fail("unknown word: want %s", word)
	}
	s.at = end
	return nil
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_'
}

// isPlain tells the characters of a string that stand for themselves and need no further look: ASCII
// without quote, backslash and controls.
var isPlain = func() (table [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// text reads a string, of which the opening quote is next, and returns where its characters are.
func (s *scanner) text() (span, error) {
	start := s.at + 1
	at := start
	for at < len(s.body) && isPlain[s.body[at]] {
		at++
	}
	if at < len(s.body) && s.body[at] == '"' {
		s.at = at + 1
		return span{uint32(start), uint32(at)}, nil
	}
	return s.oddText(start, at)
}

// oddText reads the rest of a string that starts at start and is plain up to from. It checks the
// UTF-8 and moves what follows an escape to the left.
func (s *scanner) oddText(start, from int) (span, error) {
	body := s.body
	to := from // the next character goes here, to <= from
	for from < len(body) {
		switch c := body[from]; {
		case c == '"':
			s.at = from + 1
			return span{uint32(start), uint32(to)}, nil
		case c == '\\':
			r, size := unescape(body[from:])
			if size == 0 {
				s.at = from
				return span{}, s.fail("illegal escape in a string")
			}
			from += size
			to += utf8.EncodeRune(body[to:from], r)
		case c < ' ':
			s.at = from
			return span{}, s.fail("control character 0x%02x in a string: write it as an escape", c)
		case c < utf8.RuneSelf:
			body[to] = c
			from++
			to++
		default:
			r, size := utf8.DecodeRune(body[from:])
			if r == utf8.RuneError && size == 1 {
				s.at = from
				return span{}, s.fail("invalid UTF-8: byte 0x%02x", c)
			}
			copy(body[to:], body[from:from+size])
			from += size
			to += size
		}
	}
	s.at = len(body)
	return span{}, s.fail("unexpected end of input in a string")
}

// unescape returns the character that the escape at the start of b stands for and the length of the
// escape; 0 if it is not one. A surrogate without its other half is U+FFFD.
func unescape(b []byte) (r rune, size int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		first, ok := hex4(b)
		if !ok {
			return 0, 0
		}
		if !utf16.IsSurrogate(first) {
			return first, 6
		}
		if second, ok := hex4(b[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				return r, 12
			}
		}
		return utf8.RuneError, 6
	}
	return 0, 0
}

// hex4 returns the code unit of the escape \uXXXX at the start of b.
func hex4(b []byte) (unit rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		unit <<= 4
		switch {
		case isDigit(c):
			unit |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			unit |= rune(c - 'a' + 10)
		case c >= 'A' && c <= 'F':
			unit |= rune(c - 'A' + 10)
		default:
			return 0, false
		}
	}
	return unit, true
}
