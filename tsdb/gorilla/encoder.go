package gorilla

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// An Encoder makes blocks. It holds the step, which many values were divided by, and scratch memory:
// blocks do not depend on those before. One goroutine at a time may use it. The zero value is an encoder
// for a step of 60 s.
type Encoder struct {
	step byte // index into stepSeconds

	present, nonzero mask
	gathered         []float64 // the values of a block with empty slots
	nonzeros         []float64 // the values that are not 0.0, if some are
	zeros            int

	planner     planner
	integers    integers
	kept        integers // those of nonzeros
	differences []int64
	bits        []int64
	bitsBetween []int64 // their differences
}

// NewEncoder returns an encoder for series on a grid of that step. The step only decides which divisors
// are tried; blocks name theirs. A step that is none of the usual ones costs size, nothing else.
func NewEncoder(stepMillis int64) *Encoder {
	const oneSecond = 1 // whose divisors are powers of ten only
	if i := slices.Index(stepSeconds[:], stepMillis/1000); i >= 0 && stepMillis%1000 == 0 {
		return &Encoder{step: byte(i)}
	}
	return &Encoder{step: oneSecond}
}

// A candidate is one way to store the values of a block.
type candidate struct {
	header  byte // class and flagDelta
	detail  byte // the divisor, or the shift
	dropped bool // zeros are dropped and a mask tells where they were
	start   int64
	numbers []int64
	column  column
	ulps    []int64
	ulpsBy  column
	raw     []rawValue
	size    int // bytes behind the presence mask, without the header
}

// AppendBlock appends one block of len(slots) slots, 1 to MaxSlots, to dst, in the encoding that is
// smallest by an exact count. NaN, whatever its bits, means that a slot is empty. It does not keep slots.
func (e *Encoder) AppendBlock(dst []byte, slots []float64) []byte {
	if len(slots) == 0 || len(slots) > MaxSlots {
		panic(fmt.Sprintf("gorilla: AppendBlock of %d slots", len(slots)))
	}
	values := e.gather(slots)
	if len(values) == 0 {
		return append(dst, headerNothing)
	}
	at := len(dst)
	dst = append(dst, 0)
	var form byte
	if len(values) < len(slots) {
		dst, form = e.present.append(dst, len(slots))
		dst[at] |= form << presenceShift
	}
	if sameBits(values) {
		return appendConstant(dst, values[0])
	}
	e.dropZeros(values)
	c := e.choose(values)
	if xorSize(values, c.size) < c.size {
		dst[at] |= headerXOR
		return appendXOR(dst, values)
	}
	dst[at] |= c.header
	if c.dropped {
		dst, form = e.nonzero.append(dst, len(values))
		dst[at] |= form << zerosShift
	}
	return c.append(dst)
}

// gather returns the values of slots that are not empty: slots itself, or, with a mask beside it, a copy.
func (e *Encoder) gather(slots []float64) []float64 {
	missing := 0
	for _, v := range slots {
		if v != v {
			missing++
		}
	}
	if missing == 0 {
		return slots
	}
	e.present = zeroed(e.present, words(len(slots)))
	e.gathered = e.gathered[:0]
	for i, v := range slots {
		if v == v {
			e.present.set(i)
			e.gathered = append(e.gathered, v)
		}
	}
	return e.gathered
}

// dropZeros puts the values that are not 0.0 into e.nonzeros and their places into a mask. Which of them
// are zero is often noise, hence no branch.
func (e *Encoder) dropZeros(values []float64) {
	e.nonzero = zeroed(e.nonzero, words(len(values)))
	e.nonzeros = slices.Grow(e.nonzeros[:0], len(values))[:len(values)]
	n := 0
	for i, v := range values {
		u := math.Float64bits(v)
		bit := (u | -u) >> 63
		e.nonzero[i/64] |= bit << (i % 64)
		e.nonzeros[n] = v
		n += int(bit)
	}
	e.nonzeros = e.nonzeros[:n]
	e.zeros = len(values) - n
}

// append appends the body.
func (c *candidate) append(dst []byte) []byte {
	dst = append(dst, c.detail)
	if c.header&flagDelta != 0 {
		dst = binary.AppendVarint(dst, c.start)
	}
	dst = c.column.append(dst, c.numbers)
	if c.header&classMask == classUlps {
		dst = c.ulpsBy.append(dst, c.ulps)
	}
	if c.header&flagRaw != 0 {
		dst = appendRaw(dst, c.raw)
	}
	return dst
}

// choose returns the smallest candidate for values, which are not all the same.
func (e *Encoder) choose(values []float64) candidate {
	const wide = 4 // bytes a value: what an integral form must cost for float bits to be worth a look
	if !e.integers.find(values, e.nonzeros, e.step) {
		return e.floatBits()
	}
	best := e.integral()
	if best.size > wide*len(values) {
		if c := e.floatBits(); c.size < best.size {
			return c
		}
	}
	return best
}

// integral returns the smallest candidate of the classes integer and integer and ulps: as they are, as
// differences, and without the zeros where there are many.
func (e *Encoder) integral() candidate {
	best := e.numbers(classInteger, e.integers.k, &e.differences)
	best.detail = byte(e.integers.divisor)
	e.addParts(&best, &e.integers)
	if 8*e.zeros < len(e.integers.k) {
		return best
	}
	e.kept.withoutZeros(&e.integers, e.nonzero)
	c := e.numbers(classInteger, e.kept.k, nil)
	c.detail = best.detail
	c.dropped = true
	c.size += e.nonzero.size(len(e.integers.k))
	e.addParts(&c, &e.kept)
	if c.size < best.size {
		return c
	}
	return best
}

// addParts adds to c what is stored beside the integers: ulps and raw values, if there are any.
func (e *Encoder) addParts(c *candidate, n *integers) {
	if n.hasUlps {
		c.header = c.header&flagDelta | classUlps
		c.ulps = n.j
		size := 0
		c.ulpsBy, size = e.planner.plan(n.j)
		c.size += size
	}
	if len(n.raw) > 0 {
		c.header |= flagRaw
		c.raw = n.raw
		c.size += rawSize*len(n.raw) + 1
	}
}

// floatBits returns the smallest candidate of the class float. Zeros are always dropped: beside numbers
// with a full mantissa each would need a patch, which is longer than its share of a mask.
func (e *Encoder) floatBits() candidate {
	var shift uint
	e.bits, shift = fillFloatBits(e.bits, e.nonzeros)
	c := e.numbers(classFloat, e.bits, &e.bitsBetween)
	c.detail = byte(shift)
	if e.zeros > 0 {
		c.dropped = true
		c.size += e.nonzero.size(len(e.nonzeros) + e.zeros)
	}
	return c
}

// numbers returns the smaller candidate of xs and of their differences, which are put into *scratch; nil
// if they need not be tried. The size counts the detail byte.
func (e *Encoder) numbers(class byte, xs []int64, scratch *[]int64) candidate {
	c := candidate{header: class, numbers: xs}
	c.column, c.size = e.planner.plan(xs)
	c.size++
	if scratch == nil || len(xs) < 2 {
		return c
	}
	between := (*scratch)[:0]
	previous := xs[0]
	for _, x := range xs[1:] {
		between = append(between, x-previous)
		previous = x
	}
	*scratch = between
	d := candidate{header: class | flagDelta, start: xs[0], numbers: between}
	d.column, d.size = e.planner.plan(between)
	d.size += 1 + varintSize(d.start)
	if d.size < c.size {
		return d
	}
	return c
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
