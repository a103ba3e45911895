package expr

import (
	"math"
	"strconv"
)

// AppendNumber appends v as Java's Double.toString prints it: 42.0, 1.0E7, 1.0E-4, NaN, -Infinity.
// The digits are the fewest that read back as v, at least one on each side of the point.
func AppendNumber(dst []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	}
	if size := math.Abs(v); size == 0 || 1e-3 <= size && size < 1e7 {
		start := len(dst)
		dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
		for _, c := range dst[start:] {
			if c == '.' {
				return dst
			}
		}
		return append(dst, ".0"...)
	}
	return appendScientific(dst, v)
}

// appendScientific appends v as digit, point, digits, E, exponent without plus sign or padding.
func appendScientific(dst []byte, v float64) []byte {
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], v, 'e', -1, 64)
	mantissa, exponent := cutExponent(text)
	if len(mantissa) <= 2 && mantissa[len(mantissa)-1] != '.' {
		// One digit would do, but two are printed: the two nearest to v (4.9E-324, not 5.0E-324).
		text = strconv.AppendFloat(buf[:0], v, 'e', 1, 64)
		mantissa, exponent = cutExponent(text)
	}
	dst = append(dst, mantissa...)
	dst = append(dst, 'E')
	if exponent[0] == '-' {
		dst = append(dst, '-')
	}
	exponent = exponent[1:]
	for len(exponent) > 1 && exponent[0] == '0' {
		exponent = exponent[1:]
	}
	return append(dst, exponent...)
}

func cutExponent(text []byte) (mantissa, exponent []byte) {
	for i, c := range text {
		if c == 'e' {
			return text[:i], text[i+1:]
		}
	}
	panic("expr: strconv wrote a float without exponent")
}

// NumberText returns v as AppendNumber writes it.
func NumberText(v float64) string { return string(AppendNumber(nil, v)) }
