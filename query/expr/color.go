package expr

import (
	"fmt"
	"strconv"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// parseColor reads RGB, RRGGBB or AARRGGBB; without alpha it is opaque.
func parseColor(s string) (argb uint32, ok bool) {
	switch len(s) {
	case 3:
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	case 6, 8:
	default:
		return 0, false
	}
	n, err := strconv.ParseInt(s, 16, 64)
	if err != nil {
		return 0, false
	}
	if len(s) == 6 {
		n |= 0xff000000
	}
	return uint32(n), true
}

func colorText(argb uint32) string { return fmt.Sprintf("%08x", argb) }

// isColor reports whether s can be a colour: a number, or letters and then digits, the name of one.
func isColor(s string) bool {
	if _, ok := parseColor(s); ok {
		return true
	}
	letters := 0
	for letters < len(s) && (s[letters]|0x20 >= 'a' && s[letters]|0x20 <= 'z') {
		letters++
	}
	for _, c := range []byte(s[letters:]) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return letters > 0
}

// parseAlpha reads a hexadecimal number of at most 255.
func parseAlpha(s string) (uint32, error) {
	n, err := strconv.ParseInt(s, 16, 32)
	if err != nil {
		return 0, stack.Errorf(stack.NumberFormat, "For input string: \"%s\" under radix 16", s)
	}
	if n < 0 || n > 0xff {
		return 0, stack.Invalid("Color parameter outside of expected range: Alpha")
	}
	return uint32(n), nil
}
