package pattern

import (
	"fmt"
	"strings"
)

// format returns n in the notation of Atlas's PatternMatcher, for comparison with recorded forms.
func format(n *node) string {
	switch n.kind {
	case always:
		return ""
	case never:
		return "$."
	case start:
		return "^"
	case end:
		return "$"
	case anyChar:
		return "."
	case class:
		return formatSet(n.set)
	case literal:
		return escapeUnits(n.text)
	case prefix:
		return "^" + escapeUnits(n.text)
	case find:
		return ".*" + escapeUnits(n.text) + format(n.next)
	case sequence:
		return "(" + formatAll(n.subs, "") + ")"
	case alternation:
		return "(" + formatAll(n.subs, "|") + ")"
	case repeat:
		if n.min == n.max {
			return fmt.Sprintf("(?:%s){%d}", format(n.sub), n.min)
		}
		return fmt.Sprintf("(?:%s){%d,%d}", format(n.sub), n.min, n.max)
	case star:
		return "(" + format(n.sub) + ")*" + format(n.next)
	case optional:
		return "(?:" + format(n.sub) + ")?" + format(n.next)
	case ahead:
		return "(?=" + format(n.sub) + ")"
	case notAhead:
		return "(?!" + format(n.sub) + ")"
	}
	panic("unknown kind")
}

func formatAll(subs []*node, between string) string {
	var texts []string
	for _, sub := range subs {
		texts = append(texts, format(sub))
	}
	return strings.Join(texts, between)
}

// escapeUnits is Escape where a space is escaped too.
func escapeUnits(s string) string { return strings.ReplaceAll(Escape(s), " ", `\u0020`) }

// formatSet lists the members of s or, if that is shorter, what it lacks.
func formatSet(s set) string {
	members, others := ranges(s), ranges(s.invert())
	if len(members) < len(others) || others == "" {
		return "[" + escapeUnits(members) + "]"
	}
	return "[^" + escapeUnits(others) + "]"
}

// ranges lists the members of s, a dash first.
func ranges(s set) string {
	var b strings.Builder
	if s.has('-') {
		b.WriteByte('-')
	}
	for c := 0; c < 128; c++ {
		if !s.has(byte(c)) {
			continue
		}
		from := c
		for c+1 < 128 && s.has(byte(c+1)) {
			c++
		}
		switch {
		case from == c && c == '-':
		case from == c:
			b.WriteByte(byte(c))
		case from+1 == c:
			b.WriteString(string([]byte{byte(from), byte(c)}))
		default:
			b.WriteString(string([]byte{byte(from), '-', byte(c)}))
		}
	}
	return b.String()
}
