package api

import (
	"bytes"
	"encoding/base64"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// writeGraphV2 writes the format v2.json: a list of objects, first the picture unless a hint says no, then the
// graph, its axes with their heatmaps, and the lines.
func writeGraphV2(w *responseWriter, g *chart.Graph) error {
	picture, err := pictureOf(g)
	if err != nil {
		return err
	}
	heatmaps := make([]*chart.Heatmap, len(g.Plots))
	for i := range g.Plots {
		if heatmaps[i], err = g.Heatmap(i, g.Settings.Height); err != nil {
			return err
		}
	}
	w.text("[")
	if picture != nil {
		writeGraphImage(w, picture)
		w.text(",")
	}
	writeGraphMetadata(w, g)
	for i := range g.Plots {
		w.text(",")
		writePlotMetadata(w, i, &g.Plots[i])
		if heatmaps[i] != nil {
			w.text(",")
			writeHeatmap(w, i, heatmaps[i])
		}
	}
	for i := range g.Plots {
		for j := range g.Plots[i].Lines {
			w.text(",")
			writeTimeSeries(w, i, &g.Plots[i].Lines[j])
		}
		if g.Plots[i].Message != "" {
			w.text(",")
			writeMessage(w, i, g.Plots[i].Message)
		}
	}
	w.text("]")
	return nil
}

// pictureOf returns the graph as PNG; nil if the request does not want it.
func pictureOf(g *chart.Graph) ([]byte, error) {
	if slices.Contains(g.Settings.Hints, "no-image") {
		return nil, nil
	}
	var picture bytes.Buffer
	err := chart.WritePNG(&picture, g)
	return picture.Bytes(), err
}

func writeGraphImage(w *responseWriter, picture []byte) {
	w.text(`{"type":"graph-image","data":"data:image/png;base64,`)
	w.buf = base64.StdEncoding.AppendEncode(w.buf, picture)
	w.text(`"}`)
	w.flush()
}

func writeGraphMetadata(w *responseWriter, g *chart.Graph) {
	s := &g.Settings
	w.text(`{"type":"graph-metadata"`)
	w.key("startTime", false)
	w.int(g.Start)
	w.key("endTime", false)
	w.int(g.End)
	w.key("timezones", false)
	w.strings(s.Zones)
	w.key("step", false)
	w.int(g.Step)
	w.key("width", false)
	w.int(int64(s.Width))
	w.key("height", false)
	w.int(int64(s.Height))
	w.key("layout", false)
	w.string(s.Layout)
	w.key("zoom", false)
	w.number(s.Zoom)
	writeOptional(w, "title", g.Title)
	w.key("legendType", false)
	w.string(s.LegendType)
	w.key("onlyGraph", false)
	w.bool(s.OnlyGraph)
	w.key("theme", false)
	w.string(s.Theme)
	w.key("warnings", false)
	w.strings(slices.Concat(g.Warnings, g.Unmatched))
	if len(s.Hints) > 0 {
		w.key("renderingHints", false)
		w.strings(s.Hints)
	}
	writeExplain(w, g)
	w.text("}")
}

func writeOptional(w *responseWriter, name, text string) {
	if text != "" {
		w.key(name, false)
		w.string(text)
	}
}

func writePlotMetadata(w *responseWriter, id int, p *chart.Plot) {
	w.text(`{"type":"plot-metadata","id":`)
	w.int(int64(id))
	writeOptional(w, "ylabel", p.YLabel)
	if p.AxisColor != 0 {
		w.key("axisColor", false)
		w.string(p.AxisColor.String())
	}
	w.key("scale", false)
	w.string(p.Scale)
	w.key("upper", false)
	w.string(p.Upper.String())
	w.key("lower", false)
	w.string(p.Lower.String())
	w.key("tickLabelMode", false)
	w.string(p.TickLabels)
	w.text("}")
}

func writeTimeSeries(w *responseWriter, plot int, l *chart.Line) {
	w.text(`{"type":"timeseries"`)
	w.key("id", false)
	w.string(lineID(l))
	w.key("plot", false)
	w.int(int64(plot))
	w.key("label", false)
	w.string(l.Legend)
	w.key("color", false)
	w.string(l.Color.String())
	w.key("lineStyle", false)
	w.string(l.Style)
	w.key("lineWidth", false)
	w.number(l.Width)
	w.key("query", false)
	w.string(l.Text)
	if len(l.GroupBy) > 0 {
		w.key("groupByKeys", false)
		w.strings(l.GroupBy)
	}
	w.key("tags", false)
	w.tags(l.Tags)
	w.key("data", false)
	w.array(l.Values)
	w.text("}")
}

// lineID names a line across answers: the ID of its tags and its expression.
func lineID(l *chart.Line) string {
	tags := append(tag.Tags{{Key: "atlas.query", Value: l.Text}}, l.Tags...)
	return tag.Sort(tags).ID().String()
}

// messageColor is the colour of remarks.
const messageColor = chart.Color(0xff000000)

func writeMessage(w *responseWriter, plot int, message string) {
	w.text(`{"type":"message","plot":`)
	w.int(int64(plot))
	w.key("label", false)
	w.string("... " + message + " ...")
	w.key("color", false)
	w.string(messageColor.String())
	w.text("}")
}
