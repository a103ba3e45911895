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

// unpack fills dst with len(dst) integers of width bits from the front of src, each plus base, as bit
// patterns. Width is 0 to 57 or 64, and src holds at least those bits; more bytes behind them are welcome.
func unpack(dst []float64, src []byte, width uint, base uint64) {
	if width == 0 {
		fill(dst, math.Float64frombits(base))
		return
	}
	if width == 64 {
		for i := range dst {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:]) + base)
		}
		return
	}
	inside := loadable(len(dst), len(src), width)
	unpackLoaded(dst[:inside], src, 0, width, base)
	if inside < len(dst) {
		tail, bit := tailOf(src, inside, width)
		unpackLoaded(dst[inside:], tail[:], bit, width, base)
	}
}

// unpackLoaded is the loop of unpack: one 8-byte load a value, all of them inside of src.
func unpackLoaded(dst []float64, src []byte, bit, width uint, base uint64) {
	low := uint64(1)<<width - 1
	for i := range dst {
		v := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & low
		dst[i] = math.Float64frombits(v + base)
		bit += width
	}
}

// unpackAdd is unpack, but adds to the bit patterns in dst.
func unpackAdd(dst []float64, src []byte, width uint, base uint64) {
	if width == 64 {
		for i := range dst {
			dst[i] = math.Float64frombits(math.Float64bits(dst[i]) + binary.LittleEndian.Uint64(src[8*i:]) + base)
		}
		return
	}
	inside := loadable(len(dst), len(src), width)
	unpackAddLoaded(dst[:inside], src, 0, width, base)
	if inside < len(dst) {
		tail, bit := tailOf(src, inside, width)
		unpackAddLoaded(dst[inside:], tail[:], bit, width, base)
	}
}

func unpackAddLoaded(dst []float64, src []byte, bit, width uint, base uint64) {
	low := uint64(1)<<width - 1
	for i := range dst {
		v := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & low
		dst[i] = math.Float64frombits(math.Float64bits(dst[i]) + v + base)
		bit += width
	}
}

// loadable returns how many of n values of width bits, from the front of size bytes, have 8 bytes to be
// loaded from where they begin.
func loadable(n, size int, width uint) int {
	if size < 8 {
		return 0
	}
	if width == 0 {
		return n
	}
	return min(n, (8*(size-8)+7)/int(width)+1)
}

// tailOf copies the bytes from the first value that is not loadable on, fewer than 8, to where they are,
// and returns the bit at which that value begins.
func tailOf(src []byte, first int, width uint) (tail [16]byte, bit uint) {
	at := uint(first) * width
	copy(tail[:8], src[min(int(at>>3), len(src)):])
	return tail, at & 7
}

// bitsAt returns width bits of src, at most 64, from bit at on. Behind the end there are zero bits.
func bitsAt(src []byte, at int, width uint) uint64 {
	var window [16]byte
	copy(window[:], src[min(at>>3, len(src)):])
	shift := uint(at & 7)
	v := binary.LittleEndian.Uint64(window[:])>>shift | uint64(window[8])<<(64-shift)
	return v & (^uint64(0) >> (64 - width)) // width 0: no bits, for a shift by 64 gives 0
}
