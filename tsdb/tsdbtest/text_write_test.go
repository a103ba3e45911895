package tsdbtest

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// appendSeries appends one series line without the newline: tags, then values, equal neighbours as a run.
func appendSeries(dst []byte, t tag.Tags, values []float64) []byte {
	dst = append(dst, "series"...)
	for _, one := range t {
		dst = append(dst, ' ')
		dst = appendWord(dst, one.Key)
		dst = append(dst, '=')
		dst = appendWord(dst, one.Value)
	}
	for i := 0; i < len(values); {
		run := 1
		for i+run < len(values) && math.Float64bits(values[i+run]) == math.Float64bits(values[i]) {
			run++
		}
		dst = append(dst, ' ')
		dst = strconv.AppendFloat(dst, values[i], 'g', -1, 64)
		if run > 1 {
			dst = append(dst, '*')
			dst = strconv.AppendInt(dst, int64(run), 10)
		}
		i += run
	}
	return dst
}

func appendWord(dst []byte, word string) []byte {
	if word == "" || strings.ContainsAny(word, " \t\"=\\#") || !isPlain(word) {
		return strconv.AppendQuote(dst, word)
	}
	return append(dst, word...)
}

func isPlain(word string) bool {
	return bytes.IndexFunc([]byte(word), func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}
