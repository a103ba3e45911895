package gorilla

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// A column is a sequence of integers packed with a fixed number of bits each, the difference to a base;
// the few that do not fit are patched: their bits in the row are zero, and place and value follow.
//
//	column  w(1) base [patches(1) wp(1) base of the patches] bits
//	w       width 0..57 or 64, high bit: patched
//	base    a zigzag varint; before it, in a wide column, a byte: the number of zero bits cut off its end
//	bits    m × w, then per patch its place in bitlen(m-1) bits, then per patch its value in wp bits,
//	        all low bits first and without gaps, zero bits up to a whole byte
//
// With at most 57 bits a value lies inside 8 bytes, wherever it begins. A column of equal values but for
// a few has w = 0: that is this family's run-length and sparse encoding.
type column struct {
	base       int64
	patchBase  int64
	width      uint
	patchWidth uint
	patches    int // 0: not patched
}

const (
	patchedColumn  = 0x80 // in w
	maxPatches     = 255
	wideColumn     = 24 // from this width on a base has its zero bits cut off
	maxLoadedWidth = 57 // the most that one 8-byte load at any bit offset holds
)

// size returns the number of bytes of a column of m values.
func (c *column) size(m int) int {
	n := 1 + baseSize(c.base, c.width)
	total := m * int(c.width)
	if c.patches > 0 {
		n += 2 + baseSize(c.patchBase, c.patchWidth)
		total += c.patches * (placeBits(m) + int(c.patchWidth))
	}
	return n + (total+7)/8
}

// placeBits returns the number of bits of a place among m.
func placeBits(m int) int { return bits.Len(uint(m - 1)) }

// fits reports whether x needs no patch.
func (c *column) fits(x int64) bool {
	return c.width == 64 || (uint64(x)-uint64(c.base))>>c.width == 0
}

// misfits returns how many of xs need a patch.
func (c *column) misfits(xs []int64) int {
	n := 0
	for _, x := range xs {
		if !c.fits(x) {
			n++
		}
	}
	return n
}

// append appends the column of xs, for which c was planned.
func (c *column) append(dst []byte, xs []int64) []byte {
	head := byte(c.width)
	if c.patches > 0 {
		head |= patchedColumn
	}
	dst = appendBase(append(dst, head), c.base, c.width)
	if c.patches == 0 {
		p := packer{dst: dst}
		for _, x := range xs {
			p.add(uint64(x)-uint64(c.base), c.width)
		}
		return p.close()
	}
	dst = append(dst, byte(c.patches), byte(c.patchWidth))
	return c.appendPatched(appendBase(dst, c.patchBase, c.patchWidth), xs)
}

func (c *column) appendPatched(dst []byte, xs []int64) []byte {
	p := packer{dst: dst}
	for _, x := range xs {
		var v uint64
		if c.fits(x) {
			v = uint64(x) - uint64(c.base)
		}
		p.add(v, c.width)
	}
	for i, x := range xs {
		if !c.fits(x) {
			p.add(uint64(i), uint(placeBits(len(xs))))
		}
	}
	for _, x := range xs {
		if !c.fits(x) {
			p.add(uint64(x)-uint64(c.patchBase), c.patchWidth)
		}
	}
	return p.close()
}

// readColumn reads the head of a column of m values and returns the bytes behind the head and the number
// of them that are the column's bits.
func readColumn(src []byte, m int) (c column, rest []byte, size int, ok bool) {
	if len(src) < 2 {
		return c, nil, 0, false
	}
	c.width = uint(src[0] &^ patchedColumn)
	isPatched := src[0]&patchedColumn != 0
	if c.width > maxLoadedWidth && (c.width != 64 || isPatched) {
		return c, nil, 0, false
	}
	if c.base, src, ok = readBase(src[1:], c.width); !ok {
		return c, nil, 0, false
	}
	total := m * int(c.width)
	if isPatched {
		if len(src) < 2 || src[0] == 0 || src[1] > 64 {
			return c, nil, 0, false
		}
		c.patches, c.patchWidth = int(src[0]), uint(src[1])
		if c.patchBase, src, ok = readBase(src[2:], c.patchWidth); !ok {
			return c, nil, 0, false
		}
		total += c.patches * (placeBits(m) + int(c.patchWidth))
	}
	size = (total + 7) / 8
	return c, src, size, size <= len(src)
}

// decode puts the integers of the column, as bit patterns, into dst; src begins with its bits. It reports
// whether all patches are inside of dst.
func (c *column) decode(dst []float64, src []byte) bool {
	unpack(dst, src, c.width, uint64(c.base))
	for i := range c.patches {
		at, v := c.patch(src, len(dst), i)
		if at >= uint(len(dst)) {
			return false
		}
		dst[at] = math.Float64frombits(v)
	}
	return true
}

// add is decode, but adds the integers to the bit patterns in dst.
func (c *column) add(dst []float64, src []byte) bool {
	unpackAdd(dst, src, c.width, uint64(c.base))
	for i := range c.patches {
		at, v := c.patch(src, len(dst), i)
		if at >= uint(len(dst)) {
			return false
		}
		// The zero bits in the row have added the base.
		dst[at] = math.Float64frombits(math.Float64bits(dst[at]) - uint64(c.base) + v)
	}
	return true
}

// patch returns place and value of patch i of a column of m values whose bits src begins with. The place
// of a damaged column may be m or greater.
func (c *column) patch(src []byte, m, i int) (place uint, v uint64) {
	each := placeBits(m)
	at := m*int(c.width) + i*each
	place = uint(bitsAt(src, at, uint(each)))
	at += (c.patches-i)*each + i*int(c.patchWidth)
	return place, bitsAt(src, at, c.patchWidth) + uint64(c.patchBase)
}

// appendBase appends the base of a column of the given width.
func appendBase(dst []byte, base int64, width uint) []byte {
	if width >= wideColumn {
		cut := baseCut(base)
		dst = append(dst, byte(cut))
		base >>= cut
	}
	return binary.AppendVarint(dst, base)
}

// baseSize returns the number of bytes that appendBase takes.
func baseSize(base int64, width uint) int {
	n := 0
	if width >= wideColumn {
		n = 1
		base >>= baseCut(base)
	}
	return n + varintSize(base)
}

// varintSize returns the number of bytes of a zigzag varint.
func varintSize(x int64) int { return (bits.Len64(uint64(x)<<1^uint64(x>>63)|1) + 6) / 7 }

// baseCut returns the number of zero bits at the end of base, 0 for zero.
func baseCut(base int64) uint { return uint(bits.TrailingZeros64(uint64(base))) & 63 }

func readBase(src []byte, width uint) (base int64, rest []byte, ok bool) {
	cut := uint(0)
	if width >= wideColumn {
		if len(src) == 0 || src[0] > 63 {
			return 0, nil, false
		}
		cut, src = uint(src[0]), src[1:]
	}
	base, n := binary.Varint(src)
	if n <= 0 {
		return 0, nil, false
	}
	return base << cut, src[n:], true
}
