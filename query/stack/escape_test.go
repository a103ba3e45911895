package stack

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"":                    "",
		`plain`:               "plain",
		`\u0041\u00e9`:        "Aé",
		`\ud83d\ude00!`:       "😀!",
		`\u005cu0041`:         `\u0041`, // once, not twice
		`\d+\.`:               `\d+\.`,
		`\u00`:                `\u00`,
		`\U0041`:              `\U0041`,
		`\u00zz`:              `\u00zz`,
		`\`:                   `\`,
		`\\u0041`:             `\A`,
		`\ude00`:              "\xed\xb8\x80",
		`\ud83dx\ud83d\u0041`: "\xed\xa0\xbdx\xed\xa0\xbdA",
	} {
		if got := Unescape(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"(":            `\u0028`,
		")":            `\u0029`,
		"(a)":          "(a)",
		"a b":          "a b",
		" a b ":        `\u0020a b\u0020`,
		"  ":           `\u0020\u0020`,
		"a,b:c":        `a\u002cb\u003ac`,
		"a\tb\nc":      `a\u0009b\u000ac`,
		`\d`:           `\d`,
		`\u0041`:       `\u005cu0041`,
		"/*x":          `\u002f*x`,
		"a/b":          "a/b",
		"é😀":           "é😀",
		"a\u2003b":     `a\u2003b`,
		"a\u00a0b":     "a\u00a0b",
		"\xed\xa0\xbd": "\xed\xa0\xbd",
		"\ufffd ":      "\ufffd\\u0020",
	} {
		if got := Escape(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// TestEscapeReadsBack checks that what is escaped is one token with the same value, but for what no token
// can hold: nothing at all, the end of a comment, and blanks that Java's trim knows and isWhitespace does not.
func TestEscapeReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ ,:()/*\\u0-9a-f😀é]{0,12}`)).Draw(t, "text")
		if Unescape(Escape(text)) != text {
			t.Fatalf("%q is escaped as %q, which is %q", text, Escape(text), Unescape(Escape(text)))
		}
	})
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{"a😀": "a😀", "\xed\xa0\xbd\xed\xb8\x80": "??", "a\xffb": "a\ufffdb", "\xed\xa0": "\ufffd\ufffd"} {
		if got := Visible(in); got != want || !utf8.ValidString(got) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestCompareText(t *testing.T) {
	ordered := []string{"", "A", "a", "ab", "é", "\ud7ff", "😀", "😁", "\ue000", "\uffee"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got, want := CompareText(a, b) < 0, i < j; got != want {
				t.Errorf("%q < %q: got %t, want %t", a, b, got, want)
			}
		}
	}
}
