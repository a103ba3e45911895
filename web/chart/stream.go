package chart

import "github.com/telamon-tsdb/telamon/query/expr"

// Outline returns what can be said of a graph before it has a line: its settings, and a plot for each axis
// that an expression asks for. end is one step behind the last value. An error is a *SettingError.
func Outline(s Settings, exprs []*expr.Styled, start, end, step int64) (*Graph, error) {
	g := &Graph{Settings: s, Start: start, End: end, Step: step, Title: s.Title}
	var used [MaxAxes]bool
	for _, e := range exprs {
		number, err := axisOf(e)
		if err != nil {
			return nil, err
		}
		used[number] = true
	}
	for number, isUsed := range used {
		if !isUsed {
			continue
		}
		p, err := newPlot(number, s.Axes[number])
		if err != nil {
			return nil, err
		}
		p.YLabel = s.Axes[number].YLabel
		g.Plots = append(g.Plots, p)
	}
	return g, nil
}

// A Look is how a line is drawn that comes by itself, not as a part of a finished graph.
type Look struct {
	Axis  int
	Color Color
	Style string
	Width float64
}

// LookOf returns the look of a line of e. Nothing is known of the lines beside it, so that the colour is
// chosen by a hash of the legend from the palette of the theme, where e sets none. An error is a *SettingError.
func LookOf(s Settings, e *expr.Styled, legend string) (Look, error) {
	axis, err := axisOf(e)
	if err != nil {
		return Look{}, err
	}
	style, width, err := strokeOf(e, false)
	if err != nil {
		return Look{}, err
	}
	t := themes[s.Theme]
	hashed, err := parsePalette("hash:" + t.primary)
	if err != nil {
		return Look{}, err
	}
	d := definer{theme: t, shared: hashed, offset: hashed}
	colors, err := d.colors(e, hashed)
	if err != nil {
		return Look{}, err
	}
	return Look{Axis: axis, Color: colors(legend), Style: style, Width: width}, nil
}
