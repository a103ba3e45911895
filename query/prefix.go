package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A prefix is a letter that stands for a factor.
type prefix struct {
	symbol string
	factor float64
}

// The prefixes of numbers in legends and on axes, largest first.
var (
	largePrefixes = []prefix{{"Y", 1e24}, {"Z", 1e21}, {"E", 1e18}, {"P", 1e15}, {"T", 1e12}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}}
	smallPrefixes = []prefix{{"m", 1e-3}, {"μ", 1e-6}, {"n", 1e-9}, {"p", 1e-12}, {"f", 1e-15}, {"a", 1e-18}, {"z", 1e-21}, {"y", 1e-24}}
)

// binaryPrefixes are what takes the place of largePrefixes on axes of bytes.
var binaryPrefixes = []prefix{{"Yi", 1 << 80}, {"Zi", 1 << 70}, {"Ei", 1 << 60}, {"Pi", 1 << 50}, {"Ti", 1 << 40}, {"Gi", 1 << 30}, {"Mi", 1 << 20}, {"Ki", 1 << 10}}

// prefixOf returns the largest prefix of large, or else of the small ones, under which v has a digit before
// the point. Numbers that are practically zero have none.
func prefixOf(v float64, large []prefix) prefix {
	size := math.Abs(v)
	switch {
	case !(size >= 1e-12) || math.IsInf(v, 0):
		return prefix{"", 1}
	case size >= large[len(large)-1].factor:
		return firstAtMost(large, size)
	case size < 1:
		return firstAtMost(smallPrefixes, size)
	}
	return prefix{"", 1}
}

// firstAtMost returns the first prefix whose factor is at most size, or the last.
func firstAtMost(prefixes []prefix, size float64) prefix {
	for _, p := range prefixes {
		if p.factor <= size {
			return p
		}
	}
	return prefixes[len(prefixes)-1]
}

// FormatNumber returns v with one decimal and a prefix, as in 12.3k, or 12.1Ki where binary; numbers
// beyond the prefixes as a power of ten. Infinities and NaN are spelled as Java does.
func FormatNumber(v float64, binary bool) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	case size >= 1e27 || size <= 1e-27 && v != 0:
		text := fmt.Sprintf("%.0e", v)
		if v >= 0 {
			text = " " + text
		}
		return text
	}
	large := largePrefixes
	if binary {
		large = binaryPrefixes
	}
	p := prefixOf(v, large)
	return oneDecimal(v/p.factor) + p.symbol
}

// oneDecimal rounds half up on the shortest decimal digits of v, as Java does: 0.25 is 0.3. (Go rounds
// the exact binary value to even.)
func oneDecimal(v float64) string {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(math.Abs(v), 'f', -1, 64), ".")
	digits := []byte(whole + (fraction + "00")[:1])
	if len(fraction) > 1 && fraction[1] >= '5' {
		digits = increment(digits)
	}
	last := len(digits) - 1
	sign := ""
	if math.Signbit(v) {
		sign = "-"
	}
	return sign + string(digits[:last]) + "." + string(digits[last:])
}

// increment adds one to a decimal number.
func increment(digits []byte) []byte {
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] != '9' {
			digits[i]++
			return digits
		}
		digits[i] = '0'
	}
	return append([]byte{'1'}, digits...)
}
