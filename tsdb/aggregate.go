package tsdb

import "math"

// The four ways to combine values; NaN means "no value" on either side. With 0.0 and -0.0, min and
// max keep the second operand, as Atlas does.

// addInto adds src to dst and returns how many values src has.
//
// Four at a time: their total is a number where all of them have a value, or else one may be missing or they may
// be opposite infinities. The 60 values of a series in an open window: 60 ns, one by one 93.
func addInto(dst, src []float64) (present int) {
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
			present += addPresent(d[:], s[:])
		}
	}
	return present + addPresent(dst, src)
}

// addPresent is addInto for any values, one by one.
func addPresent(dst, src []float64) (present int) {
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

// countInto adds one to dst where src has a value.
func countInto(dst, src []float64) {
	for i, v := range src {
		if v == v {
			dst[i] = addNaN(dst[i], 1)
		}
	}
}

// countPresent returns how many values src has.
func countPresent(src []float64) (present int) {
	for _, v := range src {
		if v == v {
			present++
		}
	}
	return present
}

// minInto lowers dst to src where src is less.
func minInto(dst, src []float64) {
	for i, v := range src {
		dst[i] = minNaN(dst[i], v)
	}
}

// maxInto raises dst to src where src is greater.
func maxInto(dst, src []float64) {
	for i, v := range src {
		dst[i] = maxNaN(dst[i], v)
	}
}

// addNaN, minNaN and maxNaN are the same for one pair.
func addNaN(a, b float64) float64 {
	switch {
	case a != a:
		return b
	case b != b:
		return a
	}
	return a + b
}

func minNaN(a, b float64) float64 {
	if b != b || a < b {
		return a
	}
	return b
}

func maxNaN(a, b float64) float64 {
	if b != b || a > b {
		return a
	}
	return b
}

// totalOf adds the values to sum, which begins with the first one where there is none yet, and returns how many there
// are. Opposite infinities make a total NaN, and further values do not mend that: so Atlas has it.
func totalOf(sum float64, none bool, values []float64) (_ float64, present int) {
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

// least returns the least of the values and of v.
func least(v float64, values []float64) float64 {
	for _, x := range values {
		v = minNaN(v, x)
	}
	return v
}

// greatest returns the greatest of the values and of v.
func greatest(v float64, values []float64) float64 {
	for _, x := range values {
		v = maxNaN(v, x)
	}
	return v
}

// allNaN reports whether there is no value among values.
func allNaN(values []float64) bool {
	for _, v := range values {
		if v == v {
			return false
		}
	}
	return true
}

// fillNaN takes all values away.
func fillNaN(values []float64) {
	nan := math.NaN()
	for i := range values {
		values[i] = nan
	}
}
