package chart

import (
	"slices"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// MaxAxes is the number of Y axes that a graph may have.
const MaxAxes = 5

// Settings are what a request asks for besides data. Parse makes them.
type Settings struct {
	Zones         []string // names as given; the first one is the primary zone
	Width, Height int
	Zoom          float64
	Layout        string // CANVAS, IMAGE, IMAGE_WIDTH, IMAGE_HEIGHT
	Title         string
	LegendType    string // OFF, LABELS_ONLY, LABELS_WITH_STATS
	OnlyGraph     bool
	AxisPerLine   bool
	Explain       bool // tell what evaluation did (ours)
	Vision        Vision
	Theme         string
	Palette       string // empty: the theme's
	Hints         []string
	Axes          [MaxAxes]Axis
	// Fonts are for what the built-in font of a PNG has not; nil is none. They are the server's, not the request's.
	Fonts *draw.Fonts
}

// An Axis is what a request asks for on one Y axis. Texts are checked when the axis is used.
type Axis struct {
	Upper, Lower string // auto-style, auto-data or a number
	Scale        string
	Stack        bool
	YLabel       string
	TickLabels   string // OFF, DECIMAL, BINARY, DURATION
	Palette      string // of this axis alone; empty: that of the graph
	Sort, Order  string
	Heat         HeatSettings
}

// HeatSettings are what a request asks for of the heatmap of an axis. Texts are checked when there is one.
type HeatSettings struct {
	Scale        string
	Upper, Lower string // counts: auto-style, auto-data or a number
	Palette      string // empty: shades of the colour of the first line
	Label        string
}

var layouts = map[string]string{"canvas": "CANVAS", "image": "IMAGE", "iw": "IMAGE_WIDTH", "ih": "IMAGE_HEIGHT"}

// Parse reads the settings of a request. get returns a parameter's first value, and whether it was given.
func Parse(get func(name string) (string, bool)) (Settings, error) {
	p := parameters{get: get}
	s := Settings{
		Width:       p.positive("w", "width", 700),
		Height:      p.positive("h", "height", 300),
		Zoom:        p.number("zoom", 1),
		Layout:      layouts[p.text("layout", "canvas")],
		Title:       p.text("title", ""),
		LegendType:  "LABELS_WITH_STATS",
		OnlyGraph:   p.flag("only_graph"),
		AxisPerLine: p.flag("axis_per_line"),
		Explain:     p.flag("explain"),
		Vision:      Vision(p.text("vision", string(normalVision))),
		Theme:       p.text("theme", "light"),
		Palette:     p.text("palette", ""),
		Hints:       hints(p.text("hints", "")),
	}
	if p.flag("no_legend_stats") {
		s.LegendType = "LABELS_ONLY"
	}
	if p.flag("no_legend") {
		s.LegendType = "OFF"
	}
	if _, ok := visions[s.Vision]; !ok {
		p.fail(badSetting("No enum constant com.netflix.atlas.chart.model.VisionType.%s", s.Vision))
	}
	if s.Layout == "" {
		p.fail(badSetting("unknown layout: %s", p.text("layout", "")))
	}
	if _, ok := themes[s.Theme]; !ok {
		if s.Palette == "" {
			p.fail(badSetting("invalid theme: %s", s.Theme))
		}
		s.Theme = "light" // with a palette the theme is not looked at, as in Atlas
	}
	for i := range s.Axes {
		s.Axes[i] = p.axis(i)
	}
	return s, p.err
}

// hints returns the distinct entries of a comma list.
func hints(text string) []string {
	var list []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(list, item) {
			list = append(list, item)
		}
	}
	return list
}

// parameters reads parameters and keeps the first error.
type parameters struct {
	get func(string) (string, bool)
	err error
}

func (p *parameters) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *parameters) text(name, otherwise string) string {
	if v, ok := p.get(name); ok {
		return v
	}
	return otherwise
}

func (p *parameters) flag(name string) bool { return p.text(name, "") == "1" }

func (p *parameters) positive(name, title string, otherwise int) int {
	text, ok := p.get(name)
	if !ok {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		p.fail(badSetting("For input string: %q", text))
		return otherwise
	}
	if n <= 0 {
		p.fail(badSetting("requirement failed: %s must be positive (got %d)", title, n))
	}
	return int(n)
}

func (p *parameters) number(name string, otherwise float64) float64 {
	text, ok := p.get(name)
	if !ok {
		return otherwise
	}
	v, ok := stack.ParseDouble(text)
	if !ok {
		p.fail(badSetting("For input string: %q", text))
	}
	return v
}

// ofAxis returns name.N, or name where that is not given.
func (p *parameters) ofAxis(name string, axis int, otherwise string) string {
	return p.text(name+"."+strconv.Itoa(axis), p.text(name, otherwise))
}

var tickLabels = []string{"off", "decimal", "binary", "duration"}

func (p *parameters) axis(i int) Axis {
	a := Axis{
		Upper:   p.ofAxis("u", i, "auto-style"),
		Lower:   p.ofAxis("l", i, "auto-style"),
		Stack:   p.ofAxis("stack", i, "") == "1",
		YLabel:  p.ofAxis("ylabel", i, ""),
		Palette: p.text("palette."+strconv.Itoa(i), ""),
		Sort:    p.ofAxis("sort", i, ""),
		Order:   p.ofAxis("order", i, ""),
		Scale:   p.ofAxis("scale", i, ""),
		Heat: HeatSettings{
			Scale:   p.ofAxis("heatmap_scale", i, "linear"),
			Upper:   p.ofAxis("heatmap_u", i, "auto-style"),
			Lower:   p.ofAxis("heatmap_l", i, "auto-style"),
			Palette: p.ofAxis("heatmap_palette", i, ""),
			Label:   p.ofAxis("heatmap_label", i, ""),
		},
	}
	if a.Scale == "" {
		a.Scale = "linear"
		if p.ofAxis("o", i, "") == "1" {
			a.Scale = "log"
		}
	}
	ticks := p.ofAxis("tick_labels", i, "decimal")
	if !slices.Contains(tickLabels, strings.ToLower(ticks)) {
		p.fail(badSetting("tick_labels: unknown value '%s', acceptable values are off, decimal, and binary", ticks))
	}
	a.TickLabels = strings.ToUpper(ticks)
	return a
}
