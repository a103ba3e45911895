package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// TestFleet publishes six hours of the golden fleet over HTTP, reads every point back, also after a restart, and
// asks what Atlas was asked.
func TestFleet(t *testing.T) {
	t.Parallel()
	settings := testSettings(t)
	server, stop := runServer(t, settings)
	want, err := publishFleet(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	checkFleet(t, server, want)
	stop()

	server, _ = runServer(t, settings)
	checkFleet(t, server, want)
	checkRecorded(t, server)
}

// loaderChunk is how many samples the loader of the golden data puts into a request.
const loaderChunk = 5000

// publishFleet publishes the fleet hour by hour, as its clients would have done, and then the series that are off
// the grid. It returns what is stored of the others then.
func publishFleet(ctx context.Context, server client) (slots, error) {
	want := slots{}
	const hours = 6
	var byHour [hours][]sample
	for tags, points := range tsdbtest.Fleet().All() {
		if name, _ := tags.Get("name"); name == "lab.offgrid" {
			continue
		}
		series := want.series(tags)
		for _, p := range points {
			if p.Value == p.Value {
				series[p.Time] = p.Value
			}
		}
		if kind, _ := tags.Get(tag.DataSourceType); kind == "counter" {
			points = counterPoints()
		}
		for _, p := range points {
			hour := (p.Time - tsdbtest.FleetFirst - 1) / 3_600_000
			byHour[hour] = append(byHour[hour], sample{tagMap(tags), p.Time, number(p.Value)})
		}
	}
	for _, samples := range byHour {
		for part := range slices.Chunk(samples, loaderChunk) {
			if err := server.publish(ctx, part); err != nil {
				return nil, err
			}
		}
	}
	offGrid, err := os.ReadFile("testdata/offgrid.json.gz")
	if err != nil {
		return nil, err
	}
	return want, server.post(ctx, offGrid)
}

// counterPoints are what the one counter on the grid counts, two a second: each eleventh report is lost, and it
// starts anew every 100 minutes.
func counterPoints() []tsdb.Point {
	var points []tsdb.Point
	for minute := range int64(360) {
		if minute%11 != 0 {
			at := tsdbtest.FleetFirst + (minute+1)*tsdbtest.FleetStepMillis
			points = append(points, tsdb.Point{Time: at, Value: float64(minute % 100 * 120)})
		}
	}
	return points
}

func tagMap(tags tag.Tags) map[string]string {
	m := make(map[string]string, len(tags))
	for _, one := range tags {
		m[one.Key] = one.Value
	}
	return m
}

func checkFleet(t *testing.T, server client, want slots) {
	t.Helper()
	got, err := server.slots("name,lab.offgrid,:eq,:not", tsdbtest.FleetFirst-tsdbtest.FleetStepMillis, tsdbtest.FleetLast, tsdbtest.FleetStepMillis)
	if err != nil {
		t.Fatal(err)
	}
	if err := got.differ(want); err != nil {
		t.Error(err)
	}
}

// A recordedCase is a request to Atlas and its answer.
type recordedCase struct {
	ID     string `json:"id"` // empty: the line says where the file is from
	Q      string `json:"q"`
	S      string `json:"s"`
	E      string `json:"e"`
	Step   string `json:"step"`
	TZ     string `json:"tz"`
	CQ     string `json:"cq"`
	Start  int64  `json:"start"`
	StepMS int64  `json:"step_ms"`
	Points int    `json:"points"`
	Series []struct {
		Label  string            `json:"label"`
		Tags   map[string]string `json:"tags"`
		Values []number          `json:"values"`
	} `json:"series"`
}

// eachRecorded visits the recorded evaluations of the package query, until visit has an error.
func eachRecorded(visit func(*recordedCase) error) error {
	files, err := filepath.Glob("../../query/testdata/golden/*.jsonl")
	if err == nil && len(files) == 0 {
		err = errors.New("no recordings")
	}
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		lines.Buffer(nil, len(text))
		for lines.Scan() {
			var c recordedCase
			if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if c.ID == "" {
				continue
			}
			if err := visit(&c); err != nil {
				return fmt.Errorf("%s  %s: %w", c.ID, c.Q, err)
			}
		}
	}
	return nil
}

// checkRecorded asks what Atlas was asked. The package query compares the same answers, order of lines included;
// here it is about parameters and formats.
func checkRecorded(t *testing.T, server client) {
	passed := 0
	if err := eachRecorded(func(c *recordedCase) error {
		if err := c.check(server); err != nil {
			t.Errorf("%s  %s\n\t%v", c.ID, c.Q, err)
			return nil
		}
		passed++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d recordings", passed)
}

func (c *recordedCase) check(server client) error {
	g, err := server.graph(c.parameters())
	if err != nil {
		return err
	}
	if g.Start != c.Start || g.Step != c.StepMS || len(g.Values) != c.Points || len(g.Legend) != len(c.Series) {
		return fmt.Errorf("start %d, step %d, %d points, %d lines; want %d, %d, %d, %d",
			g.Start, g.Step, len(g.Values), len(g.Legend), c.Start, c.StepMS, c.Points, len(c.Series))
	}
	taken := make([]bool, len(g.Legend))
	for _, want := range c.Series {
		found := false
		for line := range g.Legend {
			if !taken[line] && g.Legend[line] == want.Label && maps.Equal(g.Metrics[line], want.Tags) && g.shows(line, want.Values) {
				taken[line], found = true, true
				break
			}
		}
		if !found {
			return fmt.Errorf("no line %q %v with the recorded values", want.Label, want.Tags)
		}
	}
	return nil
}

// shows reports whether a line has these values. Atlas adds in another order, hence the tolerance.
func (g *graph) shows(line int, values []number) bool {
	for row, want := range values {
		a, b := float64(g.Values[row][line]), float64(want)
		switch {
		case a == b, math.IsNaN(a) && math.IsNaN(b):
		case math.Abs(a-b) <= max(1e-12, 1e-9*max(math.Abs(a), math.Abs(b))) && !math.IsInf(a, 0) && !math.IsInf(b, 0):
		default:
			return false
		}
	}
	return true
}
