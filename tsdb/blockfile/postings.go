package blockfile

import (
	"encoding/binary"
	"math/bits"
)

// Postings are the positions of the series that have a tag or a key, ascending. In a file they are
//
//	count<<2 | form   body
//	uvarint           form 0  gaps    per position the gap behind the one before, a uvarint; adjacent ones have 0
//	                       1  bitmap  a bit for each series of the file, low bits first
//	                       2  all     nothing: every series has it
//
// whichever is smallest.
const (
	formGaps = iota
	formBitmap
	formAll
)

// appendPostings appends an ascending list of positions below series, of which there is at least one.
func appendPostings(dst []byte, list []uint32, series int) []byte {
	count := uint64(len(list)) << 2
	if len(list) == series {
		return binary.AppendUvarint(dst, count|formAll)
	}
	start := len(dst)
	dst = binary.AppendUvarint(dst, count) // formGaps is 0
	body, bitmapBytes := len(dst), divideUp(series, 8)
	next := uint32(0)
	for _, position := range list {
		dst = binary.AppendUvarint(dst, uint64(position-next))
		next = position + 1
	}
	if len(dst)-body <= bitmapBytes {
		return dst
	}
	dst = binary.AppendUvarint(dst[:start], count|formBitmap)
	body = len(dst)
	dst = append(dst, make([]byte, bitmapBytes)...)
	for _, position := range list {
		dst[body+int(position/8)] |= 1 << (position % 8)
	}
	return dst
}

// splitPostings returns how many positions there are, their form, and the body.
func splitPostings(b []byte, series int) (count, form int, body []byte, ok bool) {
	head, n := binary.Uvarint(b)
	if n <= 0 || head>>2 > uint64(series) {
		return 0, 0, nil, false
	}
	count, form, body = int(head>>2), int(head&3), b[n:]
	switch form {
	case formAll:
		return count, form, body, count == series
	case formBitmap:
		return count, form, body, len(body) == divideUp(series, 8)
	}
	return count, form, body, form == formGaps
}

// A bitmap has a bit for each series of a file. Bits beyond the last series are 0.
type bitmap []uint64

func newBitmap(series int) bitmap { return make(bitmap, divideUp(series, 64)) }

func (m bitmap) addList(list []uint32) {
	for _, position := range list {
		m[position/64] |= 1 << (position % 64)
	}
}

// add sets the bits of postings, which may be damaged: then it returns false, with some bits set.
func (m bitmap) add(postings []byte, series int) bool {
	_, form, body, ok := splitPostings(postings, series)
	if !ok {
		return false
	}
	switch form {
	case formAll:
		m.fill(series)
	case formBitmap:
		for i := range m {
			m[i] |= word(body, i)
		}
		m.trim(series)
	case formGaps:
		var chunk [gapChunk]uint32
		gaps := gapReader{body: body, series: series}
		for {
			positions := gaps.next(&chunk)
			if len(positions) == 0 {
				return !gaps.bad
			}
			m.addList(positions)
		}
	}
	return true
}

// count returns how many positions of postings are in m; false where the postings are damaged.
func (m bitmap) count(postings []byte, series int) (int, bool) {
	count, form, body, ok := splitPostings(postings, series)
	if !ok {
		return 0, false
	}
	switch form {
	case formAll:
		count = 0
		for _, w := range m {
			count += bits.OnesCount64(w)
		}
	case formBitmap:
		count = 0
		for i, w := range m {
			count += bits.OnesCount64(w & word(body, i))
		}
	case formGaps:
		return m.countGaps(gapReader{body: body, series: series})
	}
	return count, true
}

func (m bitmap) countGaps(gaps gapReader) (int, bool) {
	var chunk [gapChunk]uint32
	count := uint64(0)
	for {
		positions := gaps.next(&chunk)
		if len(positions) == 0 {
			return int(count), !gaps.bad
		}
		for _, position := range positions {
			count += m[position/64] >> (position % 64) & 1
		}
	}
}

// gapChunk is how many gaps are read at once: enough that what is done with them is a loop of its own.
const gapChunk = 64

// A gapReader reads a body of gaps.
type gapReader struct {
	body   []byte
	series int
	after  int  // the last position + 1
	bad    bool // the body is damaged
}

// next returns the next positions, in chunk; none at the end, and none from the first damage on.
func (g *gapReader) next(chunk *[gapChunk]uint32) []uint32 {
	n, body, after := 0, g.body, g.after
	for n < len(chunk) && len(body) > 0 {
		gap, size := uint64(body[0]), 1
		if gap >= 0x80 {
			gap, size = binary.Uvarint(body)
		}
		if size <= 0 || gap >= uint64(g.series-after) {
			g.bad = true
			return nil
		}
		position := after + int(gap)
		chunk[n] = uint32(position)
		n++
		body, after = body[size:], position+1
	}
	g.body, g.after = body, after
	return chunk[:n]
}

// word returns the 64 bits with number i of a bitmap's body, whose last word may be cut short.
func word(body []byte, i int) uint64 {
	if b := body[8*i:]; len(b) >= 8 {
		return binary.LittleEndian.Uint64(b)
	}
	w := uint64(0)
	for j, c := range body[8*i:] {
		w |= uint64(c) << (8 * j)
	}
	return w
}

func (m bitmap) fill(series int) {
	for i := range m {
		m[i] = ^uint64(0)
	}
	m.trim(series)
}

// trim clears the bits beyond the last series.
func (m bitmap) trim(series int) {
	if over := series % 64; over != 0 {
		m[len(m)-1] &= 1<<over - 1
	}
}

func (m bitmap) not(series int) {
	for i := range m {
		m[i] = ^m[i]
	}
	m.trim(series)
}

func (m bitmap) and(other bitmap) {
	for i := range m {
		m[i] &= other[i]
	}
}

func (m bitmap) or(other bitmap) {
	for i := range m {
		m[i] |= other[i]
	}
}

func (m bitmap) empty() bool {
	for _, w := range m {
		if w != 0 {
			return false
		}
	}
	return true
}

// positions returns the bits that are set, ascending.
func (m bitmap) positions() []uint32 {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	list := make([]uint32, 0, n)
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			list = append(list, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return list
}
