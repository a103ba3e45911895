package chart

import (
	"io"
	"math"
	"strings"

	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// An ErrorKind says whose fault an error is.
type ErrorKind int8

// The kinds of errors.
const (
	UserError   ErrorKind = iota // of who asked
	SystemFault                  // of the server
)

// WriteErrorPNG writes a picture of the requested size, cut to the limits, that says what went wrong, for pages that
// show a graph as an image, with fonts for what the built-in one has not. Its error is that of w.
func WriteErrorPNG(w io.Writer, width, height int, kind ErrorKind, text string, fonts *draw.Fonts) error {
	ground, ink, prefix := Color(0xffffcf00), black, "USER ERROR: "
	if kind == SystemFault {
		ground, ink, prefix = 0xfff82000, 0xffffffff, "SYSTEM ERROR: "
	}
	list := &draw.List{Width: min(max(width, 1), maxWidth), Height: min(max(height, 1), maxHeight), Zoom: 1, Background: ground, Fonts: fonts}
	const longest = 10_000 // characters: more than the largest picture has room for
	if runes := []rune(prefix + text); len(runes) > longest {
		text = string(runes[len(prefix):longest])
	}
	text = fonts.Spell(text)
	fitting := func(rest []rune) int { return fittingError(rest, list.Width-2*textInset) }
	for i, line := range breakLines(prefix+text, fitting) {
		x, y := textInset, math.Round(errorAscent+float64(i)*errorLineHeight)
		for _, char := range line {
			list.Add(draw.Text{X: float64(x), Y: y, Text: string(char), Size: errorSize, Cell: errorCell, Color: ink})
			x += errorAdvance(char)
		}
	}
	return draw.WritePNG(w, list)
}

// The font of error pictures, which have no cells to keep to. In Atlas's pictures its letters are eight pixels wide, but for
// some that hinting makes narrower or wider; measured there, because lines break and words stand by them.
const (
	errorSize       = 13
	errorAscent     = 13.897
	errorLineHeight = errorAscent + 3.809
	errorCell       = 8
	errorNarrow     = "'.2EIRSfiqvz"
	errorWide       = "(,MQTmy"
)

// errorAdvance returns the width of a character.
func errorAdvance(char rune) int {
	switch {
	case strings.ContainsRune(errorNarrow, char):
		return errorCell - 1
	case strings.ContainsRune(errorWide, char):
		return errorCell + 1
	}
	return errorCell * draw.CellsOf(char)
}

// fittingError returns how many of the first characters of text fit into width pixels.
func fittingError(text []rune, width int) int {
	for i, char := range text {
		if width -= errorAdvance(char); width < 0 {
			return i
		}
	}
	return len(text)
}
