package gorilla

import "encoding/binary"

// A bitWriter appends bits to a byte slice, most significant bit first, as the paper draws them.
type bitWriter struct {
	dst  []byte
	word uint64 // bits not yet in dst, in its low end
	held uint   // how many, at most 63
}

// write appends the n low bits of v, n at most 64; the bits of v above them are zero.
func (w *bitWriter) write(v uint64, n uint) {
	room := 64 - w.held
	if n < room {
		w.word = w.word<<n | v
		w.held += n
		return
	}
	rest := n - room
	w.dst = binary.BigEndian.AppendUint64(w.dst, w.word<<room|v>>rest)
	w.word = v & (1<<rest - 1)
	w.held = rest
}

// close appends what is held, filled up with zero bits to a whole byte, and returns the slice.
func (w *bitWriter) close() []byte {
	for w.held > 0 {
		n := min(w.held, 8)
		w.held -= n
		w.dst = append(w.dst, byte(w.word>>w.held<<(8-n)))
	}
	return w.dst
}

// A bitReader takes bits from a byte slice, most significant bit first. Behind the end there are zero
// bits; short tells that some of them were read.
type bitReader struct {
	src   []byte
	word  uint64 // the next bits, from its high end
	held  uint   // how many of them are valid, at most 64
	short bool
}

// read takes n bits, at most 64.
func (r *bitReader) read(n uint) uint64 {
	if n > r.held {
		return r.refill(n)
	}
	v := r.word >> (64 - n)
	r.word <<= n
	r.held -= n
	return v
}

// refill is read where the word does not hold n bits.
func (r *bitReader) refill(n uint) uint64 {
	have := r.held
	high := r.word >> (64 - have) // a shift by 64 gives 0
	n -= have
	switch {
	case len(r.src) >= 8:
		r.word, r.held = binary.BigEndian.Uint64(r.src), 64
		r.src = r.src[8:]
	default:
		var last [8]byte
		r.held = 8 * uint(copy(last[:], r.src))
		r.word = binary.BigEndian.Uint64(last[:])
		r.src = nil
	}
	if n > r.held {
		r.short = true
		r.held = n
	}
	v := high<<n | r.word>>(64-n)
	r.word <<= n
	r.held -= n
	return v
}

// exhausted reports whether all bytes were read and what is left of the last one is zero.
func (r *bitReader) exhausted() bool { return !r.short && len(r.src) == 0 && r.held < 8 && r.word == 0 }
