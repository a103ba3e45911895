package pattern

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Escape returns a pattern for the literal text s, as the words :contains, :starts and :ends make it.
// A space stays as it is and, as in Atlas, so does "|": it goes on to mean an alternative.
func Escape(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case strings.ContainsRune(`\^$.?*+[](){}`, c):
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\f':
			b.WriteString(`\f`)
		case c >= ' ' && c <= '~':
			b.WriteRune(c)
		default:
			for _, unit := range utf16.AppendRune(nil, c) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	return b.String()
}

// controls are the escapes of one letter that stand for a control character.
var controls = map[rune]rune{'t': '\t', 'n': '\n', 'r': '\r', 'f': '\f', 'a': '\a', 'e': 0x1b}

// expandEscapes replaces the escapes that stand for a character by that character. The parser sees
// only the result, so an expanded "." or "(" has its usual meaning. Other escapes stay.
func expandEscapes(text []rune) ([]rune, error) {
	out := make([]rune, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		i++
		letter := text[i]
		if c, ok := controls[letter]; ok {
			out = append(out, c)
			continue
		}
		form, ok := numericEscapes[letter]
		if !ok {
			out = append(out, '\\', letter)
			continue
		}
		c, size, ok := form.read(text[i+1:])
		if !ok {
			return nil, &SyntaxError{Reason: "invalid " + form.name + " escape sequence", Text: string(text), Offset: i}
		}
		i += size
		out = appendUnit(out, c)
	}
	return out, nil
}

// A numericEscape is an escape that gives the number of a character, in min to max digits.
type numericEscape struct {
	name           string
	base, min, max int
}

var numericEscapes = map[rune]numericEscape{
	'0': {"octal", 8, 1, 3},
	'x': {"hexadecimal", 16, 2, 2},
	'u': {"unicode", 16, 4, 4},
}

// read reads the digits at the start of text and returns the character and how many digits there were.
func (e numericEscape) read(text []rune) (c rune, size int, ok bool) {
	for size < e.max && size < len(text) {
		digit, err := strconv.ParseUint(string(text[size]), e.base, 8)
		if err != nil {
			break
		}
		c = c*rune(e.base) + rune(digit)
		size++
	}
	return c, size, size >= e.min
}

// appendUnit appends a UTF-16 unit; the second half of a pair joins the first.
func appendUnit(out []rune, unit rune) []rune {
	if n := len(out); n > 0 && utf16.IsSurrogate(out[n-1]) {
		if c := utf16.DecodeRune(out[n-1], unit); c != '\uFFFD' {
			out[n-1] = c
			return out
		}
	}
	return append(out, unit)
}
