package api

import (
	"bytes"
	"encoding/json"

	"github.com/telamon-tsdb/telamon/web/chart"
)

// writeGraphJSON writes the formats json and std.json: one object, values row by row of time.
func writeGraphJSON(w *responseWriter, g *chart.Graph) error {
	lines := g.Lines()
	w.text("{")
	w.key("start", true)
	w.int(g.Start)
	w.key("step", false)
	w.int(g.Step)
	writeLegends(w, lines)
	w.key("values", false)
	w.text("[")
	writeRows(w, lines, int((g.End-g.Start)/g.Step))
	w.text("]")
	w.key("notices", false)
	w.strings(g.Warnings)
	writeExplain(w, g)
	w.text("}")
	return nil
}

// rowsAtOnce is how many rows are gathered before they are written: as many values as a cache line has. The lines lie one
// behind the other, and a row takes one value of each.
const rowsAtOnce = 8

// writeRows writes the values of lines row by row.
func writeRows(w *responseWriter, lines []chart.Line, rows int) {
	block := make([]float64, rowsAtOnce*len(lines))
	for first := 0; first < rows && w.err == nil; first += rowsAtOnce {
		n := min(rowsAtOnce, rows-first)
		for j := range lines {
			for k, v := range lines[j].Values[first : first+n] {
				block[k*len(lines)+j] = v
			}
		}
		for k := range n {
			if first+k > 0 {
				w.text(",")
			}
			writeRow(w, block[k*len(lines):][:len(lines)])
		}
	}
}

func writeRow(w *responseWriter, values []float64) {
	w.text("[")
	for j, v := range values {
		if j > 0 {
			w.text(",")
		}
		w.number(v)
	}
	w.text("]")
}

// writeLegends writes the names and the tags of lines.
func writeLegends(w *responseWriter, lines []chart.Line) {
	w.key("legend", false)
	legends := make([]string, len(lines))
	for i, l := range lines {
		legends[i] = l.Legend
	}
	w.strings(legends)
	w.key("metrics", false)
	w.text("[")
	for i, l := range lines {
		if i > 0 {
			w.text(",")
		}
		w.tags(l.Tags)
	}
	w.text("]")
}

// appendJSONString appends s quoted. Text beyond ASCII stays as it is.
func appendJSONString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return appendHardString(dst, s)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// appendHardString does the same for text with something to escape, or that may not be UTF-8.
func appendHardString(dst []byte, s string) []byte {
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic("api: a string that is not JSON: " + err.Error())
	}
	return append(dst, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
}
