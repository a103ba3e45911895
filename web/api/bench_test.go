package api

import (
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// wideGraph has lines like those of a fleet: noise, whole numbers, gaps.
func wideGraph(lines, points int) *chart.Graph {
	random := rand.New(rand.NewPCG(1, 2))
	g := &chart.Graph{Start: 1795348800000, Step: 60_000, End: 1795348800000 + int64(points)*60_000}
	plot := chart.Plot{}
	for i := range lines {
		values := make([]float64, points)
		for j := range values {
			switch i % 4 {
			case 0:
				values[j] = float64(random.IntN(1000)) / 60
			case 1:
				values[j] = float64(random.IntN(100))
			case 2:
				values[j] = random.Float64() * 1e9
			case 3:
				values[j] = 42
			}
			if random.IntN(50) == 0 {
				values[j] = math.NaN()
			}
		}
		plot.Lines = append(plot.Lines, chart.Line{Line: query.Line{Legend: "line", Tags: tag.New("name", "a", "nf.node", "i-1"), Values: values}})
	}
	g.Plots = []chart.Plot{plot}
	return g
}

// BenchmarkGraphJSON writes 1,000 lines of 180 points: row by row, and line by line.
func BenchmarkGraphJSON(b *testing.B) {
	for name, write := range map[string]func(*responseWriter, *chart.Graph) error{"json": writeGraphJSON, "v2.json": writeGraphV2} {
		b.Run("format="+name+"/lines=1000/points=180", func(b *testing.B) {
			g := wideGraph(1000, 180)
			g.Settings.Hints = []string{"no-image"}
			w := &responseWriter{w: io.Discard, memo: new(numberMemo)}
			b.ReportAllocs()
			begin := processorTime(b)
			for b.Loop() {
				if err := write(w, g); err != nil {
					b.Fatal(err)
				}
				w.flush()
			}
			b.ReportMetric(float64(processorTime(b)-begin)/float64(b.N)/180_000, "cpu-ns/number")
		})
	}
}

// processorTime is what this process has used, garbage collection included; other work on the machine does
// not count.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkFetch answers six hours of eleven lines from the store to the last byte.
func BenchmarkFetch(b *testing.B) {
	handler := New(testConfig(newFleetDB(b)))
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "http://127.0.0.1/api/v2/fetch?q=name,sys.load,:eq,(,nf.node,),:by&s=1795338000&e=1795359600", nil)
		handler.ServeHTTP(w, r)
	}
}

// BenchmarkBatch draws a dashboard of twelve panels over the same series, together and one by one.
func BenchmarkBatch(b *testing.B) {
	handler := New(testConfig(newFleetDB(b)))
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("POST", "http://127.0.0.1/api/v1/batch", dashboard(12))
			r.Header.Set("Content-Type", "application/json")
			handler.ServeHTTP(w, r)
		}
	})
	b.Run("alone", func(b *testing.B) {
		for b.Loop() {
			for i := range 12 {
				handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "http://127.0.0.1"+panelTarget(i), nil))
			}
		}
	})
}

// panelTarget is the graph of one panel.
func panelTarget(i int) string {
	return graphRoute + "?format=json&s=1795338000&e=1795359600&q=" + panelExpr(i)
}

func panelExpr(i int) string {
	return "name,sys.cpu.utilization,:eq,(,nf.node,id,),:by," + strconv.Itoa(i) + ",:mul"
}

// dashboard is the body of a batch of n panels.
func dashboard(n int) io.Reader {
	var entries []string
	for i := range n {
		entries = append(entries, `{"params":{"format":"json","s":"1795338000","e":"1795359600","q":"`+panelExpr(i)+`"}}`)
	}
	return strings.NewReader(`{"requests":[` + strings.Join(entries, ",") + `]}`)
}

// newWideDB returns a store with a point in each of metrics series on each of some nodes.
func newWideDB(b *testing.B, nodes, metrics int) *tsdb.DB {
	db := tsdbtest.OpenDB(b)
	for i := range nodes {
		batch := make([]tsdb.Point, metrics)
		for j := range metrics {
			tags := tag.New("name", "metric."+strconv.Itoa(j), "nf.app", "app"+strconv.Itoa(i%20), "nf.node", "i-"+strconv.Itoa(i))
			ref, err := db.Resolve(tags.AppendCanonical(nil))
			if err != nil {
				b.Fatal(err)
			}
			batch[j] = tsdb.Point{Ref: ref, Time: tsdbtest.FleetFirst, Value: 1}
		}
		if refused, err := db.Append(b.Context(), batch); err != nil || len(refused) > 0 {
			b.Fatal(err, refused)
		}
	}
	return db
}

// BenchmarkTags lists all values of a key over a connection that stays open.
func BenchmarkTags(b *testing.B) {
	server := newTestServer(b, testConfig(newWideDB(b, 10_000, 10)))
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	for _, query := range []string{"nf.node?limit=20000", "nf.node", "nf.node?limit=20000&q=name,metric.7,:eq"} {
		b.Run("series=1e5/values=1e4/"+query, func(b *testing.B) {
			begin := processorTime(b)
			for b.Loop() {
				answer, err := client.Get(server.URL + "/api/v1/tags/" + query)
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, answer.Body); err != nil || n < 5000 {
					b.Fatal(n, err)
				}
				answer.Body.Close()
			}
			b.ReportMetric(float64(processorTime(b)-begin)/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}

// BenchmarkAnalyze completes keys and values over a store with many series, as an editor asks for them.
func BenchmarkAnalyze(b *testing.B) {
	handler := New(testConfig(newWideDB(b, 10_000, 100)))
	for _, program := range []string{"", "name,", "name,ric.9", "name,metric.7,:eq,nf.node,", "name,metric.7,:eq,nf.node,i-", "nf.app,app3,:eq,nf.node,I-77", "name,metric.7,:eq,nf.", "nf.app,app3,:eq,name,ric.1"} {
		b.Run("series=1e6/q="+program, func(b *testing.B) {
			begin := processorTime(b)
			for b.Loop() {
				w := httptest.NewRecorder()
				r := httptest.NewRequest("POST", "http://127.0.0.1/api/v1/expr/analyze", strings.NewReader(`{"q":"`+program+`","pos":100}`))
				r.Header.Set("Content-Type", "application/json")
				handler.ServeHTTP(w, r)
				if w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
			b.ReportMetric(float64(processorTime(b)-begin)/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}
