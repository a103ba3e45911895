package api

import (
	"github.com/telamon-tsdb/telamon/web/chart"
)

// writeExplain adds what evaluation did, for requests with explain=1: the totals under Atlas's names, and (ours)
// the plan, a node per distinct computation, operands before their users. Times are in milliseconds.
func writeExplain(w *responseWriter, g *chart.Graph) {
	if !g.Settings.Explain {
		return
	}
	lines := len(g.Lines())
	points := lines * int((g.End-g.Start)/g.Step)
	w.key("explain", false)
	w.text("{")
	w.key("inputLines", true)
	w.int(int64(g.Work.Series))
	w.key("inputDatapoints", false)
	w.int(int64(g.Work.Samples))
	w.key("intermediateLines", false)
	w.int(int64(g.Work.Columns))
	w.key("graphLines", false)
	w.int(int64(lines))
	w.key("graphDatapoints", false)
	w.int(int64(points))
	w.key("plan", false)
	w.text("[")
	for i := range g.Plan {
		if i > 0 {
			w.text(",")
		}
		writeNode(w, g, i)
	}
	w.text("]}")
}

// writeNode writes one node of the plan. Of reads that share an answer of the store, which have the same
// number under "read", the first bears series, samples and time of it.
func writeNode(w *responseWriter, g *chart.Graph, i int) {
	n := &g.Plan[i]
	w.text("{")
	w.key("node", true)
	w.int(int64(n.Node))
	w.key("what", false)
	w.string(n.What)
	w.key("inputs", false)
	w.text("[")
	for j, input := range n.Inputs {
		if j > 0 {
			w.text(",")
		}
		w.int(int64(input))
	}
	w.text("]")
	if n.Read >= 0 {
		w.key("read", false)
		w.int(int64(n.Read))
		w.key("series", false)
		w.int(int64(n.Series))
		w.key("samples", false)
		w.int(int64(n.Samples))
	}
	w.key("lines", false)
	w.int(int64(n.Lines))
	w.key("points", false)
	w.int(int64(n.Points))
	w.key("ms", false)
	w.number(n.Time.Seconds() * 1000)
	w.text("}")
}
