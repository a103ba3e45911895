package chart

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// sample returns a graph of lines that look like measurements.
func sample(lines, points int) *Graph {
	const minute = 60_000
	g := &Graph{
		Start: 1795348860000, Step: minute,
		Settings: Settings{
			Zones: []string{"UTC"}, Width: 700, Height: 300, Zoom: 1, Layout: "CANVAS", LegendType: "LABELS_WITH_STATS", Theme: "light",
		},
		Plots: []Plot{{
			Scale: "LINEAR", TickLabels: "DECIMAL", Upper: Bound{Auto: "auto-style"}, Lower: Bound{Auto: "auto-style"},
		}},
	}
	g.End = g.Start + int64(points)*g.Step
	colors, _ := builtin("armytage")
	for i := range lines {
		values := make([]float64, points)
		for j := range values {
			noise := math.Sin(float64(j*j%997)) * 5
			values[j] = 100 + 40*math.Sin(float64(j)/20+float64(i)) + noise
		}
		g.Plots[0].Lines = append(g.Plots[0].Lines, line(fmt.Sprintf("node-%d", i), "LINE", values, colors[i%len(colors)]))
	}
	return g
}

func line(legend, style string, values []float64, c Color) Line {
	return Line{Line: query.Line{Legend: legend, Values: values, Stats: eval.Summarise(values)}, Style: style, Width: 1, Color: c}
}

// TestBadInput draws what nobody should ask for: each is a picture, or an error, in bounded memory.
func TestBadInput(t *testing.T) {
	values := func(v ...float64) []float64 { return v }
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		name   string
		change func(*Graph)
		fails  bool
	}{
		{"100,000 pixels each way", func(g *Graph) { g.Settings.Width, g.Settings.Height = 100_000, 100_000 }, false},
		{"no size", func(g *Graph) { g.Settings.Width, g.Settings.Height = 0, 0 }, false},
		{"a negative size", func(g *Graph) { g.Settings.Width, g.Settings.Height = -5, math.MinInt32 }, false},
		{"no zoom", func(g *Graph) { g.Settings.Zoom = 0 }, true},
		{"a negative zoom", func(g *Graph) { g.Settings.Zoom = -1 }, true},
		{"a zoom that is no number", func(g *Graph) { g.Settings.Zoom = nan }, true},
		{"hardly any zoom", func(g *Graph) { g.Settings.Zoom = 1e-300 }, false},
		{"infinite zoom", func(g *Graph) { g.Settings.Zoom = inf }, false},
		{"no plot", func(g *Graph) { g.Plots = nil }, true},
		{"no line", func(g *Graph) { g.Plots[0].Lines = nil }, false},
		{"an unknown zone", func(g *Graph) { g.Settings.Zones = []string{"Mars"} }, true},
		{"500 zones", func(g *Graph) { g.Settings.Zones = strings.Split(strings.Repeat("UTC,", 499)+"UTC", ",") }, false},
		{"ten years of minutes", func(g *Graph) { g.Start -= 10 * 365 * 86_400_000 }, false},
		{"NaN only", func(g *Graph) { g.Plots[0].Lines[0].Values = values(nan, nan) }, false},
		{"infinite only", func(g *Graph) { g.Plots[0].Lines[0].Values = values(inf, -inf, inf) }, false},
		{"the largest numbers", func(g *Graph) { g.Plots[0].Lines[0].Values = values(math.MaxFloat64, -math.MaxFloat64) }, false},
		{"the smallest numbers", func(g *Graph) { g.Plots[0].Lines[0].Values = values(5e-324, 1e-323) }, false},
		{"an infinite bound", func(g *Graph) { g.Plots[0].Upper = Bound{Value: inf} }, true},
		{"a bound that is no number", func(g *Graph) { g.Plots[0].Lower, g.Plots[0].Upper = Bound{Value: nan}, Bound{Value: nan} }, true},
		{"a line of any width", func(g *Graph) { g.Plots[0].Lines[0].Width = 1e300 }, false},
		{"a line whose width is no number", func(g *Graph) { g.Plots[0].Lines[0].Width = nan }, false},
		{"a name of a megabyte", func(g *Graph) { g.Plots[0].Lines[0].Legend = strings.Repeat("long ", 200_000) }, false},
		{"a title of a megabyte", func(g *Graph) { g.Title = strings.Repeat("long", 250_000) }, false},
		{"a name that is no text", func(g *Graph) { g.Plots[0].Lines[0].Legend = "\xff\x00<&>" }, false},
		{"a heatmap of infinities", func(g *Graph) {
			g.Plots[0].Lines[0].Style, g.Plots[0].Heat = heatStyle, &HeatStyle{Scale: "LOGARITHMIC", Lower: Bound{Value: -inf}}
			g.Plots[0].Lines[0].Values = values(inf, 1, nan)
		}, false},
	} {
		g := sample(1, 100)
		c.change(g)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var picture, vector bytes.Buffer
		err := WritePNG(&picture, g)
		svgErr := WriteSVG(&vector, g)
		runtime.ReadMemStats(&after)
		if (err != nil) != c.fails || (svgErr != nil) != c.fails {
			t.Errorf("%s: errors %v and %v", c.name, err, svgErr)
			continue
		}
		const most = 512 << 20 // ten years of minutes are 40 MB of values alone
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("%s: %d MB allocated", c.name, used>>20)
		}
		if err == nil {
			if _, err := png.Decode(&picture); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

// TestManyLines draws a hundred thousand lines: the picture takes less memory than their values.
func TestManyLines(t *testing.T) {
	g := sample(1, 60)
	one := g.Plots[0].Lines[0]
	for range 100_000 {
		g.Plots[0].Lines = append(g.Plots[0].Lines, one)
	}
	l, err := g.Picture()
	if err != nil {
		t.Fatal(err)
	}
	if last := l.Ops[len(l.Ops)-2].(draw.Text).Text; last != "... 99951 suppressed ..." {
		t.Errorf("the legend ends with %q", last)
	}
}

// anyGraph draws a graph with any axes, zones and words.
func anyGraph(t *rapid.T) *Graph {
	g := sample(1, 10)
	s := &g.Settings
	words := rapid.StringOfN(rapid.RuneFrom([]rune("abc W.-:é日 ")), 0, 150, -1)
	s.Width, s.Height = rapid.IntRange(1, 1200).Draw(t, "width"), rapid.IntRange(1, 500).Draw(t, "height")
	s.Layout = rapid.SampledFrom([]string{"CANVAS", "IMAGE", "IMAGE_WIDTH", "IMAGE_HEIGHT"}).Draw(t, "layout")
	s.Zones = rapid.SliceOfN(rapid.SampledFrom([]string{"UTC", "US/Pacific", "Asia/Kolkata", "+05:45", "Etc/GMT+5"}), 1, 3).Draw(t, "zones")
	s.LegendType = rapid.SampledFrom([]string{"OFF", "LABELS_ONLY", "LABELS_WITH_STATS"}).Draw(t, "legend")
	g.Title = words.Draw(t, "title")
	g.Step = rapid.SampledFrom([]int64{1000, 60_000, 3_600_000, 86_400_000}).Draw(t, "step")
	g.Start = rapid.Int64Range(0, 2_000_000_000).Draw(t, "start") * 1000
	g.End = g.Start + g.Step*int64(rapid.IntRange(1, 400).Draw(t, "points"))
	g.Plots = nil
	for i := range rapid.IntRange(1, MaxAxes).Draw(t, "axes") {
		low := rapid.Float64Range(-1e7, 1e7).Draw(t, "low")
		p := Plot{
			Number: i, YLabel: words.Draw(t, "ylabel"),
			Scale:      rapid.SampledFrom([]string{"LINEAR", "LOGARITHMIC", "LOG_LINEAR", "POWER_2", "SQRT"}).Draw(t, "scale"),
			TickLabels: rapid.SampledFrom([]string{"DECIMAL", "BINARY", "DURATION", "OFF"}).Draw(t, "labels"),
			Lower:      Bound{Value: low},
			Upper:      Bound{Value: low + rapid.Float64Range(1e-6, 1e7).Draw(t, "range")},
		}
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			p.Lines = append(p.Lines, line(words.Draw(t, "name"), "LINE", []float64{low}, 0xff0000ff))
		}
		g.Plots = append(g.Plots, p)
	}
	return g
}

// A frame is where the ink of a text may be.
type frame struct {
	text           string
	x1, y1, x2, y2 float64
}

// frameOf returns the place of a text: from the height of its capitals to its feet.
func frameOf(t draw.Text) frame {
	trimmed := strings.TrimLeft(t.Text, " ")
	skipped := float64(len(t.Text)-len(trimmed)) * t.Cell
	long := t.Cell * float64(utf8.RuneCountInString(strings.TrimSpace(t.Text)))
	high := 0.7 * float64(t.Size)
	switch t.Turn {
	case draw.Up:
		return frame{t.Text, t.X - high, t.Y - skipped - long, t.X, t.Y - skipped}
	case draw.Down:
		return frame{t.Text, t.X, t.Y + skipped, t.X + high, t.Y + skipped + long}
	}
	return frame{t.Text, t.X + skipped + 0.5, t.Y - high, t.X + skipped + long - 0.5, t.Y}
}

func (f frame) meets(o frame) bool {
	return f.x1 < o.x2 && o.x1 < f.x2 && f.y1 < o.y2 && o.y1 < f.y2
}

// TestTextsApart looks for texts that lie over each other, or over the right edge.
func TestTextsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGraph(t)
		l, err := g.Picture()
		if err != nil {
			return
		}
		var frames []frame
		for _, op := range l.Ops {
			if text, ok := op.(draw.Text); ok && strings.TrimSpace(text.Text) != "" {
				frames = append(frames, frameOf(text))
			}
		}
		for i, a := range frames {
			for _, b := range frames[:i] {
				if a.meets(b) {
					t.Fatalf("%+v lies over %+v", a, b)
				}
			}
		}
	})
}

func BenchmarkPNG(b *testing.B) {
	for _, lines := range []int{5, 100} {
		b.Run(fmt.Sprintf("lines=%d/points=180", lines), func(b *testing.B) {
			g := sample(lines, 180)
			b.ReportAllocs()
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				if err := WritePNG(&out, g); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(out.Len()), "B/picture")
		})
	}
}

func BenchmarkSVG(b *testing.B) {
	g := sample(5, 180)
	b.ReportAllocs()
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := WriteSVG(&out, g); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "B/picture")
}

// A PNG says what it cannot show by code points, which take the place that they need; where all is shown nothing differs.
func TestPNGSpells(t *testing.T) {
	picture := func(change func(*Graph)) []byte {
		g := sample(2, 100)
		change(g)
		var out bytes.Buffer
		if err := WritePNG(&out, g); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	long := strings.Repeat("漢 ", 40)
	for _, c := range []struct{ text, written string }{
		{"漢字", "U+6F22U+5B57"}, {"שלום", "U+05E9U+05DCU+05D5U+05DD"}, {"a\u202eb", "aU+202Eb"},
		{long, strings.ReplaceAll(long, "漢", "U+6F22")}, // cut and wrapped at the same places
	} {
		for name, set := range map[string]func(*Graph, string){
			"legend":  func(g *Graph, s string) { g.Plots[0].Lines[0].Legend = s },
			"title":   func(g *Graph, s string) { g.Title = s },
			"axis":    func(g *Graph, s string) { g.Plots[0].YLabel = s },
			"message": func(g *Graph, s string) { g.Plots[0].Message = s },
			"warning": func(g *Graph, s string) { g.Warnings = []string{s} },
			"heatmap": func(g *Graph, s string) {
				g.Plots[0].Lines[0].Style, g.Plots[0].Heat = heatStyle, &HeatStyle{Scale: "LINEAR", Lower: Bound{Auto: "auto-data"}, Upper: Bound{Auto: "auto-data"}, Label: s}
			},
		} {
			got := picture(func(g *Graph) { set(g, c.text) })
			want := picture(func(g *Graph) { set(g, c.written) })
			if !bytes.Equal(got, want) {
				t.Errorf("%s %q is not drawn as %q", name, c.text, c.written)
			}
		}
	}
	var got, want bytes.Buffer
	for text, out := range map[string]*bytes.Buffer{"no 漢": &got, "no U+6F22": &want} {
		if err := WriteErrorPNG(out, 300, 100, UserError, text, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Error("an error is not spelled")
	}
}

// A font that has the characters is used, and characters of two cells are cut where their room ends.
func TestAddedFont(t *testing.T) {
	fonts, err := draw.LoadFonts([]string{"draw/testdata/test.ttf"})
	if err != nil {
		t.Fatal(err)
	}
	g := sample(1, 100)
	g.Plots[0].Lines[0].Legend, g.Settings.Fonts = strings.Repeat("漢", 500), fonts
	l, err := g.spelled(fonts.Spell).Picture()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, op := range l.Ops {
		if text, isText := op.(draw.Text); isText && strings.Contains(text.Text, "漢") {
			found = true
			if end := text.X + text.Cell*float64(draw.CellsOfText(text.Text)); end > float64(l.Width) || end < float64(l.Width)*0.9 {
				t.Errorf("%q ends at %v of %d", text.Text, end, l.Width)
			}
		}
	}
	if !found {
		t.Error("no legend")
	}
	if g.Plots[0].Lines[0].Legend != strings.Repeat("漢", 500) {
		t.Error("the graph itself has changed")
	}
	var svg bytes.Buffer
	g.Plots[0].Lines[0].Legend = "漢 א \u202e<"
	if err := WriteSVG(&svg, g); err != nil || !strings.Contains(svg.String(), "漢 א U+202E&lt;") {
		t.Errorf("error %v in %s", err, svg.String())
	}
}
