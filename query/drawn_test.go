package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// Only what is drawn counts as lines: the nodes are 25, and 10 lines are allowed.
func TestLimits(t *testing.T) {
	engine := NewEngine(Config{Store: tsdbtest.Fleet(), MaxLines: 10, MaxDatapoints: 600})
	const nodes = "name,sys.cpu.utilization,:eq,(,nf.node,),:by"
	for program, want := range map[string]string{
		nodes:                                     "too many lines: 11 > 10",
		"name,http.requests,:eq,:all":             "too many lines: 11 > 10",
		nodes + ",2,:mul,:derivative,:per-step":   "too many lines: 11 > 10",
		nodes + ",0,:gt":                          "too many lines: 11 > 10",
		nodes + ",nf.node,node,:as":               "too many lines: 11 > 10",
		nodes + ",max,12,:topk":                   "too many lines: 12 > 10",
		nodes + ",max,10,:topk":                   "",
		nodes + ",max,9,:bottomk-others-sum":      "",
		nodes + ",:max":                           "",
		nodes + ",:sum,:dup,2,:div":               "",
		nodes + ",:stat-max,0,:lt,:filter":        "",
		nodes + ",11,:limit":                      "too many lines: 11 > 10",
		nodes + ",10,:limit":                      "",
		nodes + ",max,:sort,desc,:order,3,:limit": "",
		nodes + ",max,5,:topk,:vspan":             "",
		"name,sys.cpu.utilization,:eq,(,nf.app,nf.node,),:by,(,nf.app,),:by": "",
		nodes + ",:sum," + nodes + ",:sum,:div":                              "",
		"name,lab.sine,:eq,:all":                                             "",
		"name,sys.cpu.utilization,:eq,:sum":                                  "",
		"name,http.requests,:eq,(,nf.app,),:by":                              "",
	} {
		_, err := evalText(engine, program, firstHour)
		got := ""
		if err != nil {
			got = strings.TrimPrefix(err.Error(), "requirement failed: ")
		}
		if got != want {
			t.Errorf("%s: error %q, want %q", program, got, want)
		}
	}
}

// fleetOf returns a store of so many nodes whose value is their number, for some steps of a minute from slot 1 on; with
// buckets more than 0 each has as many of a timer.
func fleetOf(nodes, buckets, steps int) *tsdbtest.Store {
	store := tsdbtest.NewStore(minute)
	for i := range nodes {
		for b := range max(1, buckets) {
			tags := []string{"name", "x", "nf.node", fmt.Sprintf("i-%05d", i), "atlas.dstype", "gauge"}
			if buckets > 0 {
				tags = append(tags, "percentile", fmt.Sprintf("T%04X", 100+b))
			}
			for slot := range steps {
				store.Set(tag.New(tags...), int64(1+slot)*minute, float64(i))
			}
		}
	}
	return store
}

// What lies between the store and the lines that are drawn has no limit but that of bytes: for graphs and for rules.
func TestManyGroups(t *testing.T) {
	big, timers := fleetOf(10_000, 0, 3), fleetOf(30, 40, 3)
	short := eval.Range{End: 5 * minute, Step: minute, Primary: minute}
	for _, c := range []struct {
		store   *tsdbtest.Store
		program string
		lines   int
	}{
		{big, "name,x,:eq,:sum,(,nf.node,),:by,max,10,:topk", 10},
		{big, "name,x,:eq,(,nf.node,),:by,:max", 1},
		{big, "name,x,:eq,(,nf.node,),:by,:stat-max,9990,:ge,:filter", 10},
		{big, "name,x,:eq,(,nf.node,),:by,7,:limit", 7},
		{big, "name,x,:eq,(,nf.node,),:by,max,10,:bottomk-others-avg", 11},
		{timers, "name,x,:eq,(,nf.node,),:by,(,99,),:percentiles", 30},
	} {
		result, err := evalText(NewEngine(Config{Store: c.store}), c.program, short)
		if err != nil || len(result.Lines) != c.lines {
			t.Errorf("%s: %v, error %v, want %d lines", c.program, result, err, c.lines)
		}
	}
	for _, c := range []struct {
		store   *tsdbtest.Store
		program string
		lines   int
	}{
		{big, "name,x,:eq,(,nf.node,),:by,9000,:gt", 10_000},
		{timers, "name,x,:eq,(,nf.node,),:by,(,99,),:percentiles,0,:gt", 30},
		{big, "name,x,:eq,(,nf.node,),:by,:max,9000,:gt", 1},
	} {
		exprs, err := expr.Parse(c.program, expr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := NewEngine(Config{Store: c.store, MaxLines: 5}).EvalStep(context.Background(), []expr.Expr{exprs[0].Expr}, 3*minute, minute)
		if err != nil || len(lines[0]) != c.lines {
			t.Errorf("rule %s: error %v, want %d lines", c.program, err, c.lines)
		}
	}
	if _, err := evalText(NewEngine(Config{Store: big, MaxBytes: 1 << 20}), "name,x,:eq,(,nf.node,),:by,max,10,:topk", short); err == nil ||
		!strings.Contains(err.Error(), "needs more than 1 MB of memory") {
		t.Errorf("10,000 groups in a megabyte: error %v", err)
	}
}

// The datapoints that count are those that there are: of 1,000 lines over three hours the store has 20 minutes.
func TestHeldDatapoints(t *testing.T) {
	threeHours := eval.Range{End: 181 * minute, Step: minute, Primary: minute}
	const lines = "name,x,:eq,(,nf.node,),:by"
	few, many := fleetOf(1000, 0, 20), fleetOf(1000, 0, 60)
	for _, c := range []struct {
		store   *tsdbtest.Store
		program string
		used    int // 0: it is drawn
	}{
		{few, lines, 0},
		{few, lines + ",5,:gt", 0}, // a value at every step
		{few, lines + ",2,:rolling-count", 0},
		{few, lines + ",1h,:offset", 0},
		{many, lines, 60_000},
		{many, lines + ",5,:gt", 60_000},
		{many, lines + ",100,:limit", 0},
		{many, lines + ",:sum", 0},
	} {
		engine := NewEngine(Config{Store: c.store, MaxDatapoints: 50_000})
		_, err := evalText(engine, c.program, threeHours)
		var over *eval.LimitError
		switch {
		case c.used == 0 && err != nil:
			t.Errorf("%s: %v", c.program, err)
		case c.used > 0 && (!errors.As(err, &over) || over.What != "datapoints" || over.Used != c.used || over.Limit != 50_000):
			t.Errorf("%s: error %v, want %d datapoints", c.program, err, c.used)
		}
	}
	// Steps without a value take memory all the same.
	if _, err := evalText(NewEngine(Config{Store: few, MaxBytes: 1 << 20}), lines+",:max", threeHours); err == nil {
		t.Error("1,000 columns of three hours fit into a megabyte")
	}
}

// One misspelt tag is left out with a remark and spoils nothing else.
func TestMalformedBuckets(t *testing.T) {
	store := fleetOf(3, 10, 2)
	const program = "name,x,:eq,(,nf.node,),:by,(,50,),:percentiles"
	short := eval.Range{End: 3 * minute, Step: minute, Primary: minute}
	want, err := evalText(NewEngine(Config{Store: store}), program, short)
	if err != nil || len(want.Notices) != 0 {
		t.Fatal(err, want)
	}
	for _, bad := range []string{"bogus", "T", "T0FFF", "D0064", "t0064", "TXYZ1", "T0064a"} {
		store.Set(tag.New("name", "x", "nf.node", "i-00001", "percentile", bad, "atlas.dstype", "gauge"), minute, 1e9)
	}
	got, err := evalText(NewEngine(Config{Store: store}), program, short)
	if err != nil || len(got.Lines) != 3 || len(got.Notices) != 1 || !slices.Equal(got.Warnings, got.Notices) ||
		!strings.HasPrefix(got.Notices[0], "7 lines left out, as percentile=") {
		t.Fatalf("error %v, result %+v", err, got)
	}
	for i := range got.Lines {
		if a, b := fmt.Sprint(got.Lines[i].Values), fmt.Sprint(want.Lines[i].Values); a != b {
			t.Errorf("%s: %s, want %s", got.Lines[i].Label, a, b)
		}
	}
}
