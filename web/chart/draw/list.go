package draw

import (
	"fmt"
	"math"
)

// A Color is alpha, red, green and blue, a byte each, alpha first.
type Color uint32

// String returns eight lower-case hex digits, AARRGGBB.
func (c Color) String() string { return fmt.Sprintf("%08x", uint32(c)) }

// WithAlpha returns c with another alpha, 0 … 255.
func (c Color) WithAlpha(alpha uint8) Color { return c&0xffffff | Color(alpha)<<24 }

// Alpha returns the alpha of c, 0 for invisible and 255 for opaque.
func (c Color) Alpha() uint8 { return uint8(c >> 24) }

// Over returns what is seen when c lies over an opaque colour.
func (c Color) Over(ground Color) Color {
	a := uint32(c >> 24)
	mix := func(shift uint) Color {
		s, d := uint32(c>>shift)&255, uint32(ground>>shift)&255
		return Color((s*a+d*(255-a)+127)/255) << shift
	}
	return 0xff000000 | mix(16) | mix(8) | mix(0)
}

// A List is a picture: its size before zoom, and what is drawn on it, in order.
type List struct {
	Width, Height int
	// Zoom scales the picture; its size is Width·Zoom × Height·Zoom, rounded down. It is positive.
	Zoom       float64
	Background Color // opaque
	Ops        []Op
	// Fonts has what the font of Text has not; nil: nothing has.
	Fonts *Fonts
}

// Add appends operations.
func (l *List) Add(ops ...Op) { l.Ops = append(l.Ops, ops...) }

// Size returns the number of pixels of the finished picture, one at least in each direction.
func (l *List) Size() (width, height int) {
	return max(1, int(float64(l.Width)*l.Zoom)), max(1, int(float64(l.Height)*l.Zoom))
}

// An Op is something to draw: Rect, Line, Dashes, Steps, Bars, Cells, Text, Clip or EndClip.
type Op interface{ op() }

// A Rect is a filled rectangle.
type Rect struct {
	X, Y, W, H int
	Color      Color
}

// A Line is horizontal or vertical, one pixel wide, from X1, Y1 to X2, Y2, both ends included.
type Line struct {
	X1, Y1, X2, Y2 int
	Color          Color
}

// Dashes is a Line of single pixels with gaps as long; a dash at its very end is left out.
type Dashes struct {
	X1, Y1, X2, Y2 int
	Color          Color
}

// inner returns d without its end.
func (d Dashes) inner() Dashes {
	if d.Y1 == d.Y2 {
		d.X2--
	} else {
		d.Y2--
	}
	return d
}

// Gap stands for a missing value in Steps.
const Gap = math.MinInt32

// Steps is a line in steps: interval i runs from X[i] to X[i+1] at height Y[i], and neighbours without a
// Gap between them are joined by a vertical. Every piece is laid over the ones before, so where alpha is
// below 255 corners are darker, and they have square ends, half of Width longer.
type Steps struct {
	X, Y  []int32 // len(X) is len(Y)+1
	Width float64
	Color Color
}

// Bars is a row of filled rectangles: number i runs from X[i] to X[i+1] and from Top[i] over Height[i] pixels
// downward; a height of 0 draws nothing.
type Bars struct {
	X           []int32 // len(X) is len(Top)+1
	Top, Height []int32
	Color       Color
}

// Cells is a grid of filled rectangles, column by column from the left, each from the bottom. Cell (c, r) runs
// from X[c] to X[c+1] and from Y[r+1] down to Y[r]. It has the colour Palette[Index[c·rows+r]-1]; an index
// of 0 draws nothing.
type Cells struct {
	X, Y    []int32 // Y falls
	Index   []uint16
	Palette []Color
}

// A Turn is the direction in which a text runs.
type Turn int8

// The directions: to the right, upward, downward.
const (
	Level Turn = iota
	Up
	Down
)

// A Text is one line of text in the Go Mono font. The pen starts at X, Y on the base line and moves Cell pixels per
// cell, of which a character takes CellsOf, in the direction of Turn. A PNG has a box for a character that it
// cannot draw; Spell leaves none.
type Text struct {
	X, Y  float64
	Text  string
	Size  int // of the font, in pixels per em
	Cell  float64
	Bold  bool
	Turn  Turn
	Color Color
}

// Clip confines what follows to a rectangle, up to the next EndClip. It does not nest.
type Clip struct{ X, Y, W, H int }

// EndClip ends a Clip.
type EndClip struct{}

func (Rect) op()    {}
func (Line) op()    {}
func (Dashes) op()  {}
func (Steps) op()   {}
func (Bars) op()    {}
func (Cells) op()   {}
func (Text) op()    {}
func (Clip) op()    {}
func (EndClip) op() {}
