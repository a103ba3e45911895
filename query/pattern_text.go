package query

import (
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// patternText returns what a pattern looks for, for people: the text itself where it only asks for
// a beginning or for something contained, else the pattern.
func patternText(p *pattern.Pattern) string {
	if p.IsPrefix() {
		return p.Prefix()
	}
	if rest, ok := strings.CutPrefix(p.Source(), ".*"); ok && !p.IgnoreCase() {
		// "contains x" is "anything, then starts with x"
		if behind, err := pattern.Compile(rest, false); err == nil && behind.IsPrefix() {
			return behind.Prefix()
		}
	}
	return p.Source()
}
