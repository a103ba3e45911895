package chart

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	_ "time/tzdata"
	"unicode/utf8"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// A recordedGraph is a graph as v2.json, with what Atlas's picture of it has where.
type recordedGraph struct {
	ID            string
	Width, Height int
	Plot          *struct{ X, Y, W, H int } // the canvas, with zoom
	Document      []part
	Texts         []struct {
		Text string
		Pen  [2]float64 // with zoom
		Size int
		RGB  string
		Bold bool
		Turn int
	}
}

// A part is an object of v2.json, whichever.
type part struct {
	Type string

	StartTime, EndTime, Step  int64
	Timezones                 []string
	Width, Height             int
	Layout, Title, LegendType string
	Zoom                      float64
	OnlyGraph                 bool
	Theme                     string
	Warnings, RenderingHints  []string

	ID                                     any
	YLabel, AxisColor, Scale, Upper, Lower string
	TickLabelMode                          string

	Plot              int
	ColorScale, Label string
	ColorTicks        []struct {
		Color    string
		Min, Max float64
		Label    string
	}
	YTicks []struct {
		Min, Max float64
		Label    string
	}

	Color, LineStyle string
	LineWidth        float64
	Tags             map[string]string
	Data             struct{ Values []json.RawMessage }
}

// recordings returns the recorded graphs.
func recordings(t testing.TB) []recordedGraph {
	t.Helper()
	file, err := os.Open("testdata/recorded.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []recordedGraph
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var r recordedGraph
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if lines.Err() != nil || len(all) == 0 {
		t.Fatalf("%d recordings, error %v", len(all), lines.Err())
	}
	return all
}

// graph returns the recording as a Graph.
func (r *recordedGraph) graph(t testing.TB) *Graph {
	t.Helper()
	g := &Graph{}
	for _, o := range r.Document {
		switch o.Type {
		case "graph-metadata":
			g.Start, g.End, g.Step, g.Title, g.Warnings = o.StartTime, o.EndTime, o.Step, o.Title, o.Warnings
			g.Settings = Settings{
				Zones: o.Timezones, Width: o.Width, Height: o.Height, Zoom: o.Zoom, Layout: o.Layout,
				LegendType: o.LegendType, OnlyGraph: o.OnlyGraph, Theme: o.Theme, Hints: o.RenderingHints,
			}
		case "plot-metadata":
			g.Plots = append(g.Plots, Plot{
				Number: len(g.Plots), YLabel: o.YLabel, AxisColor: colorOf(t, o.AxisColor), Scale: o.Scale,
				Upper: boundOf(t, o.Upper), Lower: boundOf(t, o.Lower), TickLabels: o.TickLabelMode,
			})
		case "heatmap":
			h := &HeatStyle{Scale: o.ColorScale, Upper: boundOf(t, o.Upper), Lower: boundOf(t, o.Lower), Label: o.Label}
			for _, c := range o.ColorTicks {
				h.Palette = append(h.Palette, colorOf(t, c.Color))
			}
			g.Plots[o.Plot].Heat = h
		case "timeseries":
			values := numbers(t, o.Data.Values)
			tags := tag.Tags{}
			for k, v := range o.Tags {
				tags = append(tags, tag.Tag{Key: k, Value: v})
			}
			p := &g.Plots[o.Plot]
			p.Lines = append(p.Lines, Line{
				Line:  query.Line{Legend: o.Label, Tags: tag.Sort(tags), Values: values, Stats: eval.Summarise(values)},
				Color: colorOf(t, o.Color), Style: o.LineStyle, Width: o.LineWidth,
			})
		case "message":
			g.Plots[o.Plot].Message = strings.Trim(o.Label, ". ")
		}
	}
	return g
}

func colorOf(t testing.TB, text string) Color {
	t.Helper()
	if text == "" {
		return 0
	}
	c, err := ParseColor(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func boundOf(t testing.TB, text string) Bound {
	t.Helper()
	b, err := parseBound(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// numbers reads numbers, or strings where they are not finite.
func numbers(t testing.TB, raw []json.RawMessage) []float64 {
	t.Helper()
	var list []float64
	for _, one := range raw {
		text := strings.Trim(string(one), `"`)
		v, err := strconv.ParseFloat(strings.Replace(text, "Infinity", "Inf", 1), 64)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// TestRecorded draws each recorded graph and compares the size of the picture, the place of the canvas and
// every text with its place, size and colour.
func TestRecorded(t *testing.T) {
	for _, r := range recordings(t) {
		l, err := r.graph(t).Picture()
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		if w, h := l.Size(); w != r.Width || h != r.Height {
			t.Errorf("%s: %d × %d pixels, want %d × %d", r.ID, w, h, r.Width, r.Height)
		}
		checkCanvas(t, &r, l)
		checkTexts(t, &r, l)
		if dir := os.Getenv("TELAMON_CHARTS"); dir != "" {
			writePicture(t, filepath.Join(dir, r.ID+".png"), l)
		}
	}
}

func checkCanvas(t *testing.T, r *recordedGraph, l *draw.List) {
	t.Helper()
	if r.Plot == nil || l.Zoom != 1 {
		return
	}
	for _, op := range l.Ops {
		if c, ok := op.(draw.Clip); ok {
			if c != (draw.Clip{X: r.Plot.X, Y: r.Plot.Y, W: r.Plot.W, H: r.Plot.H}) {
				t.Errorf("%s: canvas %+v, want %+v", r.ID, c, *r.Plot)
			}
		}
	}
}

// checkTexts looks for each recorded text near its place. Fonts differ, so places may: by three pixels, by half a
// character where there are letters that are not as wide as others.
func checkTexts(t *testing.T, r *recordedGraph, l *draw.List) {
	t.Helper()
	var got []draw.Text
	for _, op := range l.Ops {
		if text, ok := op.(draw.Text); ok && strings.TrimSpace(text.Text) != "" {
			got = append(got, text)
		}
	}
	turns := map[int]draw.Turn{0: draw.Level, -90: draw.Up, 90: draw.Down}
	for _, want := range r.Texts {
		found := false
		var nearest []draw.Text
		for i, text := range got {
			if strings.TrimSpace(text.Text) != strings.TrimSpace(want.Text) {
				continue
			}
			nearest = append(nearest, text)
			off := 3.0
			if len(text.Text) != utf8.RuneCountInString(text.Text) {
				off = float64(text.Cell) / 2
			}
			if math.Abs(text.X*l.Zoom-want.Pen[0]) <= off*l.Zoom && math.Abs(text.Y*l.Zoom-want.Pen[1]) <= 3*l.Zoom &&
				text.Size == want.Size && text.Bold == want.Bold && text.Turn == turns[want.Turn] && text.Color.String()[2:] == want.RGB {
				got = append(got[:i], got[i+1:]...)
				found = true
				break
			}
		}
		if !found {
			t.Errorf("%s: no text %+v; there are %+v", r.ID, want, nearest)
		}
	}
	for _, text := range got {
		t.Errorf("%s: text %+v is not in the recording", r.ID, text)
	}
}

func writePicture(t *testing.T, path string, l *draw.List) {
	t.Helper()
	var out bytes.Buffer
	if err := draw.WritePNG(&out, l); err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(out.Bytes())); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
