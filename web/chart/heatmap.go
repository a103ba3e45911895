package chart

import (
	"math"
	"sort"
	"strconv"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/chart/ticks"
)

// newHeatStyle returns how the heatmap of lines is shown; nil if there is none among them.
func newHeatStyle(s HeatSettings, lines []Line) (*HeatStyle, error) {
	var first *Line
	for i := range lines {
		if lines[i].Style == heatStyle {
			first = &lines[i]
			break
		}
	}
	if first == nil {
		return nil, nil
	}
	h := &HeatStyle{Scale: scales[s.Scale], Label: s.Label}
	if h.Scale == "" {
		return nil, unknownScale(s.Scale)
	}
	var err error
	if h.Upper, err = parseBound(s.Upper); err != nil {
		return nil, err
	}
	if h.Lower, err = parseBound(s.Lower); err != nil {
		return nil, err
	}
	if s.Palette != "" {
		p, err := parsePalette(s.Palette)
		if err != nil {
			return nil, err
		}
		h.Palette = p.colors
	}
	return h, nil
}

// shades returns the colours of a heatmap, from few counts to many: c with rising alpha.
func shades(c Color) []Color {
	const standard = 51 // five shades
	delta := int(c.Alpha())
	if delta == 0 || delta == 255 {
		delta = standard
	}
	var list []Color
	for i := 255/delta - 1; i >= 0; i-- {
		list = append(list, c.WithAlpha(uint8(255-i*delta)))
	}
	return list
}

// A Heatmap is how often values of lines fall into the cells of a grid: a column per step, rows between the
// ticks of the axis.
type Heatmap struct {
	Style *HeatStyle
	// Low and High are the ends of the axis, and Rows what separates one row from the next: there are
	// len(Rows)+1 rows.
	Low, High float64
	Rows      []ticks.Tick
	// Counts has a slice per step with a number per row, from the lowest. They are no whole numbers where the
	// bucket of a percentile is spread over several rows.
	Counts [][]float64
	// Least and Most are the smallest count above 0 and the greatest.
	Least, Most float64
	// Colors are those of the counts, ascending, and Marks what separates them, both ends included: one more.
	Colors []Color
	Marks  []ticks.Tick
}

// maxHeatHeight bounds the height that decides on the rows, for callers that ask for any.
const maxHeatHeight = 10_000

// Heatmap returns the heatmap of a plot as it is on an axis of so many pixels; nil if the plot has none.
func (g *Graph) Heatmap(plot, height int) (*Heatmap, error) {
	p := &g.Plots[plot]
	if p.Heat == nil {
		return nil, nil
	}
	h := &Heatmap{Style: p.Heat}
	h.Low, h.High = p.bounds()
	var err error
	n := min(height, maxHeatHeight) / pixelsPerTick
	if h.Rows, err = valueTicks(h.Low, h.High, n, p); err != nil {
		return nil, err
	}
	h.count(g.points(), p)
	h.color(p)
	return h, nil
}

func (h *Heatmap) count(steps int, p *Plot) {
	rows := len(h.Rows) + 1
	cells := make([]float64, steps*rows)
	for i := range steps {
		h.Counts = append(h.Counts, cells[i*rows:(i+1)*rows])
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Style != heatStyle {
			continue
		}
		if low, high, ok := bucketOf(l); ok {
			h.countBucket(l.Values, low, high)
		} else {
			h.countValues(l.Values)
		}
	}
	for _, v := range cells {
		h.Most = max(h.Most, v)
	}
	h.Least = h.Most
	for _, v := range cells {
		if v > 0 {
			h.Least = min(h.Least, v)
		}
	}
}

// countValues counts each value in its row.
func (h *Heatmap) countValues(values []float64) {
	for i, v := range values[:min(len(values), len(h.Counts))] {
		if v >= h.Low && v <= h.High {
			h.Counts[i][h.rowOf(v)]++
		}
	}
}

// rowOf returns the first row that ends above v, else the last.
func (h *Heatmap) rowOf(v float64) int {
	return sort.Search(len(h.Rows), func(i int) bool { return v < h.Rows[i].Value })
}

// countBucket spreads counts of values between low and high over the rows, by how much of the bucket
// lies in each.
func (h *Heatmap) countBucket(values []float64, low, high float64) {
	shares := make([]float64, len(h.Rows)+1)
	from := h.Low
	for i := range shares {
		to := h.High
		if i < len(h.Rows) {
			to = h.Rows[i].Value
		}
		shares[i] = max(0, min(high, to)-max(low, from)) / (high - low)
		from = to
	}
	for i, v := range values[:min(len(values), len(h.Counts))] {
		if !(v > 0) {
			continue
		}
		for row, share := range shares {
			if share > 0 {
				h.Counts[i][row] += v * share
			}
		}
	}
}

func (h *Heatmap) color(p *Plot) {
	h.Colors = h.Style.Palette
	for i := range p.Lines {
		if p.Lines[i].Style == heatStyle && h.Colors == nil {
			h.Colors = shades(p.Lines[i].Color)
		}
	}
	low, high := h.countBounds()
	h.Marks = ticks.Colors(low, high, len(h.Colors), ticks.Scale(h.Style.Scale))
}

// countBounds returns the counts of the first and the last colour.
func (h *Heatmap) countBounds() (low, high float64) {
	low, high = h.Least, h.Most
	if h.Style.Lower.Auto == "" {
		low = h.Style.Lower.Value
	}
	if h.Style.Upper.Auto == "" {
		high = h.Style.Upper.Value
	}
	return low, high
}

// colorOf returns the function from counts above 0 to colours, as positions in h.Colors.
func (h *Heatmap) colorOf() func(count float64) int {
	low, high := h.countBounds()
	last := len(h.Colors) - 1
	place := ticks.Scale(h.Style.Scale).Pixels(low, high, 0, len(h.Colors))
	return func(count float64) int {
		if h.Style.Lower.Auto == "" {
			count = max(count, low)
		}
		if h.Style.Upper.Auto == "" {
			count = min(count, high)
		}
		return min(max(place(count), 0), last)
	}
}

// heatmap draws the heatmap of a plot. The lowest and the highest row reach the edges of the canvas.
func (p *painter) heatmap(h *Heatmap, y func(float64) int32, a area) {
	cells := draw.Cells{X: p.xs, Y: []int32{int32(a.y2)}}
	for _, t := range h.Rows {
		cells.Y = append(cells.Y, y(t.Value))
	}
	cells.Y = append(cells.Y, int32(a.y1))
	const white Color = 0xffffffff
	for _, c := range h.Colors {
		cells.Palette = append(cells.Palette, c.Over(white))
	}
	colorOf := h.colorOf()
	for _, counts := range h.Counts {
		for _, count := range counts {
			index := uint16(0)
			if count > 0 {
				index = uint16(min(colorOf(count)+1, math.MaxUint16))
			}
			cells.Index = append(cells.Index, index)
		}
	}
	p.list.Add(cells)
}

// bucketOf returns the values that a line of a percentile counts, by its tag percentile: T and the number of a
// bucket of nanoseconds, which become seconds, or D and that of plain values.
func bucketOf(l *Line) (low, high float64, ok bool) {
	code, _ := l.Tags.Get("percentile")
	if len(code) != 5 || code[0] != 'T' && code[0] != 'D' {
		return 0, 0, false
	}
	i, err := strconv.ParseUint(code[1:], 16, 31)
	if err != nil || i >= uint64(expr.BucketCount()) {
		return 0, 0, false
	}
	if i > 0 {
		low = expr.BucketBound(int(i) - 1)
	}
	high = expr.BucketBound(int(i))
	if code[0] == 'T' {
		const nanosPerSecond = 1e9
		return low / nanosPerSecond, high / nanosPerSecond, true
	}
	return low, high, true
}
