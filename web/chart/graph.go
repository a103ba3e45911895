package chart

import (
	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
)

// A Graph is what is to be shown, decided to the last detail but the pixels.
type Graph struct {
	Settings Settings
	// Start is the time of the first value and End is one step behind the last; milliseconds.
	Start, End, Step int64
	Title            string // after substitution
	Plots            []Plot // one per Y axis in use, in the order of their numbers
	Notices          []string
	// Work and Plan tell what evaluation did; empty unless Settings.Explain.
	Work     eval.Work
	Plan     []eval.NodeReport
	Warnings []string
	// Unmatched are remarks on data expressions for which there is nothing. They are empty unless a request wants them.
	Unmatched []string
}

// Lines returns the lines of all plots, plot by plot.
func (g *Graph) Lines() []Line {
	var all []Line
	for _, p := range g.Plots {
		all = append(all, p.Lines...)
	}
	return all
}

// A Plot is what is drawn along one Y axis.
type Plot struct {
	Number       int // of the axis, 0 … 4
	YLabel       string
	AxisColor    Color  // of the axis and its labels; 0: the theme's
	Scale        string // LINEAR, LOGARITHMIC, LOG_LINEAR, POWER_2, SQRT
	Upper, Lower Bound
	TickLabels   string
	Lines        []Line
	// Message is a remark about the lines, as "3 of 5 lines matched filter"; empty for none.
	Message string
	// Heat says how the lines with the style HEATMAP are shown; nil if there are none.
	Heat *HeatStyle
}

// A HeatStyle is how the heatmap of a plot is shown.
type HeatStyle struct {
	Scale        string // of counts, as Plot.Scale
	Upper, Lower Bound  // of counts; Auto is the least and the greatest count
	Label        string // empty: none was asked for
	Palette      []Color
}

// A Bound is an end of a Y axis: Auto or a Value.
type Bound struct {
	Auto  string // auto-style or auto-data; empty: Value counts
	Value float64
}

// A Line is a line of a query's result with its place in the picture.
type Line struct {
	query.Line
	// Text is the expression that the line comes from, in canonical form, and GroupBy its final grouping.
	Text    string
	GroupBy []string
	Color   Color
	Style   string // LINE, AREA, STACK, VSPAN, HEATMAP
	Width   float64
}
