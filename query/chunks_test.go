package query

import (
	"context"
	"math"
	"testing"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// What comes in chunks is what comes at once, word by word, whatever the length of a chunk; but a line is
// not in a chunk where it has no input. The lines have gaps, so that words remember over such chunks.
func TestChunksAreTheWhole(t *testing.T) {
	engine := NewEngine(Config{Store: parseStore(t, `
step 60s
series name=a app=x  1 2 3 NaN NaN NaN NaN NaN NaN NaN 4 5 NaN 7 8 9 10 NaN 1 1
series name=a app=y  NaN NaN NaN NaN NaN 5 6 7 8 NaN NaN NaN NaN NaN NaN NaN NaN NaN NaN 2
series name=b app=x  1*20
series name=c        4 3 1 5 7 7 7 2 6 1 8 4 2 7 7 9 1 1 2 0
`)})
	for _, program := range []string{
		"name,a,:eq,:sum",
		"name,a,:eq,(,app,),:by,:integral",
		"name,a,:eq,(,app,),:by,:derivative",
		"name,a,:eq,(,app,),:by,2,:delay",
		"name,a,:eq,(,app,),:by,3,1,:rolling-mean",
		"name,a,:eq,(,app,),:by,3,:rolling-count",
		"name,a,:eq,(,app,),:by,9,:rolling-max",
		// Where a chunk lacks the line, :des and :trend forget it and what follows :integral gets no value: not so here.
		"name,c,:eq,2,0.1,0.2,:des",
		"name,c,:eq,3m,:trend",
		"name,c,:eq,:integral,:dup,:add,5,:rolling-min",
		"name,a,:eq,(,app,),:by,name,b,:eq,:sum,:mul,:integral",
		"name,a,:eq,(,app,),:by,2m,:offset",
		"name,nope,:eq",
		"42",
	} {
		exprs, err := expr.Parse(program, expr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		rng := eval.Range{Start: minute, End: 21 * minute, Step: minute, Primary: minute}
		whole := joined(t, engine, Request{Exprs: exprs, Range: rng}, 20)
		for _, size := range []int{1, 2, 3, 7, 19} {
			chunks := joined(t, engine, Request{Exprs: exprs, Range: rng}, size)
			for at, want := range whole {
				if got, there := chunks[at]; there && got != want {
					t.Errorf("%s in chunks of %d: %v is %v, want %v", program, size, at, got, want)
				} else if !there && !chunks.lacks(at, size) {
					t.Errorf("%s in chunks of %d: %v is missing", program, size, at)
				}
			}
			for at := range chunks {
				if _, there := whole[at]; !there {
					t.Errorf("%s in chunks of %d: %v is too much", program, size, at)
				}
			}
		}
	}
}

// A point is one value of a line.
type point struct {
	label  string
	minute int64
}

type points map[point]float64

// lacks reports whether the whole chunk of size minutes that p is in has nothing of its line.
func (all points) lacks(p point, size int) bool {
	first := (p.minute-1)/int64(size)*int64(size) + 1
	for i := range int64(size) {
		if _, there := all[point{p.label, first + i}]; there {
			return false
		}
	}
	return true
}

// joined puts the chunks together.
func joined(t *testing.T, engine *Engine, r Request, size int) points {
	t.Helper()
	all := points{}
	next := r.Range.Start
	for chunk, err := range engine.EvalChunks(context.Background(), r, size) {
		if err != nil {
			t.Fatal(err)
		}
		if chunk.Start != next {
			t.Fatalf("a chunk starts at %d, want %d", chunk.Start, next)
		}
		next += int64(size) * chunk.Step
		for _, l := range chunk.Lines {
			for i, v := range l.Values {
				if !math.IsNaN(v) {
					all[point{l.Label, chunk.Start/minute + int64(i)}] = v
				}
			}
		}
	}
	return all
}

// A chunk that fails ends the answer; so does a consumer that has enough.
func TestChunksEnd(t *testing.T) {
	engine := NewEngine(Config{Store: tsdbtest.Fleet(), MaxLines: 2})
	exprs, err := expr.Parse("name,sys.cpu.utilization,:eq,(,nf.node,),:by", expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for result, err := range engine.EvalChunks(context.Background(), Request{Exprs: exprs, Range: firstHour}, 10) {
		if n++; err == nil || result != nil {
			t.Errorf("result %v, error %v; want too many lines", result, err)
		}
	}
	if n != 1 {
		t.Errorf("%d answers, want 1", n)
	}
	n = 0
	for range NewEngine(Config{Store: tsdbtest.Fleet()}).EvalChunks(context.Background(), Request{Exprs: exprs, Range: firstHour}, 10) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d chunks, want 2", n)
	}
}

// A word that remembers long windows of many lines is refused before the memory is taken.
func TestChunksRememberWithinBounds(t *testing.T) {
	engine := NewEngine(Config{Store: tsdbtest.Fleet()})
	exprs, err := expr.Parse("name,:has,:all,86400,:rolling-max", expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range engine.EvalChunks(context.Background(), Request{Exprs: exprs, Range: firstHour}, 60) {
		if err == nil {
			t.Fatal("memory without bound")
		}
	}
}
