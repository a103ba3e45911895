package gorilla

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// appendConstant appends the value that all stored slots have: its 8 bytes, most significant first,
// without the zero bytes at the end, of which round numbers have many. Zero takes none.
func appendConstant(dst []byte, v float64) []byte {
	var b [8]byte
	u := math.Float64bits(v)
	binary.BigEndian.PutUint64(b[:], u)
	return append(dst, b[:constantSize(u)]...)
}

// constantSize returns the number of bytes that appendConstant takes for a value of these bits.
func constantSize(u uint64) int { return 8 - bits.TrailingZeros64(u)/8 }

// decodeConstant fills dst with the value in body and reports whether there can be one.
func decodeConstant(dst []float64, body []byte) bool {
	if len(body) > 8 || len(body) > 0 && body[len(body)-1] == 0 {
		return false
	}
	var b [8]byte
	copy(b[:], body)
	fill(dst, math.Float64frombits(binary.BigEndian.Uint64(b[:])))
	return true
}
