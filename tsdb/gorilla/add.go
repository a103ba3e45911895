package gorilla

import (
	"fmt"
	"math"
)

// AddInto adds the values of one block to sum: a slot that is NaN, in sum or in the block, has no value and
// the other one stays. len(sum) is the number of slots of the block, as in Decode; scratch has at least
// as many and is overwritten. After an error, which wraps ErrCorrupt, sum is as before. It allocates nothing.
func AddInto(sum, scratch []float64, block []byte) error {
	if len(block) > 0 && block[0] == classConstant {
		return addConstant(sum, block[1:])
	}
	scratch = scratch[:len(sum)]
	if err := Decode(scratch, block); err != nil {
		return err
	}
	if block[0]>>presenceShift&formMask == maskFull {
		addAll(sum, scratch)
	} else {
		addPresent(sum, scratch)
	}
	return nil
}

// addConstant is AddInto for a block of equal values, body being its bytes behind the header: one in ten,
// and half of the time of a decoded one.
func addConstant(sum []float64, body []byte) error {
	var one [1]float64
	if !decodeConstant(one[:], body) {
		return fmt.Errorf("%w: constant of %d bytes", ErrCorrupt, len(body))
	}
	v := one[0]
	if math.IsNaN(v) {
		return nil
	}
	for i, s := range sum {
		if s == s {
			sum[i] = s + v
		} else {
			sum[i] = v
		}
	}
	return nil
}

// addAll adds src, in which all slots have a value, to sum.
func addAll(sum, src []float64) {
	sum = sum[:len(src)]
	for i, v := range src {
		if s := sum[i]; s == s {
			v += s
		}
		sum[i] = v
	}
}

// addPresent adds src to sum where src has a value.
func addPresent(sum, src []float64) {
	sum = sum[:len(src)]
	for i, v := range src {
		s := sum[i]
		switch {
		case s != s:
			sum[i] = v
		case v == v:
			sum[i] = s + v
		}
	}
}
