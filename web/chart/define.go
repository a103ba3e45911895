package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// Define decides how a result is shown. end is one step behind its last value. An error is a *SettingError.
func Define(s Settings, result *query.Result, end int64) (*Graph, error) {
	d := &definer{
		settings: s, result: result, theme: themes[s.Theme],
		graph: &Graph{
			Settings: s, Start: result.Start, End: end, Step: result.Step,
			Notices: result.Notices, Warnings: slices.Clone(result.Warnings),
		},
	}
	if err := d.define(); err != nil {
		return nil, err
	}
	if s.Explain {
		d.graph.Work, d.graph.Plan = result.Work, result.Plan
	}
	return d.graph, nil
}

// A definer is one call of Define.
type definer struct {
	settings Settings
	result   *query.Result
	theme    theme
	graph    *Graph

	// The palettes that lines of several axes share.
	shared, offset *palette
	// axis is the number of the axis at hand, and heat the colour of its heatmap once it has one.
	axis int
	heat *Color
}

func (d *definer) define() error {
	axes, err := d.axes()
	if err != nil {
		return err
	}
	primary := d.settings.Palette
	if primary == "" {
		primary = d.theme.primary
	}
	if d.shared, err = parsePalette(primary); err != nil {
		return err
	}
	if d.offset, err = parsePalette(d.theme.offset); err != nil {
		return err
	}
	for number, exprs := range axes {
		if len(exprs) == 0 {
			continue
		}
		plot, err := d.plot(number, exprs)
		if err != nil {
			return err
		}
		d.graph.Plots = append(d.graph.Plots, plot)
	}
	if err := d.splitAxes(); err != nil {
		return err
	}
	d.see()
	d.colorAxes()
	d.graph.Title = substituteShared(d.settings.Title, d.graph.Lines())
	return nil
}

// axes returns the expressions of each axis, by their positions.
func (d *definer) axes() ([MaxAxes][]int, error) {
	var axes [MaxAxes][]int
	for i, e := range d.result.Exprs {
		number, err := axisOf(e)
		if err != nil {
			return axes, err
		}
		axes[number] = append(axes[number], i)
	}
	return axes, nil
}

// axisOf returns the number of the axis that an expression asks for.
func axisOf(e *expr.Styled) (int, error) {
	text, ok := e.Settings.Get("axis")
	if !ok {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, badSetting("For input string: %q", text)
	}
	if n < 0 || n >= MaxAxes {
		return 0, badSetting("invalid axis: %d", n)
	}
	return n, nil
}

var scales = map[string]string{
	"linear": "LINEAR", "log": "LOGARITHMIC", "log-linear": "LOG_LINEAR", "pow2": "POWER_2", "sqrt": "SQRT",
}

// newPlot returns the plot of an axis without lines.
func newPlot(number int, a Axis) (Plot, error) {
	p := Plot{Number: number, TickLabels: a.TickLabels, Scale: scales[a.Scale]}
	if p.Scale == "" {
		return p, unknownScale(a.Scale)
	}
	var err error
	if p.Upper, err = parseBound(a.Upper); err != nil {
		return p, err
	}
	if p.Lower, err = parseBound(a.Lower); err != nil {
		return p, err
	}
	if p.Upper.Auto == "" && p.Lower.Auto == "" && p.Lower.Value >= p.Upper.Value {
		return p, badSetting("requirement failed: lower bound must be less than upper bound (%s >= %s)",
			expr.NumberText(p.Lower.Value), expr.NumberText(p.Upper.Value))
	}
	return p, nil
}

func unknownScale(name string) error {
	return badSetting("unknown scale type '%s', should be linear, log, log-linear, pow2, or sqrt", name)
}

func parseBound(text string) (Bound, error) {
	if text == "auto-style" || text == "auto-data" {
		return Bound{Auto: text}, nil
	}
	v, ok := stack.ParseDouble(text)
	if !ok {
		return Bound{}, badSetting("For input string: %q", text)
	}
	return Bound{Value: v}, nil
}

// String returns the bound as Atlas prints it.
func (b Bound) String() string {
	if b.Auto != "" {
		return b.Auto
	}
	return expr.NumberText(b.Value)
}

// plot returns an axis with the lines of its expressions.
func (d *definer) plot(number int, exprs []int) (Plot, error) {
	a := d.settings.Axes[number]
	p, err := newPlot(number, a)
	if err != nil {
		return p, err
	}
	own := d.shared
	if a.Palette != "" {
		if own, err = parsePalette(a.Palette); err != nil {
			return p, err
		}
	}
	d.axis, d.heat = number, nil
	for _, i := range exprs {
		lines, err := d.lines(i, a, own)
		if err != nil {
			return p, err
		}
		p.Lines = append(p.Lines, lines...)
		if i < len(d.result.NoticesOf) {
			p.Message = cmp.Or(d.remark(d.result.NoticesOf[i]), p.Message)
		}
	}
	if p.Heat, err = newHeatStyle(a.Heat, p.Lines); err != nil {
		return p, err
	}
	d.sort(p.Lines, a)
	p.YLabel = substituteShared(a.YLabel, p.Lines)
	return p, nil
}

// remark returns the first of the notices that is no warning of the whole graph, or "".
func (d *definer) remark(notices []string) string {
	for _, notice := range notices {
		if !slices.Contains(d.result.Warnings, notice) {
			return notice
		}
	}
	return ""
}

// lines returns the lines of one expression. Colours go by the order of the legends, whatever the order in
// which the lines are shown, so that sorting does not repaint.
func (d *definer) lines(number int, a Axis, own *palette) ([]Line, error) {
	e := d.result.Exprs[number]
	var lines []Line
	for _, l := range d.result.Lines {
		if l.Expr == number {
			lines = append(lines, Line{Line: l, Text: e.String(), GroupBy: e.Expr.FinalGrouping(), Width: 1})
		}
	}
	style, width, err := strokeOf(e, a.Stack)
	if err != nil {
		return nil, err
	}
	byPlace := slices.SortedStableFunc(slices.Values(indices(lines)), func(i, j int) int {
		return cmp.Compare(lines[i].Place, lines[j].Place)
	})
	colors, err := d.colors(e, own)
	if err != nil {
		return nil, err
	}
	if _, explicit := e.Settings.Get("color"); style == heatStyle && !explicit {
		colors = d.heatColors(colors, a)
	}
	place := 0
	for _, i := range byPlace {
		for ; place < lines[i].Place; place++ {
			colors("") // a line that :limit has cut keeps its colour
		}
		lines[i].Color = colors(lines[i].Legend)
		lines[i].Style, lines[i].Width = style, width
		place++
	}
	return lines, nil
}

var lineStyles = []string{"LINE", "AREA", "STACK", "VSPAN", "HEATMAP"}

// strokeOf returns how the lines of an expression are drawn; stacked is what the axis asks for.
func strokeOf(e *expr.Styled, stacked bool) (style string, width float64, err error) {
	style, width = "LINE", 1
	if stacked {
		style = "STACK"
	}
	if text, ok := e.Settings.Get("ls"); ok {
		style = strings.ToUpper(text)
		if !slices.Contains(lineStyles, style) {
			return "", 0, badSetting("No enum constant com.netflix.atlas.chart.model.LineStyle.%s", style)
		}
	}
	if text, ok := e.Settings.Get("lw"); ok {
		if width, ok = stack.ParseDouble(text); !ok {
			return "", 0, badSetting("For input string: %q", text)
		}
	}
	return style, width, nil
}

func indices(lines []Line) []int {
	all := make([]int, len(lines))
	for i := range all {
		all[i] = i
	}
	return all
}

// colors returns what supplies the colours of an expression's lines, in the order of their legends.
func (d *definer) colors(e *expr.Styled, own *palette) (func(label string) Color, error) {
	alpha := func(c Color) Color { return c }
	if text, ok := e.Settings.Get("alpha"); ok {
		if len(text) != 2 {
			return nil, badSetting("requirement failed: value should be 2 digit hex string")
		}
		a, err := strconv.ParseUint(text, 16, 8)
		if err != nil {
			return nil, badSetting("For input string: %q", text)
		}
		alpha = func(c Color) Color { return c.WithAlpha(uint8(a)) }
	}
	if text, ok := e.Settings.Get("color"); ok {
		c, named := d.theme.named[text]
		if !named {
			var err error
			if c, err = ParseColor(text); err != nil {
				return nil, err
			}
		}
		return func(string) Color { return alpha(c) }, nil
	}
	source := own
	if text, ok := e.Settings.Get("palette"); ok {
		p, err := parsePalette(text)
		if err != nil {
			return nil, err
		}
		source = p
	} else if query.OffsetOf(e.Expr).Milliseconds() > 0 {
		source = d.offset
	}
	return func(label string) Color { return alpha(source.color(label)) }, nil
}

// heatColors lets all lines of a heatmap have one colour, of which the others are shades; with a palette of
// its own the heatmap has no use for it.
func (d *definer) heatColors(colors func(string) Color, a Axis) func(string) Color {
	if a.Heat.Palette != "" {
		return func(string) Color { return 0xff000000 }
	}
	return func(string) Color {
		if d.heat == nil {
			c := colors("heatmap" + strconv.Itoa(d.axis))
			d.heat = &c
		}
		return *d.heat
	}
}

// see changes the colours to what people with the requested vision see.
func (d *definer) see() {
	for i := range d.graph.Plots {
		for j := range d.graph.Plots[i].Lines {
			l := &d.graph.Plots[i].Lines[j]
			l.Color = d.settings.Vision.see(l.Color)
		}
	}
}

// sort applies sort and order of the request to the lines of an axis.
func (d *definer) sort(lines []Line, a Axis) {
	if a.Sort == "" && a.Order != "desc" {
		return
	}
	if warning := query.CheckSort(a.Sort); warning != "" {
		d.graph.Warnings = append(d.graph.Warnings, warning)
	}
	slices.SortStableFunc(lines, func(x, y Line) int {
		return query.CompareLines(&x.Line, &y.Line, a.Sort, a.Order == "desc")
	})
}

// splitAxes gives every line an axis of its own where the request says so.
func (d *definer) splitAxes() error {
	if !d.settings.AxisPerLine {
		return nil
	}
	if len(d.graph.Plots) > 1 {
		d.graph.Warnings = append(d.graph.Warnings, "axisPerLine cannot be used with explicit multi axis")
		return nil
	}
	lines := d.graph.Lines()
	if len(lines) > MaxAxes {
		d.graph.Warnings = append(d.graph.Warnings,
			fmt.Sprintf("Too many Y-axes, %d > %d, axis per line disabled.", len(lines), MaxAxes))
		return nil
	}
	d.graph.Plots = nil
	for i, l := range lines {
		p, err := newPlot(i, d.settings.Axes[i])
		if err != nil {
			return err
		}
		p.Lines = []Line{l}
		if p.Heat, err = newHeatStyle(d.settings.Axes[i].Heat, p.Lines); err != nil {
			return err
		}
		p.YLabel = substituteShared(d.settings.Axes[i].YLabel, p.Lines)
		d.graph.Plots = append(d.graph.Plots, p)
	}
	return nil
}

// colorAxes paints each axis like its first line, where there are several to tell apart.
func (d *definer) colorAxes() {
	if len(d.graph.Plots) < 2 || slices.Contains(d.settings.Hints, "ambiguous-multi-y") {
		return
	}
	for i := range d.graph.Plots {
		if lines := d.graph.Plots[i].Lines; len(lines) > 0 {
			d.graph.Plots[i].AxisColor = lines[0].Color
		}
	}
}

// substituteShared fills the variables of a title with the tags that all lines share.
func substituteShared(text string, lines []Line) string {
	return expr.Substitute(text, func(name string) string {
		if len(lines) == 0 {
			return name
		}
		value, ok := lines[0].Tags.Get(name)
		for _, l := range lines[1:] {
			v, has := l.Tags.Get(name)
			ok = ok && has && v == value
		}
		if !ok {
			return name
		}
		return value
	})
}
