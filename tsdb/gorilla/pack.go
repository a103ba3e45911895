package gorilla

import (
	"encoding/binary"
	"math"
)

// A packer appends bits to a byte slice, low bits first.
type packer struct {
	dst  []byte
	word uint64 // bits not yet in dst
	held uint   // how many, at most 63
}

// add appends the width low bits of v, width at most 64; the bits of v above them are zero.
func (p *packer) add(v uint64, width uint) {
	p.word |= v << p.held
	p.held += width
	if p.held >= 64 {
		p.dst = binary.LittleEndian.AppendUint64(p.dst, p.word)
		p.held -= 64
		p.word = v >> (width - p.held) // a shift by 64 gives 0
	}
}

// close appends what is held, filled up with zero bits to a whole byte, and returns the slice.
func (p *packer) close() []byte {
	for n := p.held; n > 0; n -= min(n, 8) {
		p.dst = append(p.dst, byte(p.word))
		p.word >>= 8
	}
	return p.dst
}

// The unpack functions take len(dst) values of width bits from the front of src, low bits first, and add
// base. Width is 0 to 57 or 64, and src holds at least those bits; more bytes behind them are welcome.
// They differ in what they make of a value. Each loop has one 8-byte load a value and carries nothing
// from one value to the next; near the end, where 8 bytes from the value's first one on would reach
// beyond src, the load moves back and the shift grows, without a branch and without a second loop.
//
// The loads slice src[at : at+8] and not src[at:], of which the compiler makes more: 1.16 instead of 1.55 ns
// a value of 53 bits (Go 1.26.8, amd64). With a copy in a fixed array, of which no bound is checked, it
// would be 1.07, but the copy costs more than that.

// unpack puts the integers, as bit patterns, into dst.
func unpack(dst []float64, src []byte, width uint, base uint64) {
	if width == 0 {
		fill(dst, math.Float64frombits(base))
		return
	}
	var pad [8]byte
	src, last := loadable(src, &pad)
	low := uint64(1)<<width - 1
	bit := uint(0)
	for i := range dst {
		at := min(bit>>3, last)
		v := binary.LittleEndian.Uint64(src[at:at+8]) >> ((bit - at<<3) & 63) & low
		dst[i] = math.Float64frombits(v + base)
		bit += width
	}
}

// unpackAdd adds the integers to the bit patterns in dst.
func unpackAdd(dst []float64, src []byte, width uint, base uint64) {
	var pad [8]byte
	src, last := loadable(src, &pad)
	low := uint64(1)<<width - 1
	bit := uint(0)
	if width <= 8 {
		done := unpackAddNarrow(dst, src, last, width, base)
		dst, bit = dst[done:], uint(done)*width
	}
	for i, x := range dst {
		at := min(bit>>3, last)
		v := binary.LittleEndian.Uint64(src[at:at+8]) >> ((bit - at<<3) & 63) & low
		dst[i] = math.Float64frombits(math.Float64bits(x) + v + base)
		bit += width
	}
}

// unpackAddNarrow takes eight values from each load while there are eight, and returns how many that were.
// Ulps are 1 to 3 bits wide: 0.4 ns instead of 1.0. Where there is a division it gains nothing.
func unpackAddNarrow(dst []float64, src []byte, last, width uint, base uint64) (done int) {
	low := uint64(1)<<width - 1
	first := uint(0)
	for len(dst) >= 8 {
		at := min(first, last)
		word := binary.LittleEndian.Uint64(src[at:at+8]) >> ((first - at) << 3 & 63)
		eight := (*[8]float64)(dst)
		for i, x := range eight {
			eight[i] = math.Float64frombits(math.Float64bits(x) + word&low + base)
			word >>= width & 63
		}
		dst = dst[8:]
		first += width
		done += 8
	}
	return done
}

// unpackDivide puts the integers, divided by d, into dst.
func unpackDivide(dst []float64, src []byte, width uint, base uint64, d float64) {
	if width == 0 {
		fill(dst, float64(int64(base))/d)
		return
	}
	var pad [8]byte
	src, last := loadable(src, &pad)
	low := uint64(1)<<width - 1
	bit := uint(0)
	for i := range dst {
		at := min(bit>>3, last)
		v := binary.LittleEndian.Uint64(src[at:at+8]) >> ((bit - at<<3) & 63) & low
		dst[i] = float64(int64(v+base)) / d
		bit += width
	}
}

// unpackSumDivide puts sum and each integer added to it, divided by d, into dst.
func unpackSumDivide(dst []float64, src []byte, width uint, base, sum uint64, d float64) {
	var pad [8]byte
	src, last := loadable(src, &pad)
	low := uint64(1)<<width - 1
	bit := uint(0)
	for i := range dst {
		at := min(bit>>3, last)
		sum += binary.LittleEndian.Uint64(src[at:at+8])>>((bit-at<<3)&63)&low + base
		dst[i] = float64(int64(sum)) / d
		bit += width
	}
}

// unpackUnrotate puts the integers, shifted up and rotated, as values into dst.
func unpackUnrotate(dst []float64, src []byte, width uint, base uint64, shift uint) {
	var pad [8]byte
	src, last := loadable(src, &pad)
	low := uint64(1)<<width - 1
	bit := uint(0)
	for i := range dst {
		at := min(bit>>3, last)
		v := binary.LittleEndian.Uint64(src[at:at+8]) >> ((bit - at<<3) & 63) & low
		dst[i] = unrotate(v+base, shift)
		bit += width
	}
}

// loadable returns src, or if it is shorter than a load a copy in pad, and the last place to load from.
func loadable(src []byte, pad *[8]byte) (_ []byte, last uint) {
	if len(src) < 8 {
		copy(pad[:], src)
		return pad[:], 0
	}
	return src, uint(len(src) - 8)
}

// bitsAt returns width bits of src, at most 64, from bit at on. Behind the end there are zero bits.
func bitsAt(src []byte, at int, width uint) uint64 {
	mask := ^uint64(0) >> (64 - width) // width 0: no bits, for a shift by 64 gives 0
	shift := uint(at & 7)
	if width <= maxLoadedWidth && at>>3+8 <= len(src) {
		return binary.LittleEndian.Uint64(src[at>>3:]) >> shift & mask
	}
	var window [16]byte
	copy(window[:], src[min(at>>3, len(src)):])
	v := binary.LittleEndian.Uint64(window[:])>>shift | uint64(window[8])<<(64-shift)
	return v & mask
}
