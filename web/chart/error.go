package chart

import (
	"io"

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
// show a graph as an image. Its error is that of w.
func WriteErrorPNG(w io.Writer, width, height int, kind ErrorKind, text string) error {
	ground, ink, prefix := Color(0xffffcf00), black, "USER ERROR: "
	if kind == SystemFault {
		ground, ink, prefix = 0xfff82000, 0xffffffff, "SYSTEM ERROR: "
	}
	list := &draw.List{Width: min(max(width, 1), maxWidth), Height: min(max(height, 1), maxHeight), Zoom: 1, Background: ground}
	p := &painter{list: list}
	const longest = 10_000 // characters: more than the largest picture has room for
	if runes := []rune(prefix + text); len(runes) > longest {
		text = string(runes[len(prefix):longest])
	}
	p.text(errorFont, ink, left, prefix+text, 0, list.Width, 0)
	return draw.WritePNG(w, list)
}
