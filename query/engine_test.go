package query

import (
	"context"
	"errors"
	"iter"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

var nan = math.NaN()

// A watched store keeps the queries that it is asked.
type watched struct {
	tsdb.Selector
	queries []tsdb.Query
}

func (w *watched) Select(ctx context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	w.queries = append(w.queries, q)
	return w.Selector.Select(ctx, q)
}

var firstHour = eval.Range{
	Start: tsdbtest.FleetFirst, End: tsdbtest.FleetFirst + 60*minute, Step: minute, Primary: minute,
}

// An answer says that values of its range are lost.
func TestLostValuesAreNoticed(t *testing.T) {
	for _, lost := range []int64{firstHour.Start + minute, firstHour.End + minute} {
		between := func(first, last int64) bool { return first <= lost && lost <= last }
		result, err := evalText(NewEngine(Config{Store: tsdbtest.Fleet(), Lost: between}), "name,sys.cpu.utilization,:eq,:sum", firstHour)
		if err != nil {
			t.Fatal(err)
		}
		if noticed := len(result.Notices) == 1 && result.Notices[0] == lostNotice; noticed != (lost < firstHour.End) {
			t.Errorf("lost at %d: notices %q", lost, result.Notices)
		}
	}
}

// Equal reads are one Select; so are those that differ only by the aggregate.
func TestReadsAreShared(t *testing.T) {
	fleet := tsdbtest.Fleet()
	for _, c := range []struct {
		program string
		want    int // Selects
	}{
		{"name,sys.cpu.utilization,:eq,:avg", 1},
		{"name,sys.cpu.utilization,:eq,:avg,name,sys.cpu.utilization,:eq,:max", 1},
		{"name,sys.cpu.utilization,:eq,:sum,:dup,:add", 1},
		{"name,sys.cpu.utilization,:eq,:sum,name,sys.cpu.utilization,:eq,:sum,:add", 1},
		{"name,sys.cpu.utilization,:eq,:sum,:dup,:cf-max", 1}, // at the primary step consolidation is nothing
		{"name,sys.cpu.utilization,:eq,:sum,:dup,5m,:offset", 2},
		{"name,sys.cpu.utilization,:eq,:sum,:dup,30s,:offset", 1}, // below a step nothing is shifted in the store
		{"name,sys.cpu.utilization,:eq,:dup,(,nf.app,),:by,:swap,(,nf.zone,),:by", 2},
		{"name,sys.cpu.utilization,:eq,:dup,(,nf.app,nf.zone,),:by,:swap,(,nf.zone,nf.app,),:by", 1},
		{"1,2,:add", 0},
	} {
		store := &watched{Selector: fleet}
		if _, err := evalText(NewEngine(Config{Store: store}), c.program, firstHour); err != nil {
			t.Errorf("%s: %v", c.program, err)
		}
		if len(store.queries) != c.want {
			t.Errorf("%s: %d Selects, want %d", c.program, len(store.queries), c.want)
		}
	}
}

// What is shared is not overwritten by one of its users.
func TestSharedLinesStay(t *testing.T) {
	engine := NewEngine(Config{Store: tsdbtest.Fleet()})
	const line = "name,sys.load,:eq,(,nf.app,),:by"
	alone, err := evalText(engine, line, firstHour)
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{
		line + ",:dup,:neg",
		line + ",:dup,:dup,:mul",
		line + ",:dup,1,:add",
		line + ",:dup,nf.app,app,:as,:neg",
		line + ",:dup,max,1,:topk,:neg",
		line + ",:dup,:stat-max,0,:gt,:filter,:neg",
		line + ",:dup,:integral",
		line + ",:dup,avg,5m,:consolidate",
		line + ",name,sys.load,:eq,:sum,:cf-max,(,nf.app,),:by,:neg",
		line + ",:dup,max,:stat",
	} {
		result, err := evalText(engine, program, firstHour)
		if err != nil {
			t.Errorf("%s: %v", program, err)
			continue
		}
		for i, want := range alone.Lines {
			if diff := cmp.Diff(want.Values, result.Lines[i].Values, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%s: first lines changed (-want +got):\n%s", program, diff)
			}
		}
	}
}

// A chain of :dup,:add stands for 2^60 additions and is 61.
func TestSharedSubtreesAreLinear(t *testing.T) {
	program := "name,sys.load,:eq,:sum" + strings.Repeat(",:dup,:add", 60)
	result, err := evalText(NewEngine(Config{Store: tsdbtest.Fleet()}), program, firstHour)
	if err != nil || len(result.Lines) != 1 {
		t.Fatalf("%v, %d lines", err, len(result.Lines))
	}
	if result.Work.Nodes != 61 {
		t.Errorf("%d nodes, want 61", result.Work.Nodes)
	}
}

// What would take too much memory ends before it is computed, and what fits does not.
func TestMemoryIsBudgeted(t *testing.T) {
	const lines, points = 100, 100
	store := prepare(lines, points, "a", "b")
	exprs := parseExprs(t, "name,a,:eq,(,node,),:by,:dup,:dup,:mul,:sqrt,:add")
	rng := eval.Range{End: points * minute, Step: minute, Primary: minute}
	run := func(bytes int64) (*eval.Outcome, error) {
		store.refill()
		return eval.NewPlan(exprs).Run(context.Background(), store, rng, eval.Limits{Bytes: bytes})
	}
	outcome, err := run(0)
	if err != nil {
		t.Fatal(err)
	}
	// What is read, its square; the root and the sum overwrite that.
	if perSet := int64(lines * points * 8); outcome.Work.Bytes < 2*perSet || outcome.Work.Bytes > 3*perSet {
		t.Errorf("%d bytes, want two or three times %d", outcome.Work.Bytes, perSet)
	}
	if _, err := run(outcome.Work.Bytes); err != nil {
		t.Errorf("with just enough: %v", err)
	}
	if _, err := run(outcome.Work.Bytes - 1); err == nil || !strings.Contains(err.Error(), "needs more than 0 MB of memory") {
		t.Errorf("with a byte less: error %v", err)
	}
	if _, err := run(1000); err == nil {
		t.Error("with a kilobyte: no error")
	}
	for _, rng := range []eval.Range{
		{Start: 0, End: 1 << 50, Step: 1, Primary: 1}, // a line of 9 PB
		{Start: 10, End: 10, Step: 1, Primary: 1},
		{Start: -1 << 63, End: 1 << 62, Step: 1, Primary: 1},
		{Start: 0, End: 90, Step: 60, Primary: 60},
		{Start: 0, End: 90, Step: 90, Primary: 60},
		{},
	} {
		if _, err := evalText(NewEngine(Config{Store: store}), "1", rng); err == nil {
			t.Errorf("%+v: no error", rng)
		}
	}
}

func TestPlanReport(t *testing.T) {
	result, err := evalText(NewEngine(Config{Store: tsdbtest.Fleet()}), "name,sys.load,:eq,:avg,(,nf.app,),:by,5,:gt", firstHour)
	if err != nil {
		t.Fatal(err)
	}
	want := []eval.NodeReport{
		{Node: 0, What: "name,sys.load,:eq,:sum,(,nf.app,),:by", Series: 13, Samples: 764, Lines: 4, Points: 240},
		{Node: 1, What: "name,sys.load,:eq,:count,(,nf.app,),:by", Lines: 4, Points: 240},
		{Node: 2, What: "Divide", Inputs: []int{0, 1}, Read: -1, Lines: 4, Points: 240},
		{Node: 3, What: "5.0,:const", Read: -1, Lines: 1, Points: 60},
		{Node: 4, What: "GreaterThan", Inputs: []int{2, 3}, Read: -1, Lines: 4, Points: 240},
	}
	if diff := cmp.Diff(want, result.Plan, cmpopts.IgnoreFields(eval.NodeReport{}, "Time")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A slow store yields columns for ever.
type slow struct{ tsdb.Selector }

func (slow) Select(ctx context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	return func(yield func(tsdb.Column, error) bool) {
		for {
			c := tsdb.Column{Tags: tag.New("k", "v"), Sum: make([]float64, q.Len()), SubSteps: 1, Series: 1, Samples: 1}
			if !yield(c, nil) {
				return
			}
			time.Sleep(time.Millisecond)
		}
	}
}

func TestCancel(t *testing.T) {
	exprs, err := expr.Parse("name,a,:eq,(,k,),:by", expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("the client has gone")
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(20*time.Millisecond, func() { cancel(cause) })
	begin := time.Now()
	_, err = NewEngine(Config{Store: slow{}, MaxLines: 1 << 30, MaxDatapoints: 1 << 40}).Eval(ctx, Request{Exprs: exprs, Range: firstHour})
	if !errors.Is(err, cause) {
		t.Errorf("error %v, want %v", err, cause)
	}
	if took := time.Since(begin); took > 100*time.Millisecond {
		t.Errorf("cancelled after %v, want 100 ms", took)
	}
}

// broken is a store that fails after one column.
type broken struct{ err error }

func (b broken) Select(ctx context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	return func(yield func(tsdb.Column, error) bool) { yield(tsdb.Column{}, b.err) }
}

func TestStoreError(t *testing.T) {
	want := errors.New("disk on fire")
	_, err := evalText(NewEngine(Config{Store: broken{want}}), "name,a,:eq", firstHour)
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

func TestEvalStep(t *testing.T) {
	store := parseStore(t, `
step 60s
series name=errors app=a  1 1 20 30 NaN 1
series name=errors app=b  50 1 1  1  1 50
`)
	cases := []struct {
		program string
		minute  int64
		want    []StepLine
	}{
		{"name,errors,:eq,(,app,),:by,10,:gt", 3, []StepLine{
			{Tags: tag.New("app", "a", "name", "errors"), Label: "app=a, name=errors", Signal: 1, Value: 30},
			{Tags: tag.New("app", "b", "name", "errors"), Label: "app=b, name=errors", Signal: 0, Value: 1},
		}},
		{"name,errors,:eq,(,app,),:by,10,:gt,2,:rolling-count,2,:ge", 3, []StepLine{
			{Tags: tag.New("app", "a", "name", "errors"), Label: "app=a, name=errors", Signal: 1, Value: 2},
			{Tags: tag.New("app", "b", "name", "errors"), Label: "app=b, name=errors", Signal: 0, Value: 0},
		}},
		{"name,errors,:eq,:max,10,:gt,name,errors,:eq,:count,0,:gt,:and", 5, []StepLine{
			{Tags: tag.New("name", "errors"), Label: "name=errors", Signal: 1, Value: 1},
		}},
		{"20,name,errors,:eq,(,app,),:by,:lt", 5, []StepLine{
			{Tags: tag.New("app", "a", "name", "errors"), Label: "app=a, name=errors", Signal: 0, Value: 20},
			{Tags: tag.New("app", "b", "name", "errors"), Label: "app=b, name=errors", Signal: 1, Value: 20},
		}},
		{"name,errors,:eq,(,app,),:by,:derivative", 1, []StepLine{
			{Tags: tag.New("app", "a", "name", "errors"), Label: "derivative((app=a))", Signal: 0, Value: 0},
			{Tags: tag.New("app", "b", "name", "errors"), Label: "derivative((app=b))", Signal: -49, Value: -49},
		}},
		{"name,nothing,:eq,(,app,),:by,10,:gt", 3, []StepLine{}},
	}
	for _, c := range cases {
		got, err := NewEngine(Config{Store: store}).EvalStep(context.Background(), parseExprs(t, c.program), c.minute*minute, minute)
		if err != nil {
			t.Errorf("%s: %v", c.program, err)
			continue
		}
		if diff := cmp.Diff(c.want, got[0], cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.program, diff)
		}
	}
}

// A step by itself has the value that a graph over a long range has there, for every word whose memory
// ends.
func TestEvalStepIsGraph(t *testing.T) {
	words := []string{
		"2,:delay", "3,:rolling-count", "3,:rolling-min", "4,:rolling-max", "3,2,:rolling-mean", "3,:rolling-sum",
		"3m,:trend", ":derivative", "2,:delay,:derivative,3,:rolling-max", ":dup,2,:delay,:sub,0,:gt", "90s,:offset",
		"max,3m,:consolidate", "1m,:offset,2,:rolling-sum", "3,0.5,0.1,:sdes",
	}
	rapid.Check(t, func(t *rapid.T) {
		store := tsdbtest.NewStore(minute)
		value := rapid.OneOf(rapid.Just(nan), rapid.Float64Range(-10, 10))
		for i := range 40 {
			store.Set(tag.New("name", "a", "k", "x"), int64(i)*minute, value.Draw(t, "x"))
			store.Set(tag.New("name", "a", "k", "y"), int64(i)*minute, value.Draw(t, "y"))
		}
		// A group must have a value in the history, else it is no line in one and missing values in the other.
		for i := int64(36); i < 39; i++ {
			store.Set(tag.New("name", "a", "k", "x"), i*minute, float64(i))
			store.Set(tag.New("name", "a", "k", "y"), i*minute, -1)
		}
		engine := NewEngine(Config{Store: store})
		program := "name,a,:eq,(,k,),:by," + rapid.SampledFrom(words).Draw(t, "word")
		exprs := parseExprs(t, program)
		step, err := engine.EvalStep(context.Background(), exprs, 39*minute, minute)
		if err != nil {
			t.Fatal(err)
		}
		rng := eval.Range{Start: 0, End: 40 * minute, Step: minute, Primary: minute}
		outcome, err := eval.NewPlan(exprs).Run(context.Background(), store, rng, eval.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if len(step[0]) != 2 || len(outcome.Lines[0]) != 2 {
			t.Fatalf("%s: %d and %d lines, want 2", program, len(step[0]), len(outcome.Lines[0]))
		}
		for i, l := range outcome.Lines[0] {
			if !sameValue(l.Values[39], step[0][i].Signal) {
				t.Fatalf("%s %s: step %v, graph %v", program, l.Label, step[0][i].Signal, l.Values[39])
			}
		}
	})
}

type fataler interface {
	Fatal(args ...any)
	Helper()
}

func parseExprs(t fataler, program string) []expr.Expr {
	t.Helper()
	styled, err := expr.Parse(program, expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var exprs []expr.Expr
	for _, s := range styled {
		exprs = append(exprs, s.Expr)
	}
	return exprs
}

func parseStore(t fataler, text string) *tsdbtest.Store {
	t.Helper()
	store, err := tsdbtest.ParseStore(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return store
}
