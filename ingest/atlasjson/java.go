package atlasjson

import (
	"bytes"
	"math"
	"strconv"
)

// parseJava returns the double that a Java program reads from s (java.lang.Double.valueOf), and
// whether it reads one.
//
//	blanks  [+-]  NaN | Infinity                         blanks      blanks: all up to U+0020
//	              digits [. digits] [e [+-] digits] [dDfF]           one digit at least before the e
//	              0x hex [. hex] p [+-] digits [dDfF]
//
// Too large is an infinity and too small is zero, in Java as here.
func parseJava(s []byte) (float64, bool) {
	s = bytes.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	digits := s
	negative := false
	if len(digits) > 0 && (digits[0] == '+' || digits[0] == '-') {
		negative = digits[0] == '-'
		digits = digits[1:]
	}
	switch string(digits) {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		if negative {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	}
	digits, ok := cutJavaNumber(digits)
	if !ok {
		return 0, false
	}
	f, _ := strconv.ParseFloat(string(digits), 64)
	if negative {
		f = -f
	}
	return f, true
}

// cutJavaNumber checks that s is an unsigned number and returns it without the letter for its type.
func cutJavaNumber(s []byte) ([]byte, bool) {
	isMantissa, exponentLetter := isDigit, byte('e')
	at := 0
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		isMantissa, exponentLetter = isHexDigit, 'p'
		at = 2
	}
	count := 0
	for point := false; at < len(s); at++ {
		if isMantissa(s[at]) {
			count++
		} else if s[at] == '.' && !point {
			point = true
		} else {
			break
		}
	}
	if count == 0 {
		return nil, false
	}
	hasExponent := false
	if at < len(s) && s[at]|0x20 == exponentLetter {
		at++
		if at < len(s) && (s[at] == '+' || s[at] == '-') {
			at++
		}
		first := at
		for at < len(s) && isDigit(s[at]) {
			at++
		}
		if at == first {
			return nil, false
		}
		hasExponent = true
	}
	if exponentLetter == 'p' && !hasExponent {
		return nil, false
	}
	end := at
	if at < len(s) && (s[at]|0x20 == 'd' || s[at]|0x20 == 'f') {
		at++
	}
	return s[:end], at == len(s)
}

func isHexDigit(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }
