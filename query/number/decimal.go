package number

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A decimal is a number as digits: 0.d1 d2 d3 … · 10^point, without a sign. No digits are zero.
type decimal struct {
	digits string
	point  int
}

// shortest returns the shortest decimal that reads back as v, which is finite.
func shortest(v float64) decimal {
	text := strconv.FormatFloat(math.Abs(v), 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	power, err := strconv.Atoi(exponent)
	if err != nil {
		panic("number: strconv wrote a float without exponent")
	}
	return decimal{strings.Replace(mantissa, ".", "", 1), power + 1}
}

// round keeps so many digits, halves rounded up.
func (d decimal) round(keep int) decimal {
	switch {
	case keep < 0:
		return decimal{"", d.point}
	case keep >= len(d.digits):
		return d
	}
	up := d.digits[keep] >= '5'
	digits := []byte(d.digits[:keep])
	for i := keep - 1; up && i >= 0; i-- {
		if up = digits[i] == '9'; up {
			digits[i] = '0'
		} else {
			digits[i]++
		}
	}
	if up {
		return decimal{"1" + string(digits), d.point + 1}
	}
	return decimal{string(digits), d.point}
}

// slice returns the digits at the places from … to-1, counted from the point to the right, negative ones
// before it; 0 where there is none.
func (d decimal) slice(from, to int) string {
	out := make([]byte, 0, to-from)
	for place := from; place < to; place++ {
		digit := byte('0')
		if i := place + d.point; i >= 0 && i < len(d.digits) {
			digit = d.digits[i]
		}
		out = append(out, digit)
	}
	return string(out)
}

// Fixed prints v with so many decimals as Java does: the shortest digits that read back as v, rounded
// half up. (Go rounds the exact binary value, half to even: 0.25 with one decimal is 0.2 in Go and 0.3 in Java.)
func Fixed(v float64, decimals int) string {
	if text, special := notNumber(v); special {
		return text
	}
	d := shortest(v)
	d = d.round(d.point + decimals)
	text := sign(v) + d.slice(-max(1, d.point), 0)
	if decimals > 0 {
		text += "." + d.slice(0, decimals)
	}
	return text
}

// scientific prints v as 1.5e+03, rounded as Fixed does.
func scientific(v float64, decimals int) string {
	if text, special := notNumber(v); special {
		return text
	}
	d := shortest(v).round(decimals + 1)
	text := sign(v) + d.slice(-d.point, 1-d.point)
	if decimals > 0 {
		text += "." + d.slice(1-d.point, 1-d.point+decimals)
	}
	exponent := d.point - 1
	if v == 0 {
		exponent = 0
	}
	return text + fmt.Sprintf("e%+03d", exponent)
}

func sign(v float64) string {
	if math.Signbit(v) {
		return "-"
	}
	return ""
}

// notNumber prints what has no digits.
func notNumber(v float64) (text string, special bool) {
	switch {
	case math.IsNaN(v):
		return "NaN", true
	case math.IsInf(v, 1):
		return "Infinity", true
	case math.IsInf(v, -1):
		return "-Infinity", true
	}
	return "", false
}

// pad puts blanks before text, up to width characters.
func pad(text string, width int) string {
	return strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text))) + text
}
