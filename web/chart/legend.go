package chart

import (
	"fmt"

	"github.com/telamon-tsdb/telamon/query/number"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/chart/ticks"
)

const (
	maxEntries    = 50 // of all legends
	entryPadding  = 2
	entryIndent   = 17 // of the text beside a box of colour
	colorBox      = 13
	heatWidth     = 38 * 6 // of all colours of a heatmap
	heatIndent    = 24 + entryIndent
	heatLabelGap  = 6
	statisticRows = 3
)

// legend draws the legend of a plot.
func (p *painter) legend(number int) error {
	g, plot := p.graph, &p.graph.Plots[number]
	p.y += padding
	if len(g.Plots) > 1 {
		c := plot.AxisColor
		if c == 0 {
			c = p.look.ink
		}
		header := fmt.Sprintf("Axis %d", number)
		if plot.YLabel != "" {
			header += ": " + plot.YLabel
		}
		p.text(boldFont, c, left, boldFont.truncate(header, p.width), 0, p.width, p.y)
		p.y += boldFont.height
	}
	if plot.Heat != nil {
		p.y += entryPadding
		if err := p.heatEntry(number); err != nil {
			return err
		}
	}
	p.entries(plot, entriesPerPlot(g))
	return nil
}

// entriesPerPlot returns how many lines a legend may have.
func entriesPerPlot(g *Graph) int {
	items := 0
	for i := range g.Plots {
		items += len(g.Plots[i].Lines)
		if g.Plots[i].Message != "" {
			items++
		}
	}
	if items <= maxEntries {
		return maxEntries
	}
	return maxEntries / len(g.Plots)
}

// entries draws the lines' entries, the message, and how many are missing.
func (p *painter) entries(plot *Plot, most int) {
	shown, all := 0, 0
	entry := func(draw func()) {
		if all++; shown < most {
			p.y += entryPadding
			draw()
			shown++
		}
	}
	for i := range plot.Lines {
		if l := &plot.Lines[i]; l.Style != heatStyle {
			entry(func() { p.lineEntry(plot, l) })
		}
	}
	if plot.Message != "" {
		entry(func() { p.line(black, "... "+plot.Message+" ...") })
	}
	if all > shown {
		p.y += entryPadding
		p.line(p.look.ink, fmt.Sprintf("... %d suppressed ...", all-shown))
	}
}

// line draws a line of text over the whole width.
func (p *painter) line(c Color, text string) {
	p.text(normalFont, c, left, normalFont.truncate(text, p.width), 0, p.width, p.y)
	p.y += normalFont.height
}

// hasStatistics reports whether legends have numbers.
func (p *painter) hasStatistics() bool {
	return p.graph.Settings.LegendType == "LABELS_WITH_STATS" && p.width >= minStatisticsWidth
}

// lineEntry draws the colour, the name and the statistics of a line.
func (p *painter) lineEntry(plot *Plot, l *Line) {
	x, y := entryPadding, p.y+entryPadding
	p.list.Add(
		draw.Rect{X: x, Y: y, W: colorBox, H: colorBox, Color: p.look.canvas},
		draw.Rect{X: x, Y: y, W: colorBox, H: colorBox, Color: l.Color})
	p.border(x, y, colorBox, colorBox)
	p.text(normalFont, p.look.ink, left, normalFont.truncate(l.Legend, p.width-entryIndent), entryIndent, p.width, p.y)
	p.y += normalFont.height
	if !p.hasStatistics() {
		return
	}
	s := l.Stats
	value := statistic(ticks.Labels(plot.TickLabels))
	count := notation{number.Decimal, value.format}.text(float64(s.Count))
	for _, row := range [statisticRows]string{
		fmt.Sprintf("    Max : %-11s   Min  : %-11s", value.text(s.Max), value.text(s.Min)),
		fmt.Sprintf("    Avg : %-11s   Last : %-11s", value.text(s.Avg), value.text(s.Last)),
		fmt.Sprintf("    Tot : %-11s   Cnt  : %-11s", value.text(s.Total), count),
	} {
		p.statistics(row)
	}
}

// A notation is how the statistics of an axis are written.
type notation struct {
	prefix func(float64) number.Prefix
	format number.Format
}

// statistic returns how the statistics of an axis with such labels are written.
func statistic(labels ticks.Labels) notation {
	n := notation{labels.Prefix, number.Format{Decimals: 3, Width: 9, SymbolWidth: 1, Column: true}}
	if labels == ticks.LabelsBinary || labels == ticks.LabelsDuration {
		n.format.Decimals = 2
	}
	return n
}

func (n notation) text(v float64) string { return n.format.Text(v, n.prefix) }

// statistics draws a row of numbers, in columns.
func (p *painter) statistics(row string) {
	p.list.Add(draw.Text{
		X: entryIndent + textInset, Y: float64(p.y) + smallFont.ascent,
		Text: row, Size: smallFont.size, Cell: smallFont.cell, Color: p.look.ink,
	})
	p.y += smallFont.height
}

// border draws the frame of a box.
func (p *painter) border(x, y, w, h int) {
	c := p.look.ink
	p.list.Add(
		draw.Line{X1: x, Y1: y, X2: x + w, Y2: y, Color: c}, draw.Line{X1: x, Y1: y + h, X2: x + w, Y2: y + h, Color: c},
		draw.Line{X1: x, Y1: y + 1, X2: x, Y2: y + h - 1, Color: c}, draw.Line{X1: x + w, Y1: y + 1, X2: x + w, Y2: y + h - 1, Color: c})
}

// heatEntry draws the name of a heatmap, its colours and what they mean.
func (p *painter) heatEntry(index int) error {
	h, err := p.graph.Heatmap(index, p.graph.requestedHeight())
	if err != nil {
		return err
	}
	label := h.Style.Label
	if label == "" {
		label = "Heatmap"
	}
	p.line(p.look.ink, label)
	if !p.hasStatistics() {
		return nil
	}
	width := heatWidth / len(h.Colors)
	const white Color = 0xffffffff
	for i, c := range h.Colors {
		p.list.Add(draw.Rect{X: heatIndent + i*width, Y: p.y, W: width, H: colorBox, Color: c.Over(white)})
	}
	y := p.y + colorBox
	p.list.Add(draw.Line{X1: heatIndent, Y1: y, X2: heatIndent + len(h.Colors)*width, Y2: y, Color: p.look.ink})
	room := max(pixelsPerTick, width)
	for i, mark := range h.Marks {
		x := heatIndent + i*width
		p.list.Add(draw.Line{X1: x, Y1: y, X2: x, Y2: y + markLength, Color: p.look.ink})
		if width >= pixelsPerTick || i == 0 || i == len(h.Colors) {
			p.text(smallFont, p.look.ink, center, mark.Label, x-room/2, x+room/2, y+heatLabelGap)
		}
	}
	p.y += 2 * normalFont.height
	return nil
}
