package api

import "github.com/telamon-tsdb/telamon/web/chart"

// writeHeatmap writes the counts of a heatmap, and what its rows and colours stand for. The last row, up to the
// end of the axis, is not listed among the ticks.
func writeHeatmap(w *responseWriter, plot int, h *chart.Heatmap) {
	w.text(`{"type":"heatmap","plot":`)
	w.int(int64(plot))
	w.key("colorScale", false)
	w.string(h.Style.Scale)
	w.key("upper", false)
	w.string(h.Style.Upper.String())
	w.key("lower", false)
	w.string(h.Style.Lower.String())
	writeOptional(w, "label", h.Style.Label)
	writeHeatRows(w, h)
	writeHeatColors(w, h)
	w.key("data", false)
	w.text(`{"type":"heatmap","values":[`)
	for i, counts := range h.Counts {
		if i > 0 {
			w.text(",")
		}
		w.text("[")
		for j, count := range counts {
			if j > 0 {
				w.text(",")
			}
			w.number(count)
		}
		w.text("]")
	}
	w.text("]}}")
}

func writeHeatRows(w *responseWriter, h *chart.Heatmap) {
	w.key("yTicks", false)
	w.text("[")
	from := h.Low
	for i, t := range h.Rows {
		if i > 0 {
			w.text(",")
		}
		writeStep(w, "", from, t.Value, t.Label)
		from = t.Value
	}
	w.text("]")
}

// writeHeatColors writes from which to which count a colour stands. The first one starts at the least count,
// also where the request has set another bound: so does Atlas.
func writeHeatColors(w *responseWriter, h *chart.Heatmap) {
	w.key("colorTicks", false)
	w.text("[")
	from := h.Least
	for i, c := range h.Colors {
		if i > 0 {
			w.text(",")
		}
		to := h.Marks[i+1]
		writeStep(w, c.String(), from, to.Value, to.Label)
		from = to.Value
	}
	w.text("]")
}

// writeStep writes a step of an axis or, with its colour, of a legend.
func writeStep(w *responseWriter, color string, from, to float64, label string) {
	w.text("{")
	if color != "" {
		w.key("color", true)
		w.string(color)
	}
	w.key("min", color == "")
	w.number(from)
	w.key("max", false)
	w.number(to)
	w.key("label", false)
	w.string(label)
	w.text("}")
}
