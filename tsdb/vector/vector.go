package vector

import "math"

// AddInto adds src to dst and returns how many values src has.
//
// Four at a time: their total is a number where all of them have a value, or else one may be missing or they may
// be opposite infinities. The 60 values of a series in an open window: 60 ns, one by one 93.
func AddInto(dst, src []float64) (present int) {
	dst = dst[:len(src)]
	for ; len(src) >= 4; dst, src = dst[4:], src[4:] {
		d, s := (*[4]float64)(dst), (*[4]float64)(src)
		if all := (s[0] + s[1]) + (s[2] + s[3]) + ((d[0] + d[1]) + (d[2] + d[3])); all == all {
			d[0] += s[0]
			d[1] += s[1]
			d[2] += s[2]
			d[3] += s[3]
			present += 4
		} else {
			present += AddPresent(d[:], s[:])
		}
	}
	return present + AddPresent(dst, src)
}

// AddPresent is AddInto one by one: faster where many values are missing.
func AddPresent(dst, src []float64) (present int) {
	dst = dst[:len(src)]
	for i, v := range src {
		if v != v {
			continue
		}
		present++
		if s := dst[i]; s == s {
			v += s
		}
		dst[i] = v
	}
	return present
}

// AddAll is AddInto for a src that has all its values.
func AddAll(dst, src []float64) {
	dst = dst[:len(src)]
	for i, v := range src {
		if s := dst[i]; s == s {
			v += s
		}
		dst[i] = v
	}
}

// CountInto adds one to dst where src has a value.
func CountInto(dst, src []float64) {
	for i, v := range src {
		if v == v {
			dst[i] = AddNaN(dst[i], 1)
		}
	}
}

// CountPresent returns how many values src has.
func CountPresent(src []float64) (present int) {
	for _, v := range src {
		if v == v {
			present++
		}
	}
	return present
}

// MinInto lowers dst to src where src is less.
func MinInto(dst, src []float64) {
	for i, v := range src {
		dst[i] = MinNaN(dst[i], v)
	}
}

// MaxInto raises dst to src where src is greater.
func MaxInto(dst, src []float64) {
	for i, v := range src {
		dst[i] = MaxNaN(dst[i], v)
	}
}

// AddNaN, MinNaN and MaxNaN are the same for one pair.
func AddNaN(a, b float64) float64 {
	switch {
	case a != a:
		return b
	case b != b:
		return a
	}
	return a + b
}

func MinNaN(a, b float64) float64 {
	if b != b || a < b {
		return a
	}
	return b
}

func MaxNaN(a, b float64) float64 {
	if b != b || a > b {
		return a
	}
	return b
}

// Total adds the values to sum, which begins with the first one where there is none yet, and returns how many there
// are. Opposite infinities make a total NaN, and further values do not mend that: so Atlas has it.
func Total(sum float64, none bool, values []float64) (_ float64, present int) {
	for _, v := range values {
		if v != v {
			continue
		}
		present++
		if none {
			sum, none = v, false
		} else {
			sum += v
		}
	}
	return sum, present
}

// Least returns the least of the values and of v.
func Least(v float64, values []float64) float64 {
	for _, x := range values {
		v = MinNaN(v, x)
	}
	return v
}

// Greatest returns the greatest of the values and of v.
func Greatest(v float64, values []float64) float64 {
	for _, x := range values {
		v = MaxNaN(v, x)
	}
	return v
}

// AllNaN reports whether there is no value among values.
func AllNaN(values []float64) bool {
	for _, v := range values {
		if v == v {
			return false
		}
	}
	return true
}

// FillNaN takes all values away.
func FillNaN(values []float64) {
	nan := math.NaN()
	for i := range values {
		values[i] = nan
	}
}
