package chart

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// settings parses the parameters of a request.
func settings(t *testing.T, params map[string]string) Settings {
	t.Helper()
	s, err := Parse(func(name string) (string, bool) { v, ok := params[name]; return v, ok })
	if err != nil {
		t.Fatalf("Parse(%v): %v", params, err)
	}
	return s
}

// define defines the graph of a program, each of whose expressions yields lines with the given legends.
func define(t *testing.T, params map[string]string, program string, legends ...string) (*Graph, error) {
	t.Helper()
	exprs, err := expr.Parse(program, expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	result := &query.Result{Exprs: exprs, Start: 60_000, Step: 60_000}
	for i := range exprs {
		for place, legend := range legends {
			values := []float64{float64(len(legends) - place)}
			result.Lines = append(result.Lines, query.Line{
				Expr: i, Place: place, Legend: legend, Values: values, Stats: eval.Summarise(values),
				Tags: tag.New("name", "cpu", "node", legend),
			})
		}
	}
	return Define(settings(t, params), result, 120_000)
}

// shown returns "axis legend color style" of each line.
func shown(g *Graph) []string {
	var list []string
	for _, p := range g.Plots {
		for _, l := range p.Lines {
			list = append(list, string(rune('0'+p.Number))+" "+l.Legend+" "+l.Color.String()+" "+l.Style)
		}
	}
	return list
}

func TestDefine(t *testing.T) {
	for _, c := range []struct {
		name    string
		params  map[string]string
		program string
		want    []string
	}{
		{"the theme's palette, in order", nil, "1,2", []string{
			"0 a ff0075dc LINE", "0 b ff993f00 LINE", "0 a ff9dcc00 LINE", "0 b ff4c005c LINE",
		}},
		{"the dark theme", map[string]string{"theme": "dark"}, "1", []string{"0 a ff00b5f7 LINE", "0 b ffe48f72 LINE"}},
		{"sorting does not repaint", map[string]string{"order": "desc"}, "1", []string{"0 b ff993f00 LINE", "0 a ff0075dc LINE"}},
		{"sorted by a statistic", map[string]string{"sort": "max"}, "1", []string{"0 b ff993f00 LINE", "0 a ff0075dc LINE"}},
		{"a colour of its own", nil, "1,f00,:color,40,:alpha,:area", []string{"0 a 40ff0000 AREA", "0 b 40ff0000 AREA"}},
		{"a named colour", nil, "1,green1,:color", []string{"0 a ff74c476 LINE", "0 b ff74c476 LINE"}},
		{"a palette of its own consumes nothing", nil, "1,reds,:palette,2", []string{
			"0 a ff67000d LINE", "0 b ffa50f15 LINE", "0 a ff0075dc LINE", "0 b ff993f00 LINE",
		}},
		{"hashed colours", map[string]string{"palette": "hash:(,000001,000002,000003,)"}, "1", []string{"0 a ff000002 LINE", "0 b ff000003 LINE"}},
		{"axes share the palette of the graph", map[string]string{"stack.1": "1"}, "1,1,:axis,2", []string{
			"0 a ff0075dc LINE", "0 b ff993f00 LINE", "1 a ff9dcc00 STACK", "1 b ff4c005c STACK",
		}},
	} {
		g, err := define(t, c.params, c.program, "a", "b")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, shown(g)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDefineRefuses(t *testing.T) {
	for want, c := range map[string]struct {
		params  map[string]string
		program string
	}{
		"invalid axis: 6":                         {nil, "1,6,:axis"},
		"invalid palette name: 'x'":               {map[string]string{"palette": "x"}, "1"},
		"For input string: \"high\"":              {map[string]string{"u": "high"}, "1"},
		"palette must contain at least one color": {map[string]string{"palette": "(,)"}, "1"},
		"requirement failed: lower bound must be less than upper bound (2.0 >= 1.0)":   {map[string]string{"l": "2", "u": "1"}, "1"},
		"unknown scale type 'cubic', should be linear, log, log-linear, pow2, or sqrt": {map[string]string{"scale": "cubic"}, "1"},
		"requirement failed: color must be hex string [AA]RRGGBB":                      {map[string]string{"palette": "colors:12"}, "1"},
	} {
		if _, err := define(t, c.params, c.program, "a"); err == nil || err.Error() != want {
			t.Errorf("%q with %v: error %v, want %q", c.program, c.params, err, want)
		}
	}
}

func TestAxisPerLine(t *testing.T) {
	g, err := define(t, map[string]string{"axis_per_line": "1", "ylabel.1": "$node of $name"}, "1", "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Plots) != 2 || g.Plots[1].AxisColor != g.Plots[1].Lines[0].Color || g.Plots[1].YLabel != "b of cpu" {
		t.Errorf("plots: %+v", g.Plots)
	}
	g, err = define(t, map[string]string{"axis_per_line": "1"}, "1", "a", "b", "c", "d", "e", "f")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Too many Y-axes, 6 > 5, axis per line disabled."}
	if diff := cmp.Diff(want, g.Warnings); diff != "" || len(g.Plots) != 1 {
		t.Errorf("%d plots, warnings (-want +got):\n%s", len(g.Plots), diff)
	}
}

func TestTitle(t *testing.T) {
	g, err := define(t, map[string]string{"title": "$name $(node) $zone"}, "1", "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	if want := "cpu node zone"; g.Title != want {
		t.Errorf("title %q, want %q: only what all lines share is substituted", g.Title, want)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, params := range map[string]map[string]string{
		"width":       {"w": "0"},
		"height":      {"h": "x"},
		"layout":      {"layout": "round"},
		"theme":       {"theme": "blue"},
		"tick labels": {"tick_labels": "many"},
		"zoom":        {"zoom": "big"},
	} {
		if _, err := Parse(func(n string) (string, bool) { v, ok := params[n]; return v, ok }); err == nil {
			t.Errorf("%s: %v is accepted", name, params)
		}
	}
}

func TestPalettes(t *testing.T) {
	for name, want := range map[string]int{"armytage": 24, "light24": 24, "bw": 8, "epic": 1281, "highcharts": 1290} {
		if colors, _ := builtin(name); len(colors) != want {
			t.Errorf("%s has %d colours, want %d", name, len(colors), want)
		}
	}
	// The hashes are what Java computes.
	for label, want := range map[string]int32{"cpuUser": 985714067, "foo": 101574, "nccp-silverlight": -471887426, "\U0001f600": 1772899} {
		if got := javaHash(label); got != want {
			t.Errorf("javaHash(%q) = %d, want %d", label, got, want)
		}
	}
}
