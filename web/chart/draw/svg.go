package draw

import (
	"bufio"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// WriteSVG writes the picture as SVG. Its error is that of w.
//
// Lines of a chart are one path each, so where they are translucent their corners are not darker, as they are
// in a PNG. Text is text: it can be selected and searched, and it takes the width of its cells in whatever
// font the reader has. A script that takes a shaper is left to the reader's, and as wide as that makes it.
func WriteSVG(w io.Writer, l *List) error {
	width, height := l.Size()
	s := &svgWriter{w: bufio.NewWriterSize(w, 16<<10)}
	s.open("svg")
	s.attribute("xmlns", "http://www.w3.org/2000/svg")
	s.int("width", width)
	s.int("height", height)
	s.attribute("viewBox", "0 0 "+strconv.Itoa(l.Width)+" "+strconv.Itoa(l.Height))
	s.attribute("font-family", "'Go Mono','Noto Sans Mono','DejaVu Sans Mono',monospace")
	s.attribute("shape-rendering", "crispEdges")
	s.raw(">\n")
	s.rect(Rect{0, 0, l.Width, l.Height, l.Background})
	for _, op := range l.Ops {
		switch o := op.(type) {
		case Rect:
			s.rect(o)
		case Line:
			s.line(o)
		case Dashes:
			s.line(Line(o.inner()), "1")
		case Steps:
			s.steps(o)
		case Bars:
			s.bars(o)
		case Cells:
			s.cells(o)
		case Text:
			s.text(o)
		case Clip:
			s.clip(o)
		case EndClip:
			s.raw("</g>\n")
		}
	}
	s.raw("</svg>\n")
	return s.w.Flush()
}

// An svgWriter writes elements. A bufio.Writer keeps the first error, so nobody looks before Flush.
type svgWriter struct {
	w     *bufio.Writer
	clips int
	num   [24]byte
}

func (s *svgWriter) raw(text string) { _, _ = s.w.WriteString(text) }

func (s *svgWriter) open(element string) {
	s.raw("<")
	s.raw(element)
}

// attribute writes a value that needs no escaping.
func (s *svgWriter) attribute(name, value string) {
	s.raw(" ")
	s.raw(name)
	s.raw(`="`)
	s.raw(value)
	s.raw(`"`)
}

func (s *svgWriter) int(name string, v int) { s.attribute(name, strconv.Itoa(v)) }

// digits writes a number of path data.
func (s *svgWriter) digits(v int) { _, _ = s.w.Write(strconv.AppendInt(s.num[:0], int64(v), 10)) }

func (s *svgWriter) float(name string, v float64) {
	s.attribute(name, strconv.FormatFloat(v, 'f', -1, 64))
}

// color writes a colour and its opacity as attributes, with name being fill or stroke.
func (s *svgWriter) color(name string, c Color) {
	s.attribute(name, "#"+c.String()[2:])
	if a := c.Alpha(); a != 255 {
		s.float(name+"-opacity", float64(int(a)*1000/255)/1000)
	}
}

func (s *svgWriter) end() { s.raw("/>\n") }

func (s *svgWriter) rect(r Rect) {
	if r.W <= 0 || r.H <= 0 {
		return
	}
	s.open("rect")
	s.int("x", r.X)
	s.int("y", r.Y)
	s.int("width", r.W)
	s.int("height", r.H)
	s.color("fill", r.Color)
	s.end()
}

// line writes a stroke through the middles of its pixels, with the given pattern of dashes if any.
func (s *svgWriter) line(l Line, dashes ...string) {
	s.open("path")
	if l.Y1 == l.Y2 {
		s.attribute("d", "M"+strconv.Itoa(l.X1)+" "+strconv.Itoa(l.Y1)+".5H"+strconv.Itoa(l.X2+1))
	} else {
		s.attribute("d", "M"+strconv.Itoa(l.X1)+".5 "+strconv.Itoa(l.Y1)+"V"+strconv.Itoa(l.Y2+1))
	}
	s.color("stroke", l.Color)
	for _, pattern := range dashes {
		s.attribute("stroke-dasharray", pattern)
	}
	s.end()
}

// steps writes a line as one path; equal neighbours become one piece.
func (s *svgWriter) steps(l Steps) {
	s.open("path")
	s.attribute("transform", "translate(.5 .5)")
	s.attribute("fill", "none")
	s.color("stroke", l.Color)
	s.float("stroke-width", l.Width)
	s.attribute("stroke-linecap", "square")
	s.raw(` d="`)
	previous := int32(Gap)
	for i, y := range l.Y {
		if y == Gap {
			previous = Gap
			continue
		}
		switch {
		case previous == Gap:
			s.raw("M")
			s.digits(int(l.X[i]))
			s.raw(" ")
			s.digits(int(y))
		case previous != y:
			s.raw("V")
			s.digits(int(y))
		}
		previous = y
		if i+1 == len(l.Y) || l.Y[i+1] != y {
			s.raw("H")
			s.digits(int(l.X[i+1]))
		}
	}
	s.raw(`"`)
	s.end()
}

func (s *svgWriter) bars(b Bars) {
	s.open("path")
	s.color("fill", b.Color)
	s.raw(` d="`)
	for i := 0; i < len(b.Top); {
		first := i
		for i++; i < len(b.Top) && b.Top[i] == b.Top[first] && b.Height[i] == b.Height[first]; i++ {
		}
		s.block(b.X[first], b.Top[first], b.X[i]-b.X[first], b.Height[first])
	}
	s.raw(`"`)
	s.end()
}

// block writes a rectangle as path data.
func (s *svgWriter) block(x, y, w, h int32) {
	if w <= 0 || h <= 0 {
		return
	}
	s.raw("M")
	s.digits(int(x))
	s.raw(" ")
	s.digits(int(y))
	s.raw("h")
	s.digits(int(w))
	s.raw("v")
	s.digits(int(h))
	s.raw("h")
	s.digits(int(-w))
	s.raw("z")
}

// cells writes a path per colour.
func (s *svgWriter) cells(g Cells) {
	rows := len(g.Y) - 1
	byColor := make([][]int, len(g.Palette))
	for i, index := range g.Index {
		if index > 0 {
			byColor[index-1] = append(byColor[index-1], i)
		}
	}
	for number, cells := range byColor {
		if len(cells) == 0 {
			continue
		}
		s.open("path")
		s.color("fill", g.Palette[number])
		s.raw(` d="`)
		for _, i := range cells {
			col, row := i/rows, i%rows
			s.block(g.X[col], g.Y[row+1], g.X[col+1]-g.X[col], g.Y[row]-g.Y[row+1])
		}
		s.raw(`"`)
		s.end()
	}
}

func (s *svgWriter) text(t Text) {
	if t.Text == "" {
		return
	}
	s.open("text")
	switch t.Turn {
	case Level:
		s.float("x", t.X)
		s.float("y", t.Y)
	case Up, Down:
		angle := "90"
		if t.Turn == Up {
			angle = "-90"
		}
		s.attribute("transform", "translate("+short(t.X)+" "+short(t.Y)+") rotate("+angle+")")
	}
	s.int("font-size", t.Size)
	if t.Bold {
		s.attribute("font-weight", "bold")
	}
	if drawsCells(t.Text) {
		s.float("textLength", t.Cell*float64(CellsOfText(t.Text)))
	}
	s.attribute("xml:space", "preserve")
	s.color("fill", t.Color)
	s.raw(">")
	s.escaped(t.Text)
	s.raw("</text>\n")
}

// drawsCells reports whether the characters of a text keep to their cells in every font. Those that join, or stand upon
// each other, are as long as the viewer makes them.
func drawsCells(text string) bool {
	for _, char := range text {
		if char > '~' && (unicode.In(char, unicode.M, unicode.Cf) || unicode.Is(shaped, char) || !unicode.In(char, plainScripts...)) {
			return false
		}
	}
	return true
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// escaped writes character data. What XML has no place for becomes a replacement character.
func (s *svgWriter) escaped(text string) {
	for _, r := range text {
		switch {
		case r == '<':
			s.raw("&lt;")
		case r == '>':
			s.raw("&gt;")
		case r == '&':
			s.raw("&amp;")
		case r < 0x20, r == 0xfffe, r == 0xffff:
			_, _ = s.w.WriteRune(utf8.RuneError)
		default:
			_, _ = s.w.WriteRune(r)
		}
	}
}

func (s *svgWriter) clip(c Clip) {
	id := "clip" + strconv.Itoa(s.clips)
	s.clips++
	s.open("clipPath")
	s.attribute("id", id)
	s.raw(">")
	s.open("rect")
	s.int("x", c.X)
	s.int("y", c.Y)
	s.int("width", max(c.W, 0))
	s.int("height", max(c.H, 0))
	s.raw("/></clipPath>\n")
	s.open("g")
	s.attribute("clip-path", "url(#"+id+")")
	s.raw(">\n")
}
