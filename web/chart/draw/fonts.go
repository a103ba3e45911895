package draw

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Bounds of what is added: the largest collections of Chinese, Japanese and Korean in one weight are below 32 MB.
const (
	maxFontBytes = 64 << 20
	maxFontFiles = 8
)

// Fonts are fonts for characters that Go Mono has not, each searched in turn. A nil *Fonts is none. It does not change, so
// any number of pictures may be drawn with it at once.
type Fonts struct{ added []*opentype.Font }

// LoadFonts reads font files: TrueType, OpenType, or a collection of such, of which all fonts are added. The error
// names the file. Fonts that golang.org/x/image cannot read, as those whose tables are out of line, are refused.
func LoadFonts(paths []string) (*Fonts, error) {
	if len(paths) > maxFontFiles {
		return nil, fmt.Errorf("%d fonts; at most %d", len(paths), maxFontFiles)
	}
	fonts := &Fonts{}
	for _, path := range paths {
		data, err := readFont(path)
		if err == nil {
			err = fonts.add(data)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return fonts, nil
}

// readFont reads a file that may be too large, or none.
func readFont(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, errors.Unwrap(err) // the path is said by the caller
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file")
	case info.Size() > maxFontBytes:
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", info.Size(), maxFontBytes)
	}
	return os.ReadFile(path)
}

// add adds the fonts of a file, which it keeps.
func (f *Fonts) add(data []byte) error {
	collection, err := opentype.ParseCollection(data)
	if err != nil {
		return fmt.Errorf("it is no TrueType or OpenType font that can be read (%w); WOFF must be unpacked first", err)
	}
	for i := range collection.NumFonts() {
		one, err := collection.Font(i)
		if err != nil {
			return fmt.Errorf("font %d of it cannot be read (%w)", i+1, err)
		}
		if !drawsAnything(one) {
			return errors.New("no character of it can be drawn; fonts of coloured pictures cannot be used")
		}
		f.added = append(f.added, one)
	}
	return nil
}

// drawsAnything reports whether a font has one glyph that has an outline.
func drawsAnything(f *opentype.Font) bool {
	var buf sfnt.Buffer
	const tried = 1000 // the first are often blank
	for i := range min(f.NumGlyphs(), tried) {
		if hasOutline(f, &buf, sfnt.GlyphIndex(i)) {
			return true
		}
	}
	return false
}

// hasOutline reports whether a glyph can be drawn and is of a size that letters have.
func hasOutline(f *opentype.Font, buf *sfnt.Buffer, index sfnt.GlyphIndex) bool {
	const em = 64 // pixels
	segments, err := f.LoadGlyph(buf, index, fixed.I(em), nil)
	if err != nil || len(segments) == 0 {
		return false
	}
	bounds := segments.Bounds()
	const most = 4 * em // such as no letter needs, and enough to fill memory if a font is broken
	return bounds.Min.X > fixed.I(-most) && bounds.Min.Y > fixed.I(-most) && bounds.Max.X < fixed.I(most) && bounds.Max.Y < fixed.I(most)
}

// What fonts are numbered beside the added ones, which count from 1.
const (
	goMono   = 0
	noFont   = -1
	markFont = -2 // the built-in marks
)

// find returns the number of the font that has a character which Go Mono has not: of the added ones the first, else the
// built-in marks, else noFont.
func (f *Fonts) find(buf *sfnt.Buffer, char rune) (number int) {
	if f != nil {
		for i, one := range f.added {
			if index, err := one.GlyphIndex(buf, char); err == nil && index != 0 && hasOutline(one, buf, index) {
				return i + 1
			}
		}
	}
	if index, err := marks().GlyphIndex(buf, char); err == nil && index != 0 {
		return markFont
	}
	return noFont
}

// newFace returns the face for a key.
func (f *Fonts) newFace(key faceKey) *face {
	made := &face{size: key.size}
	switch key.number {
	case goMono:
		return newFace(key)
	case markFont:
		made.font = marks()
	default:
		made.font = f.added[key.number-1]
	}
	var err error
	made.face, err = opentype.NewFace(made.font, &opentype.FaceOptions{Size: key.size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("draw: a font that was read: " + err.Error())
	}
	return made
}

// fit returns the size at which a character is not wider than its cells.
func (f *face) fit(char rune, cell float64) float64 {
	advance, ok := f.face.GlyphAdvance(char)
	room := cell * float64(CellsOf(char))
	if wide := float64(advance) / 64; ok && wide > room {
		return f.size * room / wide
	}
	return f.size
}
