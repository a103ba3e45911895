package gorilla

import (
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/vector"
)

// AddInto adds the values of one block to sum: a slot that is NaN, in sum or in the block, has no value and
// the other one stays. It returns the number of slots in which the block has a value. len(sum) is the number of
// slots of the block, as in Decode; scratch has at least as many, and holds the slots afterwards where some but not all of
// them have a value. After an error, which wraps ErrCorrupt, sum is as before. It allocates nothing.
func AddInto(sum, scratch []float64, block []byte) (present int, err error) {
	if len(block) > 0 && block[0] == classConstant {
		return addConstant(sum, block[1:])
	}
	scratch = scratch[:len(sum)]
	if err := Decode(scratch, block); err != nil {
		return 0, err
	}
	if block[0]>>presenceShift&formMask == maskFull {
		vector.AddAll(sum, scratch)
		return len(sum), nil
	}
	return vector.AddPresent(sum, scratch), nil
}

// addConstant is AddInto for a block of equal values, body being its bytes behind the header: one in ten,
// and half of the time of a decoded one.
func addConstant(sum []float64, body []byte) (present int, err error) {
	var one [1]float64
	if !decodeConstant(one[:], body) {
		return 0, fmt.Errorf("%w: constant of %d bytes", ErrCorrupt, len(body))
	}
	v := one[0]
	if math.IsNaN(v) {
		return 0, nil
	}
	for i, s := range sum {
		if s == s {
			sum[i] = s + v
		} else {
			sum[i] = v
		}
	}
	return len(sum), nil
}
