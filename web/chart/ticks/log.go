package ticks

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/number"
)

// decades returns the number of powers of ten between a and b, 0 ≤ a ≤ b.
func decades(a, b float64) int { return ceilPower(b) - floorPower(a) }

// ceilPower returns the least power of ten not below v.
func ceilPower(v float64) int {
	if v <= 0 {
		return 0
	}
	return int(math.Ceil(log10(v)))
}

// floorPower returns the greatest power of ten not above v, 0 if v is at most 1.
func floorPower(v float64) int {
	if v <= 1 {
		return 0
	}
	return int(math.Floor(log10(v)))
}

// logTicks returns a tick per power of ten; within two powers they would be too few, and the ticks are
// those of a linear axis.
func logTicks(low, high float64, n int) []Tick {
	if _, ok := choose(anyDecimal, low, high, n); !ok {
		return ends(low, high)
	}
	var list []Tick
	switch {
	case low >= 0:
		if decades(low, high) <= 2 {
			return decimalTicks(low, high, n)
		}
		list = powers(low, high, n, decades(low, high))
	case high <= 0:
		if decades(-high, -low) <= 2 {
			return decimalTicks(low, high, n)
		}
		list = mirrored(powers(-high, -low, n, decades(-high, -low)))
	default:
		below, above := decades(0, -low), decades(0, high)
		if below <= 2 && above <= 2 {
			return decimalTicks(low, high, n)
		}
		list = mirrored(powers(0, -low, n, below+above))
		list = append(list, powers(0, high, n, below+above)[1:]...)
	}
	if len(list) > 0 && list[0].Value < low {
		list = list[1:]
	}
	if len(list) > 0 && list[len(list)-1].Value > high {
		list = list[:len(list)-1]
	}
	return list
}

// powers returns a tick at each power of ten from low to high, rounded outward. distance is the number of powers on the
// whole axis, of which n may be major.
func powers(low, high float64, n, distance int) []Tick {
	every := 1
	if distance > n {
		every = int(math.Ceil(float64(distance) / float64(n)))
	}
	from, to := floorPower(low), ceilPower(high)
	var list []Tick
	for power := from; power <= to; power++ {
		v := power10(power)
		if power == 0 && low == 0 {
			v = 0
		}
		list = append(list, Tick{Value: v, Label: number.Format{}.Text(v, number.Decimal), Major: (power-from)%every == 0})
	}
	return list
}

// mirrored turns ticks of positive values into those of negative ones.
func mirrored(list []Tick) []Tick {
	out := make([]Tick, 0, len(list))
	for i := len(list) - 1; i >= 0; i-- {
		t := list[i]
		if t.Value != 0 {
			t.Value, t.Label = -t.Value, "-"+t.Label
		}
		out = append(out, t)
	}
	return out
}

// logLinearTicks returns ticks at the bounds of the buckets.
func logLinearTicks(low, high float64, n int) []Tick {
	first, last := bucketOf(low), bucketOf(high)
	count := last - first
	majorEvery := max(1, (count/9+n-1)/n*9)
	bothSigns := low < 0 && high > 0
	var list []Tick
	for i := first; i <= last; i++ {
		v := bucketBound(i)
		if v < low || v > high || bothSigns && i == -1 {
			continue
		}
		place := i
		if i < 0 {
			place = -i - 1
		}
		if bothSigns && i == 0 {
			list = append(list, Tick{Value: 0, Label: number.DecimalText(0), Major: true})
			continue
		}
		if count < 9*n || count/3 < 9*n && place%3 == 0 || place%9 == 0 {
			list = append(list, Tick{Value: v, Label: number.DecimalText(v), Major: count <= n || place%majorEvery == 0})
		}
	}
	return list
}
