package draw

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/image/font/sfnt"
)

// plainScripts are those whose characters are drawn one after the other, each in its own cells, from left to right. In
// all others they join, change their order or stand upon each other, which takes a shaper.
var plainScripts = []*unicode.RangeTable{
	unicode.Common, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Han, unicode.Hangul,
	unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Yi, unicode.Ethiopic, unicode.Cherokee, unicode.Canadian_Aboriginal,
	unicode.Ogham, unicode.Runic, unicode.Braille, unicode.Coptic, unicode.Glagolitic, unicode.Gothic, unicode.Lisu, unicode.Vai,
}

// shaped are characters of plain scripts that have a meaning for others only: what runs from right to left, the parts of
// Hangul syllables, flags, and the colours of skin.
var shaped = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0590, 0x08ff, 1}, {0x1100, 0x11ff, 1}, {0xa960, 0xa97f, 1}, {0xd7b0, 0xd7ff, 1}, {0xfb1d, 0xfdff, 1}, {0xfe70, 0xfeff, 1},
	},
	R32: []unicode.Range32{{0x10800, 0x10fff, 1}, {0x1e800, 0x1efff, 1}, {0x1f1e6, 0x1f1ff, 1}, {0x1f3fb, 0x1f3ff, 1}},
}

// wide are characters that take two cells (of Unicode's East Asian Width the classes W and F).
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x2614, 0x2615, 1}, {0x26a1, 0x26a1, 1}, {0x2705, 0x2705, 1},
		{0x274c, 0x274c, 1}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1}, {0x2795, 0x2797, 1}, {0x2b50, 0x2b50, 1}, {0x2b55, 0x2b55, 1},
		{0x2e80, 0x303e, 1}, {0x3041, 0x4dbf, 1}, {0x4e00, 0xa4cf, 1}, {0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1},
		{0xfe10, 0xfe19, 1}, {0xfe30, 0xfe6f, 1}, {0xff01, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x16fe0, 0x18cff, 1}, {0x1aff0, 0x1b2ff, 1}, {0x1f18e, 0x1f18e, 1}, {0x1f191, 0x1f19a, 1}, {0x1f200, 0x1f265, 1},
		{0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f7e0, 0x1f7eb, 1}, {0x1f90c, 0x1faff, 1}, {0x20000, 0x3fffd, 1},
	},
}

// CellsOf returns how many cells of a Text a character takes, 1 or 2.
func CellsOf(char rune) int {
	if char >= 0x1100 && unicode.Is(wide, char) {
		return 2
	}
	return 1
}

// CellsOfText returns how many cells a text takes.
func CellsOfText(text string) (cells int) {
	for _, char := range text {
		cells += CellsOf(char)
	}
	return cells
}

// Spell returns text as a PNG can show it: what no font has, what needs a shaper and what controls becomes its code
// point, as U+6F22. An emoji that is made of several characters is spelled as a whole.
func (f *Fonts) Spell(text string) string {
	if isASCII(text) {
		return text
	}
	var buf sfnt.Buffer
	return spell(text, func(char rune) bool { return f.draws(&buf, char) })
}

// SpellControls returns text as an SVG may have it, whose viewer has fonts and shapes: with the code points of what
// controls the order of characters or is no character.
func SpellControls(text string) string {
	if isASCII(text) {
		return text
	}
	return spell(text, func(char rune) bool {
		return !unicode.IsControl(char) && !unicode.Is(unicode.Bidi_Control, char) && !unicode.In(char, unicode.Zl, unicode.Zp) &&
			!unicode.Is(unicode.Noncharacter_Code_Point, char)
	})
}

// isASCII reports whether text is of printable characters of ASCII.
func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// spell writes the code points of the characters that cannot be shown, and of the symbols that those are joined to.
func spell(text string, shows func(rune) bool) string {
	chars := []rune(text)
	spelled := make([]bool, len(chars))
	for i, char := range chars {
		spelled[i] = !shows(char)
	}
	if !slices.Contains(spelled, true) {
		return text
	}
	for i, char := range chars {
		if !spelled[i] || !joins(char) {
			continue
		}
		if i > 0 && unicode.Is(unicode.So, chars[i-1]) {
			spelled[i-1] = true
		}
		if i+1 < len(chars) && char == joiner && unicode.Is(unicode.So, chars[i+1]) {
			spelled[i+1] = true
		}
	}
	var b strings.Builder
	for i, char := range chars {
		if spelled[i] {
			fmt.Fprintf(&b, "U+%04X", char)
		} else {
			b.WriteRune(char)
		}
	}
	return b.String()
}

// joiner makes one emoji of several.
const joiner = 0x200d

// joins reports whether a character changes the symbol before it.
func joins(char rune) bool {
	return char == joiner || unicode.Is(unicode.Variation_Selector, char) || char >= 0x1f3fb && char <= 0x1f3ff
}

// draws reports whether a character can be drawn on its own.
func (f *Fonts) draws(buf *sfnt.Buffer, char rune) bool {
	switch {
	case char == ' ', char > ' ' && char <= '~':
		return true
	case unicode.In(char, unicode.C, unicode.M, unicode.Zl, unicode.Zp), unicode.Is(shaped, char), !unicode.In(char, plainScripts...):
		return false
	case unicode.Is(unicode.Zs, char): // a blank in every font
		return true
	}
	index, err := regular().GlyphIndex(buf, char)
	return err == nil && index != 0 || f.find(buf, char) != noFont
}
