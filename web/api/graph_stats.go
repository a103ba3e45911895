package api

import "github.com/telamon-tsdb/telamon/web/chart"

// writeGraphStats writes the format stats.json: the statistics of each line instead of its values.
func writeGraphStats(w *responseWriter, g *chart.Graph) error {
	lines := g.Lines()
	w.text("{")
	w.key("start", true)
	w.int(g.Start)
	w.key("end", false)
	w.int(g.End)
	w.key("step", false)
	w.int(g.Step)
	writeLegends(w, lines)
	w.key("stats", false)
	w.text("[")
	for i, l := range lines {
		if i > 0 {
			w.text(",")
		}
		w.text(`{"count":`)
		w.int(int64(l.Stats.Count))
		for _, stat := range []struct {
			name  string
			value float64
		}{{"avg", l.Stats.Avg}, {"total", l.Stats.Total}, {"max", l.Stats.Max}, {"min", l.Stats.Min}, {"last", l.Stats.Last}} {
			w.key(stat.name, false)
			w.number(stat.value)
		}
		w.text("}")
	}
	w.text("]")
	w.key("notices", false)
	w.strings(g.Warnings)
	w.text("}")
	return nil
}
