package draw

import "math"

// A canvas is a band of rows of a picture: pixels top … top+height-1, opaque, as 0xffRRGGBB.
type canvas struct {
	width, height int
	top           int
	zoom          float64
	pixels        []Color // width · height
	clip          box
	glyphs        *glyphs
}

// A box is a rectangle of pixels, x1 ≤ x < x2; empty if x2 ≤ x1.
type box struct{ x1, y1, x2, y2 int }

func (b box) meet(o box) box {
	return box{max(b.x1, o.x1), max(b.y1, o.y1), min(b.x2, o.x2), min(b.y2, o.y2)}
}

func (b box) empty() bool { return b.x2 <= b.x1 || b.y2 <= b.y1 }

// whole is the part of the picture that the canvas holds.
func (c *canvas) whole() box { return box{0, c.top, c.width, c.top + c.height} }

// draw draws the list's operations, as far as they meet the canvas.
func (c *canvas) draw(l *List) {
	c.clip = c.whole()
	c.fill(c.clip, l.Background)
	for _, op := range l.Ops {
		switch o := op.(type) {
		case Rect:
			c.rect(float64(o.X), float64(o.Y), float64(o.X+o.W), float64(o.Y+o.H), o.Color)
		case Line:
			c.stroke(int32(o.X1), int32(o.Y1), int32(o.X2), int32(o.Y2), 1, o.Color)
		case Dashes:
			c.dashes(o)
		case Steps:
			c.steps(o)
		case Bars:
			c.bars(o)
		case Cells:
			c.cells(o)
		case Text:
			c.text(o)
		case Clip:
			c.clip = c.device(float64(o.X), float64(o.Y), float64(o.X+o.W), float64(o.Y+o.H)).meet(c.whole())
		case EndClip:
			c.clip = c.whole()
		}
	}
}

// device returns the pixels whose middle lies in a rectangle that is given before zoom.
func (c *canvas) device(x1, y1, x2, y2 float64) box {
	return box{c.middle(x1 * c.zoom), c.middle(y1 * c.zoom), c.middle(x2 * c.zoom), c.middle(y2 * c.zoom)}
}

// middle returns the first pixel whose middle is at v or behind.
func (c *canvas) middle(v float64) int { return int(math.Ceil(v - 0.5)) }

// rect fills a rectangle that is given before zoom. None gets lost: what is there covers a pixel at least.
func (c *canvas) rect(x1, y1, x2, y2 float64, color Color) {
	if x2 <= x1 || y2 <= y1 {
		return
	}
	b := c.device(x1, y1, x2, y2)
	b.x2, b.y2 = max(b.x2, b.x1+1), max(b.y2, b.y1+1)
	c.fill(b, color)
}

// fill lays color over the pixels of b inside the clip.
func (c *canvas) fill(b box, color Color) {
	b = b.meet(c.clip)
	if b.empty() {
		return
	}
	alpha := color.Alpha()
	if alpha == 0 {
		return
	}
	for y := b.y1; y < b.y2; y++ {
		row := c.pixels[(y-c.top)*c.width+b.x1 : (y-c.top)*c.width+b.x2]
		if alpha == 255 {
			fillRow(row, color)
		} else {
			blendRow(row, color)
		}
	}
}

func fillRow(row []Color, color Color) {
	for i := range row {
		row[i] = color
	}
}

// blendRow lays color over a row. Neighbours are mostly equal, so the last result is kept.
func blendRow(row []Color, color Color) {
	seen, mixed := Color(0), Color(0) // no pixel is 0: all are opaque
	for i, p := range row {
		if p != seen {
			seen, mixed = p, color.Over(p)
		}
		row[i] = mixed
	}
}

// stroke covers a horizontal or vertical piece of a line between the middles of two pixels, with square
// ends. A line thinner than a pixel is one pixel wide.
func (c *canvas) stroke(x1, y1, x2, y2 int32, width float64, color Color) {
	half := max(width*c.zoom, 1) / 2
	left, right := c.anchor(min(x1, x2)), c.anchor(max(x1, x2))
	top, bottom := c.anchor(min(y1, y2)), c.anchor(max(y1, y2))
	c.fill(box{c.middle(left - half), c.middle(top - half), c.middle(right + half), c.middle(bottom + half)}, color)
}

// anchor returns the middle of the pixel that v falls on.
func (c *canvas) anchor(v int32) float64 { return math.Floor(float64(v)*c.zoom) + 0.5 }

func (c *canvas) steps(s Steps) {
	previous := int32(Gap)
	for i, y := range s.Y {
		if y != Gap {
			if i == 0 {
				previous = y
			}
			if previous != Gap {
				c.stroke(s.X[i], previous, s.X[i], y, s.Width, s.Color)
			}
			c.stroke(s.X[i], y, s.X[i+1], y, s.Width, s.Color)
		}
		previous = y
	}
}

func (c *canvas) bars(b Bars) {
	for i, top := range b.Top {
		if b.Height[i] > 0 {
			c.rect(float64(b.X[i]), float64(top), float64(b.X[i+1]), float64(top+b.Height[i]), b.Color)
		}
	}
}

func (c *canvas) cells(g Cells) {
	rows := len(g.Y) - 1
	for i, index := range g.Index {
		if index == 0 {
			continue
		}
		col, row := i/rows, i%rows
		c.rect(float64(g.X[col]), float64(g.Y[row+1]), float64(g.X[col+1]), float64(g.Y[row]), g.Palette[index-1])
	}
}

func (c *canvas) dashes(d Dashes) {
	half := max(c.zoom, 1) / 2
	across := d.X1 == d.X2
	from, to, at := d.X1, d.X2, c.anchor(int32(d.Y1))
	if across {
		from, to, at = d.Y1, d.Y2, c.anchor(int32(d.X1))
	}
	low, high := c.middle(at-half), c.middle(at+half)
	for v := from; v < to; v += 2 {
		start, end := c.middle(float64(v)*c.zoom), c.middle(float64(v+1)*c.zoom)
		end = max(end, start+1)
		if across {
			c.fill(box{low, start, high, end}, d.Color)
		} else {
			c.fill(box{start, low, end, high}, d.Color)
		}
	}
}
