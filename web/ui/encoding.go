package ui

import (
	"strconv"
	"strings"
)

// acceptsGzip reads the Accept-Encoding header fields of a request: whether gzip, or else *, has a quality above 0.
// No header accepts nothing but the plain form; a quality that is not a number counts as 0.
// Source: RFC 9110, section 12.5.3.
func acceptsGzip(fields []string) bool {
	wildcard := false
	for coding := range strings.SplitSeq(strings.Join(fields, ","), ",") {
		name, params, _ := strings.Cut(coding, ";")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			return quality(params) > 0
		case "*":
			wildcard = quality(params) > 0
		}
	}
	return wildcard
}

// quality reads "q=0.5"; 1 if there is none.
func quality(params string) float64 {
	key, value, _ := strings.Cut(params, "=")
	if !strings.EqualFold(strings.TrimSpace(key), "q") {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil {
		return 0
	}
	return q
}
