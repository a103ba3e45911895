package query

import (
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// patternText returns what a pattern looks for, for people: the text itself where it only asks for
// a beginning or for something contained, else the pattern.
func patternText(p *pattern.Pattern) string {
	source := p.Source()
	if p.IgnoreCase() {
		return source
	}
	text := strings.TrimPrefix(strings.TrimSuffix(source, ".*"), ".*")
	if text == "" || strings.ContainsAny(text, `\^$.|?*+()[]{}`) {
		return source
	}
	return text
}
