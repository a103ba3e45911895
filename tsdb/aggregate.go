package tsdb

// The four ways to combine values; NaN means "no value" on either side. With 0.0 and -0.0, min and
// max keep the second operand, as Atlas does.

// addInto adds src to dst.
func addInto(dst, src []float64) {
	for i, v := range src {
		dst[i] = addNaN(dst[i], v)
	}
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
