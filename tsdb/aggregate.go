package tsdb

// The four ways to combine values; NaN means "no value" on either side. With 0.0 and -0.0, min and
// max keep the second operand, as Atlas does.

// addInto adds src to dst.
func addInto(dst, src []float64) {
	for i, v := range src {
		switch d := dst[i]; {
		case v != v:
		case d != d:
			dst[i] = v
		default:
			dst[i] = d + v
		}
	}
}

// minInto lowers dst to src where src is less.
func minInto(dst, src []float64) {
	for i, v := range src {
		if v != v {
			continue
		}
		if d := dst[i]; !(d < v) {
			dst[i] = v
		}
	}
}

// maxInto raises dst to src where src is greater.
func maxInto(dst, src []float64) {
	for i, v := range src {
		if v != v {
			continue
		}
		if d := dst[i]; !(d > v) {
			dst[i] = v
		}
	}
}
