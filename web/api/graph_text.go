package api

import (
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/number"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// writeGraphCSV and writeGraphTSV write the formats csv and txt: a row per time, a column per line.
func writeGraphCSV(w *responseWriter, g *chart.Graph) error { return writeTable(w, g, ",") }
func writeGraphTSV(w *responseWriter, g *chart.Graph) error { return writeTable(w, g, "\t") }

// writeTable writes names in quotes, which quotes in them do not get, and numbers with six decimals.
func writeTable(w *responseWriter, g *chart.Graph, separator string) error {
	zone, err := expr.LoadZone(g.Settings.Zones[0])
	if err != nil {
		return err
	}
	lines := g.Lines()
	w.text(`"timestamp"`)
	for _, l := range lines {
		w.room()
		w.text(separator)
		w.text(`"` + l.Legend + `"`)
	}
	w.text("\n")
	for i := range int((g.End - g.Start) / g.Step) {
		if w.err != nil {
			return nil // the client has gone
		}
		w.text(offsetTime(g.Start+int64(i)*g.Step, zone))
		for _, l := range lines {
			w.room()
			w.text(separator)
			w.text(number.Fixed(l.Values[i], 6))
		}
		w.text("\n")
	}
	return nil
}

// offsetTime writes a time as Java's ISO_OFFSET_DATE_TIME does: 2012-01-01T00:56:00-08:00.
func offsetTime(ms int64, zone *time.Location) string {
	t := time.UnixMilli(ms).In(zone)
	if t.Nanosecond() != 0 {
		return t.Format("2006-01-02T15:04:05.999Z07:00")
	}
	return t.Format(time.RFC3339)
}
