package draw

import (
	"image"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The fonts, parsed at first use; they are constants.
var (
	regular = sync.OnceValue(func() *opentype.Font { return mustParse(gomono.TTF) })
	bold    = sync.OnceValue(func() *opentype.Font { return mustParse(gomonobold.TTF) })
)

func mustParse(ttf []byte) *opentype.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("draw: built-in font: " + err.Error())
	}
	return f
}

// A glyph is the shape of a character: how much of each pixel it covers, 0 … 255. left and top are where
// its first pixel lies, seen from the pen.
type glyph struct {
	left, top     int
	width, height int
	cover         []uint8
}

// A faceKey names a font of a size.
type faceKey struct {
	bold bool
	size float64 // pixels per em
}

// A glyphKey names a glyph of a font.
type glyphKey struct {
	face faceKey
	char rune
}

// glyphs makes the glyphs of one picture and keeps them until it is done. Those that nearly every
// picture needs come from the table ready.
type glyphs struct {
	faces map[faceKey]*face
	made  map[glyphKey]glyph
}

// A face is a font at a size, ready to make glyphs.
type face struct {
	font *opentype.Font
	face font.Face
	size float64
	buf  sfnt.Buffer
}

func newGlyphs() *glyphs {
	return &glyphs{faces: make(map[faceKey]*face), made: make(map[glyphKey]glyph)}
}

// get returns the glyph of a character.
func (g *glyphs) get(key glyphKey) glyph {
	if table, ok := ready[key.face]; ok && key.char > ' ' && key.char <= '~' {
		return table()[key.char-' ']
	}
	made, ok := g.made[key]
	if !ok {
		made = g.face(key.face).glyph(key.char)
		g.made[key] = made
	}
	return made
}

func (g *glyphs) face(key faceKey) *face {
	f, ok := g.faces[key]
	if !ok {
		f = newFace(key)
		g.faces[key] = f
	}
	return f
}

func newFace(key faceKey) *face {
	f := &face{font: regular(), size: key.size}
	if key.bold {
		f.font = bold()
	}
	var err error
	f.face, err = opentype.NewFace(f.font, &opentype.FaceOptions{Size: key.size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("draw: built-in font: " + err.Error())
	}
	return f
}

// ready are the glyphs of ASCII, from blank on, in the sizes that charts use without zoom. Making them takes
// a millisecond per size, which would be a good part of drawing a chart.
var ready = map[faceKey]func() []glyph{
	{false, 10}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 10}) }),
	{false, 12}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 12}) }),
	{false, 13}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 13}) }),
	{false, 14}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 14}) }),
	{true, 12}:  sync.OnceValue(func() []glyph { return ascii(faceKey{true, 12}) }),
}

func ascii(key faceKey) []glyph {
	f := newFace(key)
	var list []glyph
	for char := ' '; char <= '~'; char++ {
		list = append(list, f.glyph(char))
	}
	return list
}

// glyph returns the shape of a character; a box if the font has none.
func (f *face) glyph(char rune) glyph {
	index, err := f.font.GlyphIndex(&f.buf, char)
	if err != nil || index == 0 {
		return missing(f.size)
	}
	bounds, mask, at, _, ok := f.face.Glyph(fixed.Point26_6{}, char)
	alpha, isAlpha := mask.(*image.Alpha)
	if !ok || !isAlpha {
		return glyph{} // a blank
	}
	g := glyph{left: bounds.Min.X, top: bounds.Min.Y, width: bounds.Dx(), height: bounds.Dy()}
	for y := range g.height {
		start := alpha.PixOffset(at.X, at.Y+y)
		for _, cover := range alpha.Pix[start : start+g.width] {
			g.cover = append(g.cover, uint8((int(cover)+shade/2)/shade*shade))
		}
	}
	return g
}

// shade is the step of smoothing. Sixteen shades look like all, and leave room in the palette for lines.
const shade = 17

// missing returns the box that stands for a character that the font has not.
func missing(size float64) glyph {
	height := max(3, int(math.Round(size*0.7)))
	g := glyph{left: 1, top: -height, width: max(3, int(size*0.6)-1), height: height}
	g.cover = make([]uint8, g.width*g.height)
	for i := range g.cover {
		if x, y := i%g.width, i/g.width; x == 0 || y == 0 || x == g.width-1 || y == g.height-1 {
			g.cover[i] = 255
		}
	}
	return g
}

// text draws a line of text.
func (c *canvas) text(t Text) {
	face := faceKey{t.Bold, float64(t.Size) * c.zoom}
	reach := t.Size * 2
	if ends := (box{int(t.X) - reach, int(t.Y) - reach, int(t.X) + reach, int(t.Y) + reach}); t.Turn == Level &&
		c.device(float64(ends.x1), float64(ends.y1), math.MaxInt32, float64(ends.y2)).meet(c.clip).empty() {
		return
	}
	x, y := math.Round(t.X*c.zoom), math.Round(t.Y*c.zoom)
	advance := t.Cell * c.zoom
	i := 0
	for _, char := range t.Text {
		pen := math.Round(float64(i) * advance)
		i++
		if char == ' ' {
			continue
		}
		g := c.glyphs.get(glyphKey{face, char})
		switch t.Turn {
		case Level:
			c.glyph(g, int(x+pen), int(y), 1, 0, t.Color)
		case Up:
			c.glyph(g, int(x), int(y-pen), 0, -1, t.Color)
		case Down:
			c.glyph(g, int(x), int(y+pen), 0, 1, t.Color)
		}
	}
}

// glyph lays a glyph over the pixels around the pen at (x, y). (dx, dy) is the direction in which the
// text runs; its lines follow each other at a right angle to that, clockwise.
func (c *canvas) glyph(g glyph, x, y, dx, dy int, color Color) {
	for row := range g.height {
		down := g.top + row
		for col := range g.width {
			cover := uint32(g.cover[row*g.width+col])
			if cover == 0 {
				continue
			}
			along := g.left + col
			// The middle of the pixel turns around the pen.
			px, py := x+along*dx-down*dy, y+along*dy+down*dx
			if dy > 0 {
				px--
			} else if dy < 0 {
				py--
			}
			if px < c.clip.x1 || px >= c.clip.x2 || py < c.clip.y1 || py >= c.clip.y2 {
				continue
			}
			at := (py-c.top)*c.width + px
			alpha := cover * uint32(color.Alpha()) / 255
			c.pixels[at] = color.WithAlpha(uint8(alpha)).Over(c.pixels[at])
		}
	}
}
