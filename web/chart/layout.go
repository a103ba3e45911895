package chart

// The limits of a picture, in pixels before zoom.
const (
	minCanvas = 64
	maxWidth  = 2000
	maxHeight = 1000
	maxZoom   = 2.0
)

// Measures of the parts of a picture: see LAYOUT.md.
const (
	valueAxisWidth = 64 // label 17, numbers 42, mark 4, line 1
	rightPadding   = 24 // instead of a second axis
	timeAxisHeight = 24
	bareAxisHeight = 10 // what is left of a time axis where none is drawn
	padding        = 5
	footerPadding  = 15
	// pixelsPerTick is the least distance of two major ticks.
	pixelsPerTick = 42
)

// fixedWidth and fixedHeight report whether the request means the picture, not the canvas in it.
func (s *Settings) fixedWidth() bool {
	return s.OnlyGraph || s.Layout == "IMAGE" || s.Layout == "IMAGE_WIDTH"
}

func (s *Settings) fixedHeight() bool { return s.Layout == "IMAGE" || s.Layout == "IMAGE_HEIGHT" }

// hasText reports whether the picture is wide enough for text.
func (s *Settings) hasText() bool { return s.Width >= minTextWidth }

func (s *Settings) hasLegend() bool {
	return !s.OnlyGraph && s.LegendType != "OFF" && s.hasText() && !s.fixedHeight()
}

// graphWidth returns the width of canvas and axes, which is that of the picture.
func (g *Graph) graphWidth() int {
	width := min(max(g.Settings.Width, minCanvas), maxWidth)
	if g.Settings.fixedWidth() {
		return width
	}
	width += valueAxisWidth * len(g.Plots)
	if len(g.Plots) == 1 {
		width += rightPadding
	}
	return width
}

// requestedHeight returns the height of the graph definition: of the canvas, or for pictures of a fixed height
// of canvas and time axes.
func (g *Graph) requestedHeight() int {
	height := g.Settings.Height
	if g.Settings.fixedHeight() {
		height -= g.titleHeight() + padding
	}
	return min(height, maxHeight)
}

// graphHeight returns the height of the canvas and the time axes.
func (g *Graph) graphHeight() int {
	height := max(g.requestedHeight(), minCanvas)
	if g.Settings.OnlyGraph || g.Settings.fixedHeight() {
		return height
	}
	return height + timeAxisHeight*len(g.Settings.Zones)
}

func (g *Graph) titleHeight() int {
	if g.Title == "" || !g.Settings.hasText() {
		return 0
	}
	return largeFont.height
}

// zoom returns the factor of the picture.
func (g *Graph) zoom() (float64, error) {
	z := min(g.Settings.Zoom, maxZoom)
	if !(z > 0) {
		return 0, badSetting("Width (0) and height (0) must be > 0")
	}
	return z, nil
}

// allWarnings returns the warnings of the graph and what was cut to size.
func (g *Graph) allWarnings() []string {
	warnings := append([]string(nil), g.Warnings...)
	if g.Settings.Height > maxHeight {
		warnings = append(warnings, "Restricted graph height to 1000.")
	}
	if g.Settings.Width > maxWidth {
		warnings = append(warnings, "Restricted graph width to 2000.")
	}
	if g.Settings.Zoom > maxZoom {
		warnings = append(warnings, "Restricted zoom to 2.0.")
	}
	return warnings
}

// points returns the number of values of a line.
func (g *Graph) points() int { return int((g.End - g.Start) / g.Step) }
