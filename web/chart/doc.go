// Package chart makes a picture out of the result of a query: which line goes on which axis, in which
// order and colour, under which name, and what that looks like.
//
// Read first: Settings (what the request asks for), Graph (what is to be shown), Define (the way from one
// to the other), Picture (the way to what is drawn); layout.go and canvas.go for the geometry.
//
//	query.Result ─► Define ─► Graph ─► Picture ─► draw.List ─► WritePNG, WriteSVG
//	                  ▲         │ Plot (one per axis in use) ─► Line
//	              Settings      └─► Heatmap
//
// A Graph is data: the JSON formats print it as it is, and the same Graph gives the same picture.
//
//	title                                  canvas.go   lines, axes, grid
//	├ y axis ┬ canvas ┬ y axes ┤           axis.go     numbers along a value axis
//	         └ a time axis per zone        timeaxis.go times, and when a clock is set
//	legend per plot, footer, warnings      legend.go, footer.go
//
// Subpackages: ticks (where marks are and what they say), draw (the display list and its back ends). Geometry, numbers and
// colours are those of Netflix Atlas, so that graphs in wikis and chat look as they did; the font is another one.
//
// A PNG shows Latin, Greek and Cyrillic letters, and with Settings.Fonts what those fonts have of scripts that need no shaping:
// Chinese, Japanese, Korean, symbols, single emoji. What no font has, what runs from right to left, joins or stands upon
// other letters (Arabic, Hebrew, Devanagari, Thai, combining marks, emoji of several characters) and what controls is written
// as code points, as U+6F22 or U+202E; the place it takes is measured and cut as such. An SVG leaves all that to its viewer, but
// for controls and what changes the order of letters.
//
// Numbers, 700 × 300, on one 2.x GHz core under load: five lines of 180 values as PNG 3.6 ms and 34 kB, a hundred lines 24 ms;
// five lines as SVG 0.2 ms. Memory is that of the values in rows of pixels, 4 bytes each, and at most 8 MB of pixels.
package chart
