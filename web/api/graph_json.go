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
	for i := range int((g.End - g.Start) / g.Step) {
		if i > 0 {
			w.text(",")
		}
		w.text("[")
		for j := range lines {
			if j > 0 {
				w.text(",")
			}
			w.number(lines[j].Values[i])
		}
		w.text("]")
	}
	w.text("]")
	w.key("notices", false)
	w.strings(g.Warnings)
	writeExplain(w, g)
	w.text("}")
	return nil
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
	start := len(dst)
	dst = append(dst, '"')
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return appendHardString(dst[:start], s)
		}
		dst = append(dst, s[i])
	}
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
