package pattern

import "regexp"

// A Pattern is a compiled regular expression of the query language. It is safe for concurrent use.
type Pattern struct {
	source     string
	ignoreCase bool
	re         *regexp.Regexp
}

// Compile compiles source as :re does, or as :reic does where ignoreCase is set.
func Compile(source string, ignoreCase bool) (*Pattern, error) {
	text := "^" + source
	if ignoreCase {
		text = "(?i)" + text
	}
	re, err := regexp.Compile("(?s)" + text)
	return &Pattern{source, ignoreCase, re}, err
}

// Source returns the pattern as the user wrote it.
func (p *Pattern) Source() string { return p.source }

// IgnoreCase reports whether the pattern is of :reic.
func (p *Pattern) IgnoreCase() bool { return p.ignoreCase }

// Matches reports whether value is matched.
func (p *Pattern) Matches(value string) bool { return p.re.MatchString(value) }

// Prefix returns a literal that every matching value starts with, or "".
func (p *Pattern) Prefix() string { return "" }
