package chart

import "math"

// The styles of lines.
const (
	areaStyle  = "AREA"
	stackStyle = "STACK"
	vspanStyle = "VSPAN"
	heatStyle  = "HEATMAP"
)

// An extent grows to cover finite values. The zero extent covers none.
type extent struct {
	low, high float64
	some      bool
}

func (e *extent) add(v float64) {
	switch {
	case v-v != 0: // NaN or infinite
	case !e.some:
		e.low, e.high, e.some = v, v, true
	default:
		e.low, e.high = min(e.low, v), max(e.high, v)
	}
}

// bounds returns the ends of the plot's axis, low below high.
func (p *Plot) bounds() (low, high float64) {
	if len(p.Lines) == 0 {
		return 0, 1
	}
	data, filled := p.extent()
	if !data.some {
		data.low, data.high = 0, 1
	}
	low, high = p.Lower.Value, p.Upper.Value
	switch p.Lower.Auto {
	case "auto-style":
		if low = data.low; filled {
			low = min(low, 0)
		}
	case "auto-data":
		low = data.low
	}
	switch p.Upper.Auto {
	case "auto-style":
		if high = data.high; filled {
			high = max(high, 0)
		}
	case "auto-data":
		high = data.high
	}
	switch {
	case low < high:
	case p.Lower.Auto == "" && p.Upper.Auto == "":
	case p.Upper.Auto == "":
		low = high - 1
	default:
		high = low + 1
	}
	return low, high
}

// extent returns what the lines cover, and whether one of them fills an area, so that 0 belongs to it.
func (p *Plot) extent() (data extent, filled bool) {
	var positive, negative []float64 // sums of the stack
	for i := range p.Lines {
		l := &p.Lines[i]
		switch l.Style {
		case vspanStyle:
			continue
		case stackStyle:
			filled = true
			if positive == nil {
				positive, negative = make([]float64, len(l.Values)), make([]float64, len(l.Values))
				for _, v := range l.Values {
					data.add(v)
				}
			}
			addStack(positive, negative, l.Values)
			continue
		case heatStyle:
			if low, high, ok := bucketOf(l); ok {
				if hasCounts(l.Values) {
					data.add(low)
					data.add(high)
				}
				continue
			}
		case areaStyle:
			filled = true
		}
		for _, v := range l.Values {
			data.add(v)
		}
	}
	for i := range positive {
		if positive[i] > 0 {
			data.add(positive[i])
		}
		if negative[i] < 0 {
			data.add(negative[i])
		}
	}
	return data, filled
}

// addStack adds finite values to the sums of their sign.
func addStack(positive, negative, values []float64) {
	for i, v := range values[:min(len(values), len(positive))] {
		switch {
		case math.IsInf(v, 0) || math.IsNaN(v):
		case v >= 0:
			positive[i] += v
		default:
			negative[i] += v
		}
	}
}

func hasCounts(values []float64) bool {
	for _, v := range values {
		if v != 0 && v == v {
			return true
		}
	}
	return false
}
