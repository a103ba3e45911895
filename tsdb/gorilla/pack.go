package gorilla

import (
	"encoding/binary"
	"math"
	"math/bits"
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
// They differ in what they make of a value, and each ends in a loop with one 8-byte load a value and
// nothing carried from one to the next: 1 ns. The last values, from which on there are no 8 bytes left,
// go through the same loop over a copy.

// unpack puts the integers, as bit patterns, into dst.
func unpack(dst []float64, src []byte, width uint, base uint64) {
	if width == 0 {
		fill(dst, math.Float64frombits(base))
		return
	}
	n, tail, bit := split(len(dst), src, width)
	unpackLoop(dst[:n], src, 0, width, base)
	unpackLoop(dst[n:], tail[:], bit, width, base)
}

func unpackLoop(dst []float64, src []byte, bit, width uint, base uint64) {
	low := uint64(1)<<width - 1
	for i := range dst {
		v := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & low
		dst[i] = math.Float64frombits(v + base)
		bit += width
	}
}

// unpackAdd adds the integers to the bit patterns in dst.
func unpackAdd(dst []float64, src []byte, width uint, base uint64) {
	if width <= 8 {
		done, bytes := unpackAddNarrow(dst, src, width, base)
		dst, src = dst[done:], src[bytes:]
	}
	n, tail, bit := split(len(dst), src, width)
	unpackAddLoop(dst[:n], src, 0, width, base)
	unpackAddLoop(dst[n:], tail[:], bit, width, base)
}

// unpackAddNarrow takes eight values from each 8-byte load, as long as there are such, and returns how
// many values and bytes that were. Ulps are 1 to 3 bits wide: 0.4 ns instead of 1.0.
func unpackAddNarrow(dst []float64, src []byte, width uint, base uint64) (values, bytes int) {
	low := uint64(1)<<width - 1
	for len(dst)-values >= 8 && len(src)-bytes >= 8 {
		word := binary.LittleEndian.Uint64(src[bytes:])
		eight := (*[8]float64)(dst[values:])
		for i, x := range eight {
			eight[i] = math.Float64frombits(math.Float64bits(x) + word&low + base)
			word >>= width & 63
		}
		values += 8
		bytes += int(width)
	}
	return values, bytes
}

func unpackAddLoop(dst []float64, src []byte, bit, width uint, base uint64) {
	low := uint64(1)<<width - 1
	for i, x := range dst {
		v := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & low
		dst[i] = math.Float64frombits(math.Float64bits(x) + v + base)
		bit += width
	}
}

// unpackDivide puts the integers, divided by d, into dst.
func unpackDivide(dst []float64, src []byte, width uint, base uint64, d float64) {
	if width == 0 {
		fill(dst, float64(int64(base))/d)
		return
	}
	n, tail, bit := split(len(dst), src, width)
	unpackDivideLoop(dst[:n], src, 0, width, base, d)
	unpackDivideLoop(dst[n:], tail[:], bit, width, base, d)
}

func unpackDivideLoop(dst []float64, src []byte, bit, width uint, base uint64, d float64) {
	low := uint64(1)<<width - 1
	for i := range dst {
		v := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & low
		dst[i] = float64(int64(v+base)) / d
		bit += width
	}
}

// unpackSumDivide puts sum and each integer added to it, divided by d, into dst.
func unpackSumDivide(dst []float64, src []byte, width uint, base, sum uint64, d float64) {
	n, tail, bit := split(len(dst), src, width)
	sum = unpackSumDivideLoop(dst[:n], src, 0, width, base, sum, d)
	unpackSumDivideLoop(dst[n:], tail[:], bit, width, base, sum, d)
}

func unpackSumDivideLoop(dst []float64, src []byte, bit, width uint, base, sum uint64, d float64) uint64 {
	low := uint64(1)<<width - 1
	for i := range dst {
		sum += binary.LittleEndian.Uint64(src[bit>>3:])>>(bit&7)&low + base
		dst[i] = float64(int64(sum)) / d
		bit += width
	}
	return sum
}

// unpackUnrotate puts the integers, shifted up and rotated, as values into dst.
func unpackUnrotate(dst []float64, src []byte, width uint, base uint64, shift uint) {
	n, tail, bit := split(len(dst), src, width)
	unpackUnrotateLoop(dst[:n], src, 0, width, base, shift)
	unpackUnrotateLoop(dst[n:], tail[:], bit, width, base, shift)
}

func unpackUnrotateLoop(dst []float64, src []byte, bit, width uint, base uint64, shift uint) {
	low := uint64(1)<<width - 1
	for i := range dst {
		v := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & low
		dst[i] = math.Float64frombits(bits.RotateLeft64((v+base)<<(shift&63), -1))
		bit += width
	}
}

// split returns how many of m values of width bits, from the front of src, have 8 bytes to be loaded from
// where they begin, a copy of the bytes of the others, fewer than 8, and the bit at which those begin.
func split(m int, src []byte, width uint) (n int, tail [16]byte, bit uint) {
	if width == 0 {
		return 0, tail, 0
	}
	if len(src) < 8 {
		copy(tail[:], src)
		return 0, tail, 0
	}
	n = min(m, (8*(len(src)-8)+7)/int(width)+1)
	at := uint(n) * width
	if n < m {
		last := len(src) - 8
		word := binary.LittleEndian.Uint64(src[last:]) >> (8 * (at>>3 - uint(last)))
		binary.LittleEndian.PutUint64(tail[:], word)
	}
	return n, tail, at & 7
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
