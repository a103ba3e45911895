package ticks

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/number"
)

// multiples are the distances of ticks as multiples of a binary prefix or of a year.
var multiples = []float64{1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500}

var anyBinary = func() []spacing {
	list := decimalSpacings(-1, 1)
	for _, factor := range number.BinaryFactors() {
		for _, m := range multiples {
			list = append(list, spacing{factor * m, factor * m / 4, 4})
		}
	}
	return list
}()

func binaryTicks(low, high float64, n int) []Tick {
	s, ok := choose(anyBinary, low, high, n)
	var list []Tick
	var base float64
	if ok {
		list, base = s.place(low, high)
	}
	if len(list) == 0 {
		list = []Tick{{Value: low, Major: true}, {Value: high, Major: true}}
		setOffset(list, low, number.DecimalText)
		return list
	}
	if s.major < math.Abs(low)/100 {
		most := list[len(list)-1].Value - base
		prefix, format := binaryFormat(s.major, most)
		setOffset(list, base, func(v float64) string { return prefix.Text(v, format) })
		return list
	}
	prefix, format := binaryFormat(s.major, high)
	label(list, func(t Tick) string { return prefix.Text(t.Value, format) })
	return list
}

// binaryFormat returns how values up to most are written that are major apart.
func binaryFormat(major, most float64) (number.Prefix, number.Format) {
	prefix := number.BinaryRange(major, 4)
	if size := math.Abs(most); size >= 10*prefix.Factor {
		prefix = number.BinaryRange(size, 4)
	}
	return prefix, number.Format{Decimals: decimalsOf(major/prefix.Factor, 2)}
}
