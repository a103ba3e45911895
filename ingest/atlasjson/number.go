package atlasjson

import (
	"bytes"
	"math"
	"strconv"
)

func isDigit(c byte) bool { return c-'0' < 10 }

// A number is a JSON number as it was read.
type number struct {
	text      []byte
	isInteger bool // no fraction and no exponent
	// digits are those before the exponent as one integer, if isExact: if there are 19 or fewer.
	digits   uint64
	isExact  bool
	fraction int // number of digits behind the point
	negative bool
	hasExp   bool
}

// number reads a JSON number, of which the sign or first digit is next.
func (s *scanner) number() (number, error) {
	b, start := s.body, s.at
	at := start
	n := number{isInteger: true}
	if b[at] == '-' {
		n.negative = true
		at++
	}
	first := at
	for at < len(b) && isDigit(b[at]) {
		n.digits = n.digits*10 + uint64(b[at]-'0')
		at++
	}
	whole := at - first
	if whole == 0 || whole > 1 && b[first] == '0' {
		return n, s.fail("malformed number: want one or more digits without a leading zero")
	}
	if at < len(b) && b[at] == '.' {
		n.isInteger = false
		at++
		point := at
		for at < len(b) && isDigit(b[at]) {
			n.digits = n.digits*10 + uint64(b[at]-'0')
			at++
		}
		n.fraction = at - point
		if n.fraction == 0 {
			return n, s.fail("malformed number: want digits behind the point")
		}
	}
	if at < len(b) && b[at]|0x20 == 'e' {
		n.isInteger, n.hasExp = false, true
		at++
		if at < len(b) && (b[at] == '+' || b[at] == '-') {
			at++
		}
		exponent := at
		for at < len(b) && isDigit(b[at]) {
			at++
		}
		if at == exponent {
			return n, s.fail("malformed number: want digits in the exponent")
		}
	}
	if at-start > maxNumber {
		return n, s.fail("number of more than %d characters", maxNumber)
	}
	if at < len(b) && isWordByte(b[at]) {
		return n, s.fail("malformed number: unexpected %q in it", b[at])
	}
	n.text = b[start:at]
	n.isExact = whole+n.fraction <= 19 // 10^19-1 fits
	s.at = at
	return n, nil
}

// powersOfTen are those that a float64 holds exactly.
var powersOfTen = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// float returns the nearest float64, an infinity where n is too large.
func (n *number) float() float64 {
	if n.isExact && n.digits < 1<<53 && !n.hasExp {
		// Both operands are exact, so that the one rounding of the division is the right one
		// (Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
		f := float64(n.digits) / powersOfTen[n.fraction]
		if n.negative {
			f = -f
		}
		return f
	}
	f, _ := strconv.ParseFloat(string(n.text), 64) // fails by range only, and then f is the infinity
	return f
}

// timestamp reads a time in milliseconds.
func (s *scanner) timestamp() (int64, error) {
	c := s.peek()
	if c != '-' && !isDigit(c) {
		return 0, s.expected("VALUE_NUMBER_INT")
	}
	start := s.at
	n, err := s.number()
	if err != nil {
		return 0, err
	}
	if !n.isInteger {
		s.at = start
		return 0, s.expected("VALUE_NUMBER_INT")
	}
	if !n.isExact || n.digits > math.MaxInt64 {
		s.at = start
		return 0, s.fail("timestamp out of range: %s", n.text)
	}
	if n.negative {
		return -int64(n.digits), nil
	}
	return int64(n.digits), nil
}

// value reads a value: a number, or a string that holds one in the spelling of Java.
func (s *scanner) value() (float64, error) {
	switch c := s.peek(); {
	case c == '-' || isDigit(c) || c == 'N' || c == 'I' || c == '+':
		return s.float()
	case c == '"':
		start := s.at
		text, err := s.text()
		if err != nil {
			return 0, err
		}
		f, ok := parseJava(s.bytes(text))
		if !ok {
			shown := text
			shown.end = min(shown.end, shown.start+100)
			s.at = start
			return 0, s.fail("not a number: %q", s.bytes(shown))
		}
		return f, nil
	default:
		return 0, s.expected("VALUE_NUMBER_FLOAT")
	}
}

// legacyValues reads the value of "values": a float, a string, or an array of which the first
// element counts. A bare integer is a mistake, as in Atlas.
func (s *scanner) legacyValues() (float64, error) {
	switch c := s.peek(); {
	case c == '[':
		result, isFirst := 0.0, true
		err := s.elements(func() (err error) {
			if !isFirst {
				return s.skip(3)
			}
			isFirst = false
			result, err = s.value()
			return err
		})
		if err == nil && isFirst {
			err = s.fail("expected VALUE_NUMBER_FLOAT but received END_ARRAY")
		}
		return result, err
	case s.tokenName() == "VALUE_NUMBER_INT":
		return 0, s.expected("VALUE_NUMBER_FLOAT")
	default:
		return s.value()
	}
}

// float reads a number or one of the bare words for what is none.
func (s *scanner) float() (float64, error) {
	c := s.body[s.at]
	if isDigit(c) || c == '-' && s.at+1 < len(s.body) && s.body[s.at+1] != 'I' {
		n, err := s.number()
		if err != nil {
			return 0, err
		}
		return n.float(), nil
	}
	sign := 1
	switch c {
	case 'N':
		return math.NaN(), s.word("NaN")
	case '-':
		sign = -1
		s.at++
	case '+':
		s.at++
	}
	if bytes.HasPrefix(s.body[s.at:], []byte("INF")) {
		return math.Inf(sign), s.word("INF")
	}
	return math.Inf(sign), s.word("Infinity")
}
