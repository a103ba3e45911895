package expr

import "strings"

// Substitute replaces the variables of text by what lookup returns for their names. A variable is
// $(name), where the name may be anything but a closing parenthesis, or $name with letters, digits, dots,
// dashes and underscores. A dollar sign without a name stands for itself, and $( without an end for $.
func Substitute(text string, lookup func(name string) string) string {
	at := strings.IndexByte(text, '$')
	if at < 0 {
		return text
	}
	var b strings.Builder
	for at >= 0 {
		b.WriteString(text[:at])
		if at == len(text)-1 {
			b.WriteByte('$')
			return b.String()
		}
		name, rest := cutVariable(text[at+1:])
		if name == "" {
			b.WriteByte('$')
		} else {
			b.WriteString(lookup(name))
		}
		text = rest
		at = strings.IndexByte(text, '$')
	}
	b.WriteString(text)
	return b.String()
}

// cutVariable returns the name that text, which follows a dollar sign, starts with, and what follows.
func cutVariable(text string) (name, rest string) {
	if text[0] == '(' {
		name, after, closed := strings.Cut(text[1:], ")")
		if !closed {
			return "", text[1:]
		}
		return name, after
	}
	end := 0
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	return text[:end], text[end:]
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_'
}
