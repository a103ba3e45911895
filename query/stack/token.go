package stack

import (
	"strings"
)

// A Token is one piece between commas, blanks around it cut off, still escaped.
type Token struct {
	Text string
	// Offset and Length tell where it is in the text of the program, in bytes; with a comment inside the
	// token, from its first to its last character.
	Offset, Length int
}

// A source is the text of a program with its comments taken out. Comments may nest, and taking one out
// joins what is around it.
type source struct {
	text string
	cuts []cut // in order
	at   int   // where in text the next token is looked for
}

// A cut says that before position at of the text without comments, length bytes were taken out.
type cut struct{ at, length int }

// newSource returns the source of a program; the error is a comment that does not end or does not begin.
func newSource(program string) (source, *Error) {
	if !strings.Contains(program, "/*") && !strings.Contains(program, "*/") {
		return source{text: program}, nil
	}
	var (
		kept   = make([]byte, 0, len(program))
		cuts   []cut
		depth  int
		opened int
	)
	for i := 0; i < len(program); {
		rest := program[i:]
		switch {
		case strings.HasPrefix(rest, "/*"):
			if depth == 0 {
				opened = i
			}
			depth++
			i += 2
		case strings.HasPrefix(rest, "*/"):
			if depth == 0 {
				return source{}, unclosedComment(i)
			}
			depth--
			i += 2
			if depth == 0 {
				cuts = append(cuts, cut{len(kept), i - opened})
			}
		default:
			if depth == 0 {
				kept = append(kept, program[i])
			}
			i++
		}
	}
	if depth > 0 {
		return source{}, unclosedComment(opened)
	}
	return source{text: string(kept), cuts: cuts}, nil
}

func unclosedComment(at int) *Error {
	return Errorf(IllegalState, "unclosed comment").At(at, 2)
}

// next returns the next token, or false at the end. Empty pieces are skipped.
func (s *source) next() (Token, bool) {
	for s.at < len(s.text) {
		from, to := s.at, len(s.text)
		if comma := strings.IndexByte(s.text[from:], ','); comma >= 0 {
			to = from + comma
		}
		s.at = to + 1
		for from < to && s.text[from] <= ' ' {
			from++
		}
		for from < to && s.text[to-1] <= ' ' {
			to--
		}
		if from < to {
			offset := s.original(from)
			return Token{s.text[from:to], offset, s.original(to-1) + 1 - offset}, true
		}
	}
	return Token{}, false
}

// original returns where in the program the byte at of the text without comments is.
func (s *source) original(at int) int {
	moved := at
	for _, c := range s.cuts {
		if c.at > at {
			break
		}
		moved += c.length
	}
	return moved
}

// Tokens splits a program. The error is that of an unbalanced comment.
func Tokens(program string) ([]Token, error) {
	s, failure := newSource(program)
	if failure != nil {
		return nil, failure
	}
	var tokens []Token
	for {
		t, ok := s.next()
		if !ok {
			return tokens, nil
		}
		tokens = append(tokens, t)
	}
}
