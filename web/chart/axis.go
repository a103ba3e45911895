package chart

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/telamon-tsdb/telamon/query/number"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/chart/ticks"
)

const (
	markLength    = 4
	labelGap      = 5  // between the line of an axis and the box of a number
	yLabelWidth   = 17 // of the strip for the name of an axis
	offsetLength  = markLength + 28
	offsetGap     = 11 // between the line of an axis and the cell of a number written along it
	leastTextStep = 10 // rows between two numbers, so that they do not touch
)

// A side is where an axis is: its line, and the direction in which its numbers are.
type side struct {
	line   int // column of the line
	outer  int // column of the outer edge of the axis
	toward int // -1: numbers are on the left
	turn   draw.Turn
	// nameTop and nameBottom are the rows between which the name of the axis is written; equal for none.
	nameTop, nameBottom int
}

// axisSide returns the place of an axis: the first is on the left, the others on the right, one after the other.
func axisSide(number int, a area) side {
	if number == 0 {
		return side{line: a.x1 - 1, outer: a.x1 - valueAxisWidth, toward: -1, turn: draw.Up}
	}
	line := a.x2 + (number-1)*valueAxisWidth
	return side{line: line, outer: line + valueAxisWidth - 1, toward: 1, turn: draw.Down}
}

// valueAxis draws the axis of a plot beside the canvas.
func (p *painter) valueAxis(number int, axis valueAxis, a area) {
	plot := &p.graph.Plots[number]
	c := plot.AxisColor
	if c == 0 {
		c = p.look.ink
	}
	s := axisSide(number, a)
	p.list.Add(draw.Line{X1: s.line, Y1: a.y1, X2: s.line, Y2: a.y2, Color: c})
	var majors []ticks.Tick
	for _, t := range axis.ticks {
		// On a log-linear scale the ends of the axis lie within a bucket, and its bound may be off the canvas.
		if y := int(axis.row(t.Value)); t.Major && y >= a.y1 && y <= a.y2 {
			majors = append(majors, t)
		}
	}
	name := strings.TrimSpace(normalFont.truncate(plot.YLabel, a.y2-a.y1))
	if half := int(normalFont.width(name)) / 2; half > 0 {
		middle := (a.y1 + a.y2) / 2
		s.nameTop, s.nameBottom = middle-half, middle+half
	}
	labels := ticks.Labels(plot.TickLabels)
	if len(majors) > 0 && majors[0].Offset != 0 && labels != ticks.LabelsOff {
		p.offsetLabels(majors, labels, axis, a, s, c)
	} else {
		text := func(t ticks.Tick) string { return t.Label }
		if labels == ticks.LabelsOff {
			text = func(ticks.Tick) string { return "" }
		}
		p.labels(majors, text, int(axis.row(axis.low)), axis, s, c)
	}
	p.turned(normalFont, c, center, name, s.turn, float64(s.outer)-float64(s.toward)*normalFont.ascent, a.y1, a.y2)
}

// mark draws the mark of a tick and returns its row.
func (p *painter) mark(s side, y, length int, c Color) {
	x1, x2 := s.line, s.line+s.toward*length
	p.list.Add(draw.Line{X1: min(x1, x2), Y1: y, X2: max(x1, x2), Y2: y, Color: c})
}

// number writes the label of a tick beside its mark.
func (p *painter) number(s side, y int, label string, c Color) {
	y -= smallFont.height / 2
	if s.toward < 0 {
		p.text(smallFont, c, right, label, s.outer, s.line-labelGap, y)
	} else {
		p.text(smallFont, c, left, label, s.line+labelGap, s.outer, y)
	}
}

// crossed reports whether a number in these lines would reach into the name of the axis.
func (s side) crossed(y int, lines []string) bool {
	const besideName = 6 // characters
	half := smallFont.height / 2
	if s.nameTop == s.nameBottom || y+half+(len(lines)-1)*smallFont.height < s.nameTop || y-half > s.nameBottom {
		return false
	}
	return slices.ContainsFunc(lines, func(line string) bool { return utf8.RuneCountInString(line) > besideName })
}

// labels draws major ticks, from the lowest up, with what text returns for them. On a scale that is not linear they
// may crowd; a number is left out that would touch the one below, in two lines the time axis, or the name of the
// axis. free is the lowest row where a number may be.
func (p *painter) labels(majors []ticks.Tick, text func(ticks.Tick) string, free int, axis valueAxis, s side, c Color) {
	for _, t := range majors {
		y := int(axis.row(t.Value))
		p.mark(s, y, markLength, c)
		label := text(t)
		lines := smallFont.wrap(label, valueAxisWidth-labelGap-1)
		if bottom := y + (len(lines)-1)*smallFont.height; bottom <= free && !s.crossed(y, lines) {
			p.number(s, y, label, c)
			free = y - leastTextStep
		}
	}
}

// offsetLabels draws the major ticks where their labels would be equal but for the last digits: the first
// has the whole value, written along the axis, the others the difference to it.
func (p *painter) offsetLabels(majors []ticks.Tick, labels ticks.Labels, axis valueAxis, a area, s side, c Color) {
	base := majors[0].Value
	prefix := labels.Prefix(majors[len(majors)-1].Value - base)
	format := number.OneDecimal
	if labels == ticks.LabelsBinary {
		format = number.Format{}
	}
	whole := prefix.Text(base, format)
	y := int(axis.row(base))
	p.mark(s, y, offsetLength, c)
	bottom := y - markLength
	top := bottom - int(smallFont.width(whole+"   "))
	free := top - smallFont.height/2 - 1
	if p.graph.titleHeight() > 0 && bottom-textInset-int(smallFont.width(whole)) < a.y1 { // no room above the mark
		top, bottom = bottom+2*markLength, 2*y-top
		free = y - leastTextStep
	}
	side := left
	if s.turn == draw.Down {
		side = right
	}
	feet := float64(s.line+s.toward*(offsetGap+smallFont.height)) - float64(s.toward)*smallFont.ascent
	if bottom <= a.y2 {
		p.turned(smallFont, c, side, whole, s.turn, feet, top, bottom)
	}
	difference := func(t ticks.Tick) string { return "+" + prefix.Text(t.Value-base, format) }
	p.labels(majors[1:], difference, free, axis, s, c)
}
