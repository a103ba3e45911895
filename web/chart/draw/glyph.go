package draw

import (
	_ "embed"
	"image"
	"math"
	"sync"
	"unicode"

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
	marks   = sync.OnceValue(func() *opentype.Font { return mustParse(marksTTF) })
)

// marksTTF has a few marks and faces that Go Mono has not; symbols/mksymbols.py draws it.
//
//go:embed symbols/symbols.ttf
var marksTTF []byte

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
	bold   bool
	size   float64 // pixels per em
	number int     // goMono, or a number of Fonts, all of which have one weight
}

// A glyphKey names a glyph of a font, for cells of a width.
type glyphKey struct {
	face faceKey
	char rune
	cell float64
}

// glyphs makes the glyphs of one picture and keeps them until it is done. Those that nearly every
// picture needs come from the table ready.
type glyphs struct {
	fonts *Fonts
	faces map[faceKey]*face
	made  map[glyphKey]glyph
	buf   sfnt.Buffer
}

// A face is a font at a size, ready to make glyphs.
type face struct {
	font *opentype.Font
	face font.Face
	size float64
	buf  sfnt.Buffer
}

func newGlyphs(fonts *Fonts) *glyphs {
	return &glyphs{fonts: fonts, faces: make(map[faceKey]*face), made: make(map[glyphKey]glyph)}
}

// get returns the glyph of a character.
func (g *glyphs) get(key glyphKey) glyph {
	if table, ok := ready[key.face]; ok && key.char > ' ' && key.char <= '~' {
		return table()[key.char-' ']
	}
	made, ok := g.made[key]
	if !ok {
		made = g.make(key)
		g.made[key] = made
	}
	return made
}

// make makes a glyph: from Go Mono if that has it, else from the first font that has, so small that it does not reach into
// the next cell.
func (g *glyphs) make(key glyphKey) glyph {
	if first := g.face(key.face); first.has(key.char) {
		return first.glyph(key.char)
	}
	number := g.fonts.find(&g.buf, key.char)
	if number == noFont {
		return missing(key.face.size)
	}
	other := faceKey{size: key.face.size, number: number}
	other.size = g.face(other).fit(key.char, key.cell)
	return g.face(other).glyph(key.char)
}

func (g *glyphs) face(key faceKey) *face {
	f, ok := g.faces[key]
	if !ok {
		f = g.fonts.newFace(key)
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
	{false, 10, 0}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 10, 0}) }),
	{false, 12, 0}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 12, 0}) }),
	{false, 13, 0}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 13, 0}) }),
	{false, 14, 0}: sync.OnceValue(func() []glyph { return ascii(faceKey{false, 14, 0}) }),
	{true, 12, 0}:  sync.OnceValue(func() []glyph { return ascii(faceKey{true, 12, 0}) }),
}

func ascii(key faceKey) []glyph {
	f := newFace(key)
	var list []glyph
	for char := ' '; char <= '~'; char++ {
		list = append(list, f.glyph(char))
	}
	return list
}

// has reports whether the font has a character.
func (f *face) has(char rune) bool {
	index, err := f.font.GlyphIndex(&f.buf, char)
	return err == nil && index != 0
}

// glyph returns the shape of a character that the font has.
func (f *face) glyph(char rune) glyph {
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

// missing returns the box that stands for a character that no font has, in a text that was not spelled.
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
	face := faceKey{bold: t.Bold, size: float64(t.Size) * c.zoom}
	reach := t.Size * 2
	if ends := (box{int(t.X) - reach, int(t.Y) - reach, int(t.X) + reach, int(t.Y) + reach}); t.Turn == Level &&
		c.device(float64(ends.x1), float64(ends.y1), math.MaxInt32, float64(ends.y2)).meet(c.clip).empty() {
		return
	}
	x, y := math.Round(t.X*c.zoom), math.Round(t.Y*c.zoom)
	advance := t.Cell * c.zoom
	cells := 0
	for _, char := range t.Text {
		pen := math.Round(float64(cells) * advance)
		cells += CellsOf(char)
		if unicode.Is(unicode.Zs, char) {
			continue
		}
		g := c.glyphs.get(glyphKey{face, char, advance})
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
