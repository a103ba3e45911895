package stack

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Unescape decodes every \uXXXX of s, once, left to right; any other backslash stays. Two escapes that
// are a surrogate pair make one character. Half a pair is no character: it becomes three bytes that are
// no UTF-8, so that it equals itself and nothing else.
func Unescape(s string) string {
	at := strings.IndexByte(s, '\\')
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		b.WriteString(s[:at])
		s = s[at:]
		unit, ok := escapedUnit(s)
		if !ok {
			b.WriteByte('\\')
			s = s[1:]
		} else {
			s = s[6:]
			if utf16.IsSurrogate(unit) {
				s = writeSurrogate(&b, unit, s)
			} else {
				b.WriteRune(unit)
			}
		}
		if at = strings.IndexByte(s, '\\'); at < 0 {
			b.WriteString(s)
			return b.String()
		}
	}
}

// writeSurrogate writes the character that first makes with the escape at the start of rest, or first
// alone, and returns what is left of rest.
func writeSurrogate(b *strings.Builder, first rune, rest string) string {
	if second, ok := escapedUnit(rest); ok {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			b.WriteRune(r)
			return rest[6:]
		}
	}
	b.Write([]byte{byte(0xe0 | first>>12), byte(0x80 | first>>6&0x3f), byte(0x80 | first&0x3f)})
	return rest
}

// LoneSurrogate returns the half of a surrogate pair that s starts with, as Unescape writes it.
func LoneSurrogate(s string) (unit rune, ok bool) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2]&0xc0 != 0x80 {
		return 0, false
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), true
}

// Visible returns s as it can be shown: valid UTF-8, with '?' for half a surrogate pair.
func Visible(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if _, ok := LoneSurrogate(s); ok {
			r, size = '?', 3
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}

// escapedUnit returns the code unit of the escape that s starts with.
func escapedUnit(s string) (unit rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for i := 2; i < 6; i++ {
		digit := hexDigit(s[i])
		if digit < 0 {
			return 0, false
		}
		unit = unit<<4 | digit
	}
	return unit, true
}

func hexDigit(c byte) rune {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0')
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10
	}
	return -1
}

// AppendEscaped appends s as it must be written in a program to be one string token with that value.
// Inside s a plain blank stays; around it every blank is escaped, because tokens are trimmed.
func AppendEscaped(dst []byte, s string) []byte {
	switch {
	case s == "(":
		return append(dst, `\u0028`...)
	case s == ")":
		return append(dst, `\u0029`...)
	case plain(s):
		return append(dst, s...)
	}
	inner := strings.TrimFunc(s, isSpace)
	from := strings.Index(s, inner) // where inner is empty all of s is outside
	to := from + len(inner)
	if inner == "" {
		from, to = len(s), len(s)
	}
	for i, r := range s {
		switch {
		case r == ' ' && from < i && i < to:
			dst = append(dst, ' ')
		case r == ',' || r == ':' || isSpace(r):
			dst = appendUnit(dst, r)
		case r == '\\':
			if _, ok := escapedUnit(s[i:]); ok {
				dst = appendUnit(dst, r)
			} else {
				dst = append(dst, '\\')
			}
		case r == '/' && strings.HasPrefix(s[i:], "/*"):
			dst = appendUnit(dst, r)
		case r == utf8.RuneError:
			dst = append(dst, s[i]) // as it is, if it is no character
			if strings.HasPrefix(s[i:], "\uFFFD") {
				dst = append(dst, s[i+1], s[i+2])
			}
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// Escape returns s as AppendEscaped writes it.
func Escape(s string) string {
	if s != "(" && s != ")" && plain(s) {
		return s
	}
	return string(AppendEscaped(nil, s))
}

// plain reports whether s needs no escape: by far the usual case, and cheap to see.
func plain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c >= utf8.RuneSelf || c == ',' || c == ':' || c == '\\' || c == '/':
			return false
		}
	}
	return true
}

func appendUnit(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// isSpace is Java's Character.isWhitespace: no no-break spaces, but the four information separators.
func isSpace(r rune) bool {
	switch r {
	case '\u00a0', '\u2007', '\u202f', '\u0085':
		return false
	case '\x1c', '\x1d', '\x1e', '\x1f':
		return true
	}
	return unicode.IsSpace(r)
}

// AppendList appends a list of strings as a program writes it: (,a,b,), and (,) if it is empty.
func AppendList[S ~string](dst []byte, list []S) []byte {
	dst = append(dst, "(,"...)
	for _, s := range list {
		dst = append(AppendEscaped(dst, string(s)), ',')
	}
	return append(dst, ')')
}
