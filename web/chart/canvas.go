package chart

import (
	"math"

	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/chart/ticks"
)

// An area is the canvas: the pixels x1 … x2-1 and y1 … y2, whose last row belongs to the lower bound.
type area struct{ x1, y1, x2, y2 int }

func (a area) majors() int { return (a.y2 - a.y1) / pixelsPerTick }

// A valueAxis is the axis of a plot.
type valueAxis struct {
	low, high float64
	ticks     []ticks.Tick
	row       func(float64) int32
}

// maxRow bounds rows, so that what is far outside the canvas stays outside, whatever is computed with it.
const maxRow = 1 << 14

// newAxis returns the axis of a plot along the canvas.
func newAxis(p *Plot, a area) (valueAxis, error) {
	axis := valueAxis{}
	axis.low, axis.high = p.bounds()
	var err error
	if axis.ticks, err = valueTicks(axis.low, axis.high, a.majors(), p); err != nil {
		return axis, err
	}
	pixels := ticks.Scale(p.Scale).Pixels(axis.low, axis.high, a.y1, a.y2)
	axis.row = func(v float64) int32 {
		if pixels(v) <= math.MinInt32+a.y1 {
			// Minus infinity leaves the canvas upward, as infinity does: in Atlas the row overflows.
			return -maxRow
		}
		return int32(min(max(a.y2-pixels(v)+a.y1, -maxRow), maxRow))
	}
	return axis, nil
}

// canvas draws the lines of all plots, the axes and the grid.
func (p *painter) canvas() error {
	g := p.graph
	hasAxes, leftWidth, rightWidth := p.sides()
	timeHeight := timeAxisHeight
	if g.Settings.OnlyGraph {
		timeHeight = bareAxisHeight
	}
	end := p.y + g.graphHeight()
	a := area{leftWidth, p.y, p.width - rightWidth, end - timeHeight*len(p.zones)}
	p.y = end
	times := ticks.TimeAxis{Start: g.Start, End: g.End, Step: g.Step}
	column := times.Pixels(a.x1, a.x2)
	for i := range g.points() + 1 {
		p.xs = append(p.xs, int32(column(g.Start+int64(i-1)*g.Step)))
	}
	p.list.Add(draw.Rect{X: a.x1, Y: a.y1, W: a.x2 - a.x1, H: a.y2 + 1 - a.y1, Color: p.look.canvas},
		draw.Clip{X: a.x1, Y: a.y1, W: a.x2 - a.x1, H: a.y2 + 1 - a.y1})
	axes := make([]valueAxis, len(g.Plots))
	for i := range g.Plots {
		var err error
		if axes[i], err = newAxis(&g.Plots[i], a); err != nil {
			return err
		}
		if err := p.lines(i, axes[i], a); err != nil {
			return err
		}
	}
	p.list.Add(draw.EndClip{})
	marks := make([][]ticks.TimeTick, len(p.zones))
	for i, zone := range p.zones {
		marks[i] = times.Ticks(zone, (a.x2-a.x1)/pixelsPerTick)
	}
	p.timeGrid(marks[0], column, a)
	if !g.Settings.OnlyGraph {
		for i := range p.zones {
			p.timeAxis(i, marks[i], column, a)
		}
	}
	p.valueGrid(axes[0], a)
	if hasAxes {
		for i := range axes {
			p.valueAxis(i, axes[i], a)
		}
	}
	return nil
}

// sides returns what is left and right of the canvas: axes where there is room for them, else margins.
func (p *painter) sides() (hasAxes bool, left, right int) {
	left, right = valueAxisWidth, valueAxisWidth*(len(p.graph.Plots)-1)
	if right == 0 {
		right = rightPadding
	}
	if p.graph.Settings.OnlyGraph || p.width-left-right < minCanvas {
		return false, rightPadding, rightPadding
	}
	return true, left, right
}

// timeGrid draws a line up the canvas at each tick of the first zone.
func (p *painter) timeGrid(marks []ticks.TimeTick, column func(int64) int, a area) {
	for _, t := range marks {
		if x := column(t.Time); x > a.x1 && x < a.x2 {
			p.list.Add(draw.Dashes{X1: x, Y1: a.y1, X2: x, Y2: a.y2, Color: gridColor(t.Major)})
		}
	}
}

// valueGrid draws a line across the canvas at each tick of the first axis.
func (p *painter) valueGrid(axis valueAxis, a area) {
	for _, t := range axis.ticks {
		if y := int(axis.row(t.Value)); y > a.y1 && y < a.y2 {
			p.list.Add(draw.Dashes{X1: a.x1, Y1: y, X2: a.x2, Y2: y, Color: gridColor(t.Major)})
		}
	}
}

func gridColor(major bool) Color {
	if major {
		return majorGrid
	}
	return minorGrid
}
