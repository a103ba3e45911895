package chart

import (
	"fmt"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// footer draws when and how dense the data are.
func (p *painter) footer() {
	g := p.graph
	text := fmt.Sprintf("Frame: %s, End: %s, Step: %s",
		duration(g.End-g.Start), zonedTime(g.End, g.Settings.Zones[0], p.zones[0]), duration(g.Step))
	p.y += p.text(smallFont, p.look.ink, left, text, 0, p.width, p.y)
}

func duration(ms int64) string { return expr.DurationOf(time.Duration(ms) * time.Millisecond).String() }

// zonedTime writes a time as Java's ZonedDateTime does: 2012-01-01T16:00-08:00[US/Pacific].
func zonedTime(ms int64, id string, zone *time.Location) string {
	t := time.UnixMilli(ms).In(zone)
	text := t.Format("2006-01-02T15:04")
	switch {
	case t.Nanosecond() != 0:
		text = t.Format("2006-01-02T15:04:05.000")
	case t.Second() != 0:
		text = t.Format("2006-01-02T15:04:05")
	}
	text += t.Format("Z07:00")
	if id == "Z" || id[0] == '+' || id[0] == '-' {
		return text
	}
	return text + "[" + id + "]"
}

// listWarnings draws the warnings on a ground of their own.
func (p *painter) listWarnings() {
	ground := len(p.list.Ops)
	top := p.y
	p.list.Add(draw.Rect{}) // the ground, once its height is known
	p.text(boldFont, black, left, "Warnings", 0, p.width, p.y)
	p.y += boldFont.height
	for _, warning := range p.warnings {
		p.y += entryPadding
		p.bullet(1, p.y+6)
		p.y += p.text(normalFont, black, left, warning, int(normalFont.cell), p.width, p.y)
	}
	p.list.Ops[ground] = draw.Rect{X: 0, Y: top, W: p.width, H: p.y - top, Color: warningFill}
}

// bullet draws a disc of five pixels across.
func (p *painter) bullet(x, y int) {
	p.list.Add(draw.Rect{X: x + 1, Y: y, W: 3, H: 5, Color: black}, draw.Rect{X: x, Y: y + 1, W: 5, H: 3, Color: black})
}
