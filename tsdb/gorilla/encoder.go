package gorilla

import (
	"fmt"
	"math"
)

// An Encoder makes blocks. It holds only scratch memory: blocks do not depend on those before. The zero
// value is ready to use, by one goroutine at a time.
type Encoder struct {
	present mask
	stored  []float64 // the values to be stored, without empty slots
}

// AppendBlock appends one block of len(values) slots, 1 to MaxSlots, to dst: the smallest of the
// encodings. NaN, whatever its bits, means that a slot is empty. It does not keep values.
func (e *Encoder) AppendBlock(dst []byte, values []float64) []byte {
	if len(values) == 0 || len(values) > MaxSlots {
		panic(fmt.Sprintf("gorilla: a block of %d slots", len(values)))
	}
	e.gather(values)
	switch {
	case len(e.stored) == 0:
		return append(dst, headerNothing)
	case sameBits(e.stored):
		dst = e.appendHeader(dst, classConstant, len(values))
		return appendConstant(dst, e.stored[0])
	}
	dst = e.appendHeader(dst, headerXOR, len(values))
	return appendXOR(dst, e.stored)
}

// gather splits values into a mask and what is to be stored.
func (e *Encoder) gather(values []float64) {
	e.present.clear(len(values))
	e.stored = e.stored[:0]
	for i, v := range values {
		if !math.IsNaN(v) {
			e.present.set(i)
			e.stored = append(e.stored, v)
		}
	}
}

// appendHeader appends the header byte and the presence mask of n slots.
func (e *Encoder) appendHeader(dst []byte, header byte, n int) []byte {
	at := len(dst)
	dst = append(dst, header)
	if len(e.stored) < n {
		var form byte
		dst, form = e.present.append(dst, n)
		dst[at] |= form << presenceShift
	}
	return dst
}

// sameBits reports whether all values are the same, to the bit.
func sameBits(values []float64) bool {
	first := math.Float64bits(values[0])
	for _, v := range values[1:] {
		if math.Float64bits(v) != first {
			return false
		}
	}
	return true
}
