package stack

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// A Type is what an operand of a word may be. Accept returns the operand as the word receives it, or
// false if v is none of the type.
type Type struct {
	Name   string
	Accept func(v Value) (operand any, ok bool)
}

// A Number is a value that words may take as a number.
type Number interface{ Number() float64 }

// The types that need no series. Operands are Value, string, int32, float64, List, []string, []float64.
var (
	AnyType    = Type{"Any", func(v Value) (any, bool) { return v, true }}
	StringType = Type{"String", func(v Value) (any, bool) {
		t, ok := v.(Text)
		return string(t), ok
	}}
	IntType = Type{"Int", func(v Value) (any, bool) {
		n, ok := asInt(v)
		return n, ok
	}}
	DoubleType = Type{"Double", func(v Value) (any, bool) {
		n, ok := asDouble(v)
		return n, ok
	}}
	ListType = Type{"List", func(v Value) (any, bool) {
		l, ok := v.(List)
		return l, ok
	}}
	StringListType = Type{"StringList", acceptStrings}
	DoubleListType = Type{"DoubleList", acceptDoubles}
)

func asInt(v Value) (int32, bool) {
	switch v := v.(type) {
	case Text:
		return ParseInt(string(v))
	case Number:
		return truncate(v.Number()), true
	}
	return 0, false
}

// truncate converts as Java does: towards zero, to the nearest end of the range, NaN to 0.
func truncate(f float64) int32 {
	switch {
	case f != f:
		return 0
	case f <= math.MinInt32:
		return math.MinInt32
	case f >= math.MaxInt32:
		return math.MaxInt32
	}
	return int32(f)
}

func asDouble(v Value) (float64, bool) {
	switch v := v.(type) {
	case Text:
		return ParseDouble(string(v))
	case Number:
		return v.Number(), true
	}
	return 0, false
}

// acceptStrings takes a list of texts, each unescaped once more: tokens in a list are still escaped.
func acceptStrings(v Value) (any, bool) {
	list, ok := v.(List)
	if !ok {
		return nil, false
	}
	texts := make([]string, len(list))
	for i, one := range list {
		text, ok := one.(Text)
		if !ok {
			return nil, false
		}
		texts[i] = Unescape(string(text))
	}
	return texts, true
}

func acceptDoubles(v Value) (any, bool) {
	list, ok := v.(List)
	if !ok {
		return nil, false
	}
	numbers := make([]float64, len(list))
	for i, one := range list {
		if numbers[i], ok = asDouble(one); !ok {
			return nil, false
		}
	}
	return numbers, true
}

// ParseInt reads a signed 32-bit decimal as Java does: digits of any script, no blanks, no fraction.
func ParseInt(s string) (int32, bool) {
	n, ok := parseDecimal(s, math.MaxInt32)
	return int32(n), ok
}

// parseDecimal reads a decimal between -limit-1 and limit.
func parseDecimal(s string, limit uint64) (int64, bool) {
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if negative {
		limit++
	}
	var n uint64
	for _, r := range s {
		digit, ok := digitValue(r)
		if !ok || n > (limit-digit)/10 {
			return 0, false
		}
		n = n*10 + digit
	}
	if negative {
		n = -n
	}
	return int64(n), s != ""
}

// digitValue returns the value of a decimal digit of the basic plane. Each script has its ten in a row.
func digitValue(r rune) (uint64, bool) {
	if '0' <= r && r <= '9' {
		return uint64(r - '0'), true
	}
	if r < 0x80 || r > 0xffff {
		return 0, false
	}
	for _, block := range unicode.Nd.R16 {
		if uint16(r) >= block.Lo && uint16(r) <= block.Hi {
			return uint64(uint16(r)-block.Lo) % 10, true
		}
	}
	return 0, false
}

// ParseDouble reads a number as Java's Double.parseDouble does: blanks around it are ignored, NaN and
// Infinity are written so, a hexadecimal number needs a binary exponent, and a d or f may follow.
func ParseDouble(s string) (float64, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	body := strings.TrimPrefix(s, "-")
	if len(body) == len(s) {
		body = strings.TrimPrefix(s, "+")
	}
	switch {
	case body == "":
		return 0, false
	case body == "NaN":
		return math.NaN(), true
	case body == "Infinity":
		if s[0] == '-' {
			return math.Inf(-1), true
		}
		return math.Inf(1), true
	case body[0] != '.' && (body[0] < '0' || body[0] > '9'):
		return 0, false
	}
	switch s[len(s)-1] {
	case 'd', 'D', 'f', 'F': // in a hexadecimal number the exponent, in decimal, comes last
		s, body = s[:len(s)-1], body[:len(body)-1]
	}
	if strings.ContainsAny(body, "_nNiI") {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil && !isRange(err) {
		return 0, false
	}
	return n, true
}

func isRange(err error) bool {
	failure, ok := err.(*strconv.NumError)
	return ok && failure.Err == strconv.ErrRange
}
