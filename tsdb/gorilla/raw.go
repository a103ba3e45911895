package gorilla

import (
	"encoding/binary"
	"math"
)

// In a block of integers a few values may have no integral form: the first of a series that starts off the
// grid, an infinity, one odd sample. They are kept as they are behind the columns, which go on with the
// integer before:
//
//	raw   count × { place(2) value(8) }  count(1)       little endian; the header has flagRaw
//
// The count comes last so that the columns need no length of their own.
type rawValue struct {
	place uint16 // among the stored values
	value float64
}

const (
	rawSize = 10 // bytes of one
	maxRaw  = 255
)

// rawAllowed returns how many of m values may be raw before float bits are the better choice.
func rawAllowed(m int) int { return min(m/12, maxRaw) }

func appendRaw(dst []byte, raw []rawValue) []byte {
	for _, r := range raw {
		dst = binary.LittleEndian.AppendUint16(dst, r.place)
		dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(r.value))
	}
	return append(dst, byte(len(raw)))
}

// decodeRaw puts the raw values that body consists of into dst, and reports whether it does.
func decodeRaw(dst []float64, body []byte) bool {
	last := len(body) - 1
	if last < rawSize || int(body[last])*rawSize != last {
		return false
	}
	for body = body[:last]; len(body) > 0; body = body[rawSize:] {
		place := int(binary.LittleEndian.Uint16(body))
		if place >= len(dst) {
			return false
		}
		dst[place] = math.Float64frombits(binary.LittleEndian.Uint64(body[2:]))
	}
	return true
}
