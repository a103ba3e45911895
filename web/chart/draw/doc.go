// Package draw holds a picture as a list of few kinds of things to draw, and writes such a list as PNG or
// as SVG.
//
// Read first: List and the operations (list.go), then png.go and svg.go, the two ways out; fonts.go and spell.go for text.
//
//	List ─► canvas (rows of pixels) ─► WritePNG    palette of up to 256 colours, else RGB
//	     └─────────────────────────► WriteSVG    a few elements per line of a chart
//
// Coordinates are whole pixels, x to the right and y down; pixel (0, 0) covers the square from 0 to 1.
// A rectangle covers x ≤ px < x+w. A stroke goes through the middles of pixels, so one of width 1 covers
// both of its ends. Shapes have hard edges, which keeps steps of a time series crisp and the palette
// small; only text is smoothed. Zoom scales everything before it is turned into pixels.
//
// Letters are those of Go Mono, which has Latin, Greek and Cyrillic; symbols/symbols.ttf has a few marks and faces that people
// write into legends, such as ✓ and 😀. Fonts adds others to a PNG, for scripts whose characters
// stand one after the other, such as Chinese, Japanese, Korean and symbols. Nothing here shapes text: Spell writes the code
// points, as U+6F22, of what no font has, of Arabic, Hebrew, the scripts of India, Thai and all else that joins or changes
// its order, of combining marks, of emoji made of several characters, and of controls. Chinese, Japanese and Korean
// characters and emoji take two cells. An SVG leaves fonts and shaping to its viewer.
//
// Numbers: 788 × 634 pixels with five lines of 180 values are 0.5 M pixels, 2 MB while they are drawn. A picture
// larger than bandPixels is drawn in bands of rows, so memory stays at a few megabytes whatever its size.
package draw
