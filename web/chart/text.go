package chart

import (
	"math"
	"strings"

	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// A font is a size of text with the cells that layout reckons with: whole pixels, whatever the letters take.
type font struct {
	size, height    int
	cell            float64 // width of most characters; some take two
	ascent, descent float64
	bold            bool
}

// The measures are those of Noto Sans Mono, so that pictures have the size and the places of Atlas's.
var (
	smallFont  = font{10, 14, 6, 10.69, 2.93, false}
	normalFont = font{12, 17, 7, 12.828, 3.516, false}
	largeFont  = font{14, 20, 8, 14.966, 4.102, false}
	boldFont   = font{12, 17, 7, 12.828, 3.516, true}
)

const (
	textInset = 4
	// inkLoss is by how much the ink of a text is narrower than its cells.
	inkLoss = 1.2
	// minTextWidth and minStatisticsWidth are the least widths of a graph with text and with statistics.
	minTextWidth       = 6 * 16
	minStatisticsWidth = 6 * 45
)

// An align says to which side of its box a text keeps.
type align int8

const (
	left align = iota
	center
	right
)

// truncate shortens text to what fits in width pixels; what is cut becomes an ellipsis, or all is.
func (f font) truncate(text string, width int) string {
	most := f.cells(width)
	switch {
	case draw.CellsOfText(text) < most:
		return text
	case most < 5:
		return ""
	}
	runes := []rune(text)
	return string(runes[:fittingCells(runes, most-5)]) + "..."
}

// fittingCells returns how many of the first characters of text go into so many cells.
func fittingCells(text []rune, most int) int {
	for i, char := range text {
		if most -= draw.CellsOf(char); most < 0 {
			return i
		}
	}
	return len(text)
}

// cells returns how many cells fit into a box.
func (f font) cells(width int) int { return int(float64(width-2*textInset) / f.cell) }

// width returns the width of the cells of text.
func (f font) width(text string) float64 { return f.cell * float64(draw.CellsOfText(text)) }

// wrap breaks text into lines of at most width pixels, between words where possible.
func (f font) wrap(text string, width int) []string {
	most := max(1, f.cells(width))
	return breakLines(text, func(rest []rune) int { return fittingCells(rest, most) })
}

// breakLines breaks text into lines; fitting returns how many of the first characters of a text have room in one.
func breakLines(text string, fitting func([]rune) int) []string {
	var lines []string
	for rest := []rune(text); len(rest) > 0; {
		n := lineLength(rest, max(1, fitting(rest)))
		lines = append(lines, strings.TrimRight(string(rest[:n]), " "))
		rest = rest[n:]
	}
	return lines
}

// lineLength returns how many characters of text go into a line of most; blanks at its end take no room.
func lineLength(text []rune, most int) int {
	if len(text) <= most {
		return len(text)
	}
	end := most
	for end < len(text) && text[end] == ' ' {
		end++
	}
	for n := end; n > 0; n-- {
		if n == len(text) || breaksBefore(text, n) {
			return n
		}
	}
	return most
}

// breaksBefore reports whether a line may begin at text[i]: behind a blank, a hyphen or a colon, and between a
// number and a unit in Greek.
func breaksBefore(text []rune, i int) bool {
	before, after := text[i-1], text[i]
	switch before {
	case ' ', '-', ':':
		return after != ' '
	}
	return before >= '0' && before <= '9' && after == 'μ'
}

// lineHeight returns the distance of two base lines.
func (f font) lineHeight() float64 { return f.ascent + f.descent }

// blockHeight returns the height of so many lines, at least one.
func (f font) blockHeight(lines int) int {
	if lines <= 1 {
		return f.height
	}
	return int(math.Ceil(float64(lines) * f.lineHeight()))
}

// lineWidth returns the width of the ink of a line. Blanks around it have none.
func (f font) lineWidth(line string) float64 {
	return f.width(strings.TrimSpace(line)) - inkLoss
}

// start returns where the pen starts for a line in the box from x1 to x2.
func (f font) start(line string, x1, x2 int, a align) float64 {
	switch a {
	case center:
		return float64(x1) + (float64(x2-x1)-f.lineWidth(line))/2
	case right:
		return float64(x2-textInset) - f.lineWidth(line)
	}
	return float64(x1 + textInset)
}

// text writes text into the box from x1 to x2 whose top is y, in several lines if need be, and returns the height.
func (p *painter) text(f font, c Color, a align, text string, x1, x2, y int) (height int) {
	lines := f.wrap(text, x2-x1)
	for i, line := range lines {
		p.list.Add(draw.Text{
			X: f.start(line, x1, x2, a), Y: float64(y) + f.ascent + float64(i)*f.lineHeight(),
			Text: line, Size: f.size, Cell: f.cell, Bold: f.bold, Color: c,
		})
	}
	return f.blockHeight(len(lines))
}

// turned writes a line of text that runs up or down. Its feet are at x; from and to are the rows between which it
// lies, from above to.
func (p *painter) turned(f font, c Color, a align, text string, turn draw.Turn, x float64, from, to int) {
	if text == "" {
		return
	}
	y := f.start(text, from, to, a)
	if turn == draw.Up {
		y = float64(from+to) - y
	}
	p.list.Add(draw.Text{X: x, Y: y, Text: text, Size: f.size, Cell: f.cell, Bold: f.bold, Turn: turn, Color: c})
}
