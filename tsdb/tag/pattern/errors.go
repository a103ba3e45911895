package pattern

import "strings"

// A SyntaxError reports a pattern that the dialect does not accept.
type SyntaxError struct {
	// Reason is the message in the words of Atlas's PatternMatcher, which clients compare.
	Reason string
	// Text is the pattern as it is compiled: wrapped, and with its escapes expanded where the parser
	// found the mistake.
	Text string
	// Offset is where in Text the mistake was noticed, in characters; negative where no place is known.
	Offset int
	// Number tells that the reason is a number that cannot be read; Atlas's PatternMatcher reports it as an
	// error of another class.
	Number bool
}

// Error returns the reason; where the place is known the text and a line with a caret under the place follow.
func (e *SyntaxError) Error() string {
	if e.Offset < 0 {
		return e.Reason
	}
	return e.Reason + "\n" + e.Text + "\n" + strings.Repeat(" ", e.Offset) + "^"
}
