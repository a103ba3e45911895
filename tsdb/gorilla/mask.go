package gorilla

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// A mask is one bit per slot, the first slot in the lowest bit of the first word; bits behind the last
// slot are zero.
type mask []uint64

// The forms of a mask in a block: two bits of its header.
const (
	maskFull   = 0 // all bits are set: no bytes
	maskBitmap = 1 // ceil(n/8) bytes, lowest bit first
	maskRuns   = 2 // count(1), then count run lengths as varints: set, clear, set ...; the last run is implied
	maskEmpty  = 3 // no bit is set: no bytes
)

// zeroed returns m with n words, all zero.
func zeroed(m mask, n int) mask {
	m = slices.Grow(m[:0], n)[:n]
	clear(m)
	return m
}

// set marks slot i.
func (m mask) set(i int) { m[i/64] |= 1 << (i % 64) }

// words returns the number of words of a mask of n slots.
func words(n int) int { return (n + 63) / 64 }

// rank returns how many slots before i are set.
func (m mask) rank(i int) int {
	n := bits.OnesCount64(m[i/64] & (1<<(i%64) - 1))
	for _, word := range m[:i/64] {
		n += bits.OnesCount64(word)
	}
	return n
}

// append appends the shorter form of the first n bits, of which some but not all are set.
func (m mask) append(dst []byte, n int) (_ []byte, form byte) {
	runs, length := m.measureRuns(n)
	if bitmap := (n + 7) / 8; bitmap <= length {
		for i := 0; i < bitmap; i++ {
			dst = append(dst, byte(m[i/8]>>(i%8*8)))
		}
		return dst, maskBitmap
	}
	dst = append(dst, byte(runs-1))
	at, want := 0, true
	for range runs - 1 {
		end := m.runEnd(at, n, want)
		dst = binary.AppendUvarint(dst, uint64(end-at))
		at, want = end, !want
	}
	return dst, maskRuns
}

// size returns the number of bytes that append takes.
func (m mask) size(n int) int {
	_, length := m.measureRuns(n)
	return min((n+7)/8, length)
}

// measureRuns counts the runs of the first n bits, the first of them set and possibly empty, and the bytes
// of their form; more than 255 are too many to be written, which a length no bitmap has says.
func (m mask) measureRuns(n int) (runs, length int) {
	length = 1
	for at, want := 0, true; at < n; want = !want {
		end := m.runEnd(at, n, want)
		runs++
		if end < n {
			length++
			if end-at > 127 {
				length++ // MaxSlots is below 1<<14
			}
		}
		at = end
	}
	if runs > 256 {
		return runs, math.MaxInt
	}
	return runs, length
}

// runEnd returns the end, at most n, of the run of bits from at on that equal want.
func (m mask) runEnd(at, n int, want bool) int {
	for at < n {
		word := m[at/64] >> (at % 64)
		if want {
			word = ^word
		}
		if same := bits.TrailingZeros64(word); same < 64-at%64 {
			return min(at+same, n)
		}
		at += 64 - at%64
	}
	return n
}

// read fills the first n bits from src in the given form, bitmap or runs, and returns how many are set
// and the bytes behind. It fails unless some but not all are set.
func (m mask) read(src []byte, n int, form byte) (set int, rest []byte, ok bool) {
	clear(m)
	switch form {
	case maskBitmap:
		rest, ok = m.readBitmap(src, n)
	case maskRuns:
		rest, ok = m.readRuns(src, n)
	}
	for _, word := range m {
		set += bits.OnesCount64(word)
	}
	return set, rest, ok && set > 0 && set < n
}

func (m mask) readBitmap(src []byte, n int) (rest []byte, ok bool) {
	size := (n + 7) / 8
	if len(src) < size {
		return nil, false
	}
	for i, b := range src[:size] {
		m[i/8] |= uint64(b) << (i % 8 * 8)
	}
	if m[(n-1)/64]>>((n-1)%64) > 1 {
		return nil, false
	}
	return src[size:], true
}

func (m mask) readRuns(src []byte, n int) (rest []byte, ok bool) {
	if len(src) == 0 {
		return nil, false
	}
	count, src := int(src[0]), src[1:]
	at, want := 0, true
	for range count {
		length, size := binary.Uvarint(src)
		if size <= 0 || length > uint64(n-at) {
			return nil, false
		}
		src = src[size:]
		if want {
			m.setRun(at, at+int(length))
		}
		at, want = at+int(length), !want
	}
	if want {
		m.setRun(at, n)
	}
	return src, true
}

// setRun sets the bits in [from, to).
func (m mask) setRun(from, to int) {
	for from < to {
		width := min(64-from%64, to-from)
		m[from/64] |= ^uint64(0) >> (64 - width) << (from % 64)
		from += width
	}
}

// expand spreads the first values of dst, one for each set bit of the mask, over all of dst, and puts empty
// where the bit is clear. It goes backwards, so no value is overwritten before it is read, and without
// branches: which of the slots are empty is often noise. Where they are not, because the series begins or ends here, the
// values move in one piece.
func (m mask) expand(dst []float64, set int, empty float64) {
	if at := m.runEnd(0, len(dst), false); m.runEnd(at, len(dst), true) == at+set {
		copy(dst[at:], dst[:set])
		fill(dst[:at], empty)
		fill(dst[at+set:], empty)
		return
	}
	emptyBits := math.Float64bits(empty)
	from := set
	for w := len(m) - 1; w >= 0; w-- {
		word := m[w]
		part := dst[64*w : min(64*w+64, len(dst))]
		for i := len(part) - 1; i >= 0; i-- {
			bit := word >> (uint(i) & 63) & 1
			from -= int(bit)
			v := math.Float64bits(dst[from])
			part[i] = math.Float64frombits(v&-bit | emptyBits&(bit-1))
		}
	}
}
