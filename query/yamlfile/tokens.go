package yamlfile

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// Bounds of what a file may ask of the lexer and the parser. The lexer takes some 250 bytes for a token, and a file may
// have one in each byte; the parser takes several times that, and the whole path of each node, so that a few hundred kB
// of brackets would take gigabytes.
const (
	maxBrackets = 100
	maxIndent   = 1000 // column of a list's dash: - - - on one line nests, too
	maxTokens   = 1_000_000
)

// tokenize cuts text into tokens.
func tokenize(text string) (token.Tokens, error) {
	if marks := countMarks(text); marks > maxTokens {
		return nil, errTooMany(marks)
	}
	tokens := lexer.Tokenize(text)
	if err := checkNesting(tokens); err != nil {
		return nil, err
	}
	if len(tokens) > maxTokens {
		return nil, errTooMany(len(tokens))
	}
	return tokens, nil
}

// errTooMany refuses a file with n marks.
func errTooMany(n int) error {
	return &Error{1, 1, fmt.Errorf("the file has %d keys, values and marks such as brackets, commas and line ends, the limit is %d; "+
		"write fewer or longer ones", n, maxTokens)}
}

// countMarks counts what may begin or end a token, before memory is spent on any. It does not know texts in quotes, so that
// it counts more than there are where those consist of little else.
func countMarks(text string) int {
	n := strings.Count(text, "- ")
	for i := range len(text) {
		switch text[i] {
		case '[', ']', '{', '}', '*', '&', '?', ',', '\n':
			n++
		}
	}
	return n
}

// checkNesting refuses what would take the parser too long.
func checkNesting(tokens token.Tokens) error {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
		if depth > maxBrackets || t.Type == token.SequenceEntryType && t.Position.Column > maxIndent {
			return ErrorAt(t, "nested too deeply")
		}
	}
	return nil
}
