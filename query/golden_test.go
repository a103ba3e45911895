package query

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// A goldenCase is one recorded request and its answer.
type goldenCase struct {
	Provenance string `json:"provenance"`

	ID      string         `json:"id"`
	Query   string         `json:"q"`
	Start   string         `json:"s"`
	End     string         `json:"e"`
	Step    string         `json:"step"`
	Zone    string         `json:"tz"`
	Common  string         `json:"cq"`
	First   int64          `json:"start"`
	StepMS  int64          `json:"step_ms"`
	Points  int            `json:"points"`
	Ordered bool           `json:"ordered"`
	Series  []goldenSeries `json:"series"`
}

type goldenSeries struct {
	Label  string            `json:"label"`
	Tags   map[string]string `json:"tags"`
	Values []goldenValue     `json:"values"`
}

// A goldenValue is a number; those that JSON cannot write are strings.
type goldenValue float64

func (v *goldenValue) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"NaN"`:
		*v = goldenValue(math.NaN())
	case `"Infinity"`:
		*v = goldenValue(math.Inf(1))
	case `"-Infinity"`:
		*v = goldenValue(math.Inf(-1))
	default:
		return json.Unmarshal(b, (*float64)(v))
	}
	return nil
}

// TestGolden evaluates what Atlas was asked over the same data and compares lines, labels and values.
func TestGolden(t *testing.T) {
	engine := NewEngine(Config{Store: tsdbtest.Fleet()})
	files, err := filepath.Glob("testdata/golden/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		t.Run(name, func(t *testing.T) {
			cases, passed := readGolden(t, file), 0
			for _, c := range cases {
				if err := c.check(engine); err != nil {
					t.Errorf("%s  %s\n\t%v", c.ID, c.Query, err)
					continue
				}
				passed++
			}
			t.Logf("%d of %d", passed, len(cases))
		})
	}
}

func readGolden(t testing.TB, file string) []goldenCase {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []goldenCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c goldenCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if c.Provenance == "" {
			cases = append(cases, c)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return cases
}

// check returns the first difference.
func (c *goldenCase) check(engine *Engine) error {
	request, err := c.request()
	if err != nil {
		return err
	}
	result, err := engine.Eval(context.Background(), request)
	if err != nil {
		return err
	}
	if result.Start != c.First || result.Step != c.StepMS {
		return fmt.Errorf("start %d, step %d, want %d, %d", result.Start, result.Step, c.First, c.StepMS)
	}
	if points := request.Range.Len() - 1; points != c.Points {
		return fmt.Errorf("%d points, want %d", points, c.Points)
	}
	if len(result.Lines) != len(c.Series) {
		return fmt.Errorf("%d lines, want %d", len(result.Lines), len(c.Series))
	}
	left := result.Lines
	for i, want := range c.Series {
		if c.Ordered {
			if err := want.differs(left[i]); err != nil {
				return fmt.Errorf("line %d: %w", i, err)
			}
			continue
		}
		if left, err = want.removeFrom(left); err != nil {
			return err
		}
	}
	return nil
}

// The recorded server runs with this zone and width.
const (
	goldenZone  = "US/Pacific"
	goldenWidth = 700
)

func (c *goldenCase) request() (Request, error) {
	zoneID := c.Zone
	if zoneID == "" {
		zoneID = goldenZone
	}
	zone, err := expr.LoadZone(zoneID)
	if err != nil {
		return Request{}, err
	}
	now := time.UnixMilli(tsdbtest.FleetLast)
	start, end, err := eval.TimeRange{Start: c.Start, End: c.End, Zone: zone, Now: now}.Resolve()
	if err != nil {
		return Request{}, err
	}
	step := int64(0)
	if c.Step != "" {
		d, err := expr.ParseDuration(c.Step)
		if err != nil {
			return Request{}, err
		}
		step = d.Milliseconds()
	}
	r := Request{Range: eval.Steps{Primary: tsdbtest.FleetStepMillis}.Graph(start, end, step, goldenWidth)}
	r.Range.Now = now
	options := expr.Options{Zone: zoneID}
	if c.Common != "" {
		if options.Common, err = expr.ParseQuery(c.Common); err != nil {
			return Request{}, err
		}
	}
	r.Exprs, err = expr.Parse(c.Query, options)
	return r, err
}

// differs says how line is not the recorded one.
func (s *goldenSeries) differs(line Line) error {
	if line.Legend != s.Label {
		return fmt.Errorf("label %q, want %q", line.Legend, s.Label)
	}
	if got, want := line.Tags.String(), tag.FromMap(s.Tags).String(); got != want {
		return fmt.Errorf("%s: tags %s, want %s", s.Label, got, want)
	}
	if len(line.Values) != len(s.Values) {
		return fmt.Errorf("%s: %d values, want %d", s.Label, len(line.Values), len(s.Values))
	}
	for i, want := range s.Values {
		if !sameValue(line.Values[i], float64(want)) {
			return fmt.Errorf("%s: value %d is %v, want %v", s.Label, i, line.Values[i], float64(want))
		}
	}
	return nil
}

// removeFrom returns lines without one that is the recorded one. Several lines may have its name.
func (s *goldenSeries) removeFrom(lines []Line) ([]Line, error) {
	closest := errors.New("no line " + s.Label + " " + tag.FromMap(s.Tags).String())
	for i, line := range lines {
		err := s.differs(line)
		if err == nil {
			return append(lines[:i:i], lines[i+1:]...), nil
		}
		if line.Legend == s.Label || len(lines) == 1 {
			closest = err
		}
	}
	return nil, closest
}

func sameValue(a, b float64) bool {
	switch {
	case a == b, math.IsNaN(a) && math.IsNaN(b):
		return true
	case math.IsNaN(a), math.IsNaN(b), math.IsInf(a, 0), math.IsInf(b, 0):
		return false
	}
	return math.Abs(a-b) <= max(1e-12, 1e-9*max(math.Abs(a), math.Abs(b)))
}
