package atlasjson

import (
	"bytes"
	"fmt"
)

// A SyntaxError reports a payload that breaks the grammar, and the place.
type SyntaxError struct {
	Reason string
	Offset int // in bytes, from 0
	Line   int // from 1
	Column int // in bytes, from 1
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s (line=%d, col=%d)", e.Reason, e.Line, e.Column)
}

// fail returns a SyntaxError at the current position.
func (s *scanner) fail(format string, args ...any) error {
	before := s.body[:s.at]
	return &SyntaxError{
		Reason: fmt.Sprintf(format, args...),
		Offset: s.at,
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: s.at - bytes.LastIndexByte(before, '\n'),
	}
}

// expected returns the error for a token of the wrong kind, in the words of Atlas.
func (s *scanner) expected(token string) error {
	s.peek()
	return s.fail("expected %s but received %s", token, s.tokenName())
}

// tokenName names the token at the current position.
func (s *scanner) tokenName() string {
	if s.at >= len(s.body) {
		return "end of input"
	}
	switch c := s.body[s.at]; c {
	case '{':
		return "START_OBJECT"
	case '}':
		return "END_OBJECT"
	case '[':
		return "START_ARRAY"
	case ']':
		return "END_ARRAY"
	case '"':
		return "VALUE_STRING"
	case 't':
		return "VALUE_TRUE"
	case 'f':
		return "VALUE_FALSE"
	case 'n':
		return "VALUE_NULL"
	case 'N', 'I', '+':
		return "VALUE_NUMBER_FLOAT"
	default:
		if c == '-' || isDigit(c) {
			start := s.at
			number, err := s.number()
			s.at = start
			if err == nil && number.isInteger {
				return "VALUE_NUMBER_INT"
			}
			return "VALUE_NUMBER_FLOAT"
		}
		return fmt.Sprintf("%q", c)
	}
}
