package chart

import (
	"math"

	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/chart/ticks"
)

// timeAxis draws the axis of a zone below the canvas and the axes before it.
func (p *painter) timeAxis(number int, marks []ticks.TimeTick, column func(int64) int, a area) {
	y := a.y2 + 1 + timeAxisHeight*number
	line := p.look.ink
	if number == 0 {
		line = line.WithAlpha(40) // there is the lower edge of the canvas already
	}
	p.list.Add(draw.Line{X1: a.x1, Y1: y, X2: a.x2, Y2: y, Color: line})
	const half = pixelsPerTick / 2
	labelY := y + 7
	free := math.Inf(-1) // where a label may begin; on a short axis the labels of months and years crowd
	for _, t := range marks {
		x := column(t.Time)
		if !t.Major || x < a.x1 || x > a.x2 {
			continue
		}
		p.list.Add(draw.Line{X1: x, Y1: y, X2: x, Y2: y + markLength, Color: p.look.ink})
		start := smallFont.start(t.Label, x-half, x+half, center)
		if start < free {
			continue
		}
		free = start + smallFont.width(t.Label) + 1
		c := p.look.ink
		if t.ClockChanged {
			c = clockRed
		}
		p.text(smallFont, c, center, t.Label, x-half, x+half, labelY)
	}
	name := ticks.ZoneName(p.graph.Settings.Zones[number], p.zones[number])
	const gap = 23
	x2 := a.x1 - gap
	p.text(smallFont, p.look.ink, right, name, x2-int(smallFont.width(name+"  ")), x2, labelY)
}
