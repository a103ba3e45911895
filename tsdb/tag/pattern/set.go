package pattern

import "math/bits"

// A set is a set of ASCII characters, one bit each; all that classes can hold.
type set [2]uint64

var fullSet = set{^uint64(0), ^uint64(0)}

// rangeOf returns the set of the characters from..to, both below 128.
func rangeOf(from, to byte) set {
	var s set
	for c := int(from); c <= int(to); c++ {
		s[c>>6] |= 1 << (c & 63)
	}
	return s
}

// setOf returns the set of the characters of text.
func setOf(text string) set {
	var s set
	for i := range len(text) {
		s = s.union(rangeOf(text[i], text[i]))
	}
	return s
}

func (s set) union(o set) set     { return set{s[0] | o[0], s[1] | o[1]} }
func (s set) intersect(o set) set { return set{s[0] & o[0], s[1] & o[1]} }
func (s set) invert() set         { return set{^s[0], ^s[1]} }
func (s set) empty() bool         { return s == set{} }

// has reports whether c is in s; no byte of a longer character is.
func (s set) has(c byte) bool { return c < 128 && s[c>>6]>>(c&63)&1 == 1 }

// single returns the only member of s.
func (s set) single() (c byte, ok bool) {
	if bits.OnesCount64(s[0])+bits.OnesCount64(s[1]) != 1 {
		return 0, false
	}
	if s[0] != 0 {
		return byte(bits.TrailingZeros64(s[0])), true
	}
	return byte(64 + bits.TrailingZeros64(s[1])), true
}

// bothCases adds the other case of every letter in s.
func (s set) bothCases() set {
	for c := byte('a'); c <= 'z'; c++ {
		upper := c - 'a' + 'A'
		if s.has(c) || s.has(upper) {
			s = s.union(rangeOf(c, c)).union(rangeOf(upper, upper))
		}
	}
	return s
}

// The sets with a name in the dialect, all of them ASCII.
var (
	lower  = rangeOf('a', 'z')
	upper  = rangeOf('A', 'Z')
	digit  = rangeOf('0', '9')
	alpha  = lower.union(upper)
	alnum  = alpha.union(digit)
	graph  = rangeOf('!', '~')
	space  = setOf(" \t\n\v\f\r")
	word   = alnum.union(setOf("_"))
	byName = map[string]set{
		"Lower": lower, "Upper": upper, "ASCII": fullSet, "Alpha": alpha, "Digit": digit, "Alnum": alnum,
		"Punct": graph.intersect(alnum.invert()), "Graph": graph, "Print": graph.union(setOf(" ")),
		"Blank": setOf(" \t"), "Cntrl": rangeOf(0, 31).union(rangeOf(127, 127)),
		"XDigit": digit.union(rangeOf('a', 'f')).union(rangeOf('A', 'F')), "Space": space,
	}
)
