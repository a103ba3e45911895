package stack

import (
	"cmp"
	"unicode/utf8"
)

// CompareText orders texts as Java does, by UTF-16 code unit: a character beyond the basic plane, which
// is a pair of surrogates, comes before those from U+E000 on. Otherwise that is the order of the bytes.
func CompareText(a, b string) int {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	for at > 0 && at < len(a) && !utf8.RuneStart(a[at]) {
		at--
	}
	a, b = a[at:], b[at:]
	if len(a) == 0 || len(b) == 0 {
		return cmp.Compare(len(a), len(b))
	}
	if order := cmp.Compare(firstUnit(a), firstUnit(b)); order != 0 {
		return order
	}
	return cmp.Compare(a, b)
}

// firstUnit returns the first code unit of s as far as it matters here: all pairs are alike.
func firstUnit(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	if r > 0xffff {
		return 0xd800
	}
	return r
}
