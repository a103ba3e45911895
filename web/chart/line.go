package chart

import (
	"math"

	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// lines draws the heatmap of a plot and then its lines, in their order.
func (p *painter) lines(number int, axis valueAxis, a area) error {
	plot := &p.graph.Plots[number]
	h, err := p.graph.Heatmap(number, p.graph.requestedHeight())
	if err != nil {
		return err
	}
	if h != nil {
		p.heatmap(h, axis.row, a)
	}
	stacked := newPile(p.graph.points(), axis)
	for i := range plot.Lines {
		l := &plot.Lines[i]
		switch l.Style {
		case heatStyle:
		case areaStyle:
			p.list.Add(p.area(l, axis))
		case stackStyle:
			p.list.Add(p.stack(l, stacked))
		case vspanStyle:
			p.list.Add(p.spans(l, a))
		default:
			p.list.Add(p.steps(l, axis))
		}
	}
	return nil
}

// steps returns a line: flat over the time that each value describes.
func (p *painter) steps(l *Line, axis valueAxis) draw.Steps {
	s := draw.Steps{X: p.xs, Y: make([]int32, p.graph.points()), Width: lineWidth(l.Width), Color: l.Color}
	for i := range s.Y {
		s.Y[i] = draw.Gap
		if i < len(l.Values) && l.Values[i] == l.Values[i] {
			s.Y[i] = axis.row(l.Values[i])
		}
	}
	return s
}

// lineWidth returns a width that can be drawn.
func lineWidth(w float64) float64 {
	const widest = 2 * maxHeight
	if w != w {
		return 1
	}
	return min(max(w, 0), widest)
}

// newBars returns bars of no height for each value.
func (p *painter) newBars(c Color) draw.Bars {
	n := p.graph.points()
	return draw.Bars{X: p.xs, Top: make([]int32, n), Height: make([]int32, n), Color: c}
}

// area returns a line filled down, or up, to zero.
func (p *painter) area(l *Line, axis valueAxis) draw.Bars {
	b := p.newBars(l.Color)
	zero := axis.row(0)
	for i, v := range l.Values[:min(len(l.Values), len(b.Top))] {
		if v == v {
			y := axis.row(v)
			b.Top[i], b.Height[i] = min(zero, y), max(zero, y)-min(zero, y)+1
		}
	}
	return b
}

// A pile is how high the lines drawn so far have been piled up at each time: positive values upward from zero,
// negative ones downward.
type pile struct {
	positive, negative []float64
	axis               valueAxis
}

func newPile(points int, axis valueAxis) *pile {
	return &pile{make([]float64, points), make([]float64, points), axis}
}

// stack returns a line filled from the top of what lies below it.
func (p *painter) stack(l *Line, s *pile) draw.Bars {
	b := p.newBars(l.Color)
	for i, v := range l.Values[:min(len(l.Values), len(b.Top))] {
		switch {
		case v > 0:
			bottom := s.axis.row(s.positive[i])
			s.positive[i] += v
			b.Top[i] = s.axis.row(s.positive[i])
			b.Height[i] = bottom - b.Top[i] + 1
		case v < 0:
			b.Top[i] = s.axis.row(s.negative[i])
			s.negative[i] += v
			b.Height[i] = s.axis.row(s.negative[i]) - b.Top[i] + 1
		case v == 0 && s.positive[i] == 0 && s.negative[i] == 0:
			b.Top[i], b.Height[i] = s.axis.row(0), 1
		}
	}
	return b
}

// spans returns bands over the whole height wherever the line is neither missing nor zero.
func (p *painter) spans(l *Line, a area) draw.Bars {
	b := p.newBars(l.Color)
	for i, v := range l.Values[:min(len(l.Values), len(b.Top))] {
		if math.Abs(v) >= 1e-12 {
			b.Top[i], b.Height[i] = int32(a.y1), int32(a.y2-a.y1)
		}
	}
	return b
}
