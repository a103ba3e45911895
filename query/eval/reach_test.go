package eval

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

const reachX, reachY = "name,x,:eq,:sum", "name,y,:eq,(,k,),:by"

// reachCases have for each expression how many steps before the last one it reads, pairs of the first and the last.
var reachCases = []struct {
	program string
	want    [][2]int64
}{
	{reachX, [][2]int64{{0, 0}}},
	{"1,:const,2,:const,:gt", nil},
	{reachX + ",:random,:gt", [][2]int64{{0, 0}}},
	{reachX + ",10m,:offset", [][2]int64{{10, 10}}},
	{reachX + ",90s,:offset", [][2]int64{{2, 2}}},
	{reachX + ",10s,:offset", [][2]int64{{1, 1}}},
	{reachX + "," + reachX + ",10m,:offset,:div", [][2]int64{{10, 10}, {0, 0}}},
	{reachX + ",1w,:offset,5,:rolling-max", [][2]int64{{7*1440 + 4, 7 * 1440}}},
	{reachX + ",5,:delay", [][2]int64{{5, 5}}},
	{reachX + ",5,:rolling-count", [][2]int64{{4, 0}}},
	{reachX + ",5,:rolling-min", [][2]int64{{4, 0}}},
	{reachX + ",5,:rolling-max", [][2]int64{{4, 0}}},
	{reachX + ",5,2,:rolling-mean", [][2]int64{{4, 0}}},
	{reachX + ",5,:rolling-sum", [][2]int64{{4, 0}}},
	{reachX + ",5m,:trend", [][2]int64{{4, 0}}},
	{reachX + ",:derivative", [][2]int64{{1, 0}}},
	{reachX + ",5,0.1,0.5,:sdes", [][2]int64{{10, 0}}},
	{reachX + ",5,0.1,0.5,:des", [][2]int64{{1440, 0}}},
	{reachX + ",:integral", [][2]int64{{1440, 0}}},
	{reachX + ",:cumulative-max", [][2]int64{{1440, 0}}},
	{reachX + ",5,:rolling-sum,3,:delay,:derivative", [][2]int64{{8, 3}}},
	{reachX + ",:integral,3,:delay", [][2]int64{{1443, 3}}},
	{reachX + ",:integral," + reachX + ",1h,:offset,:integral,:sub", [][2]int64{{1500, 0}}},
	{reachX + ",avg,5m,:consolidate", [][2]int64{{4, 0}}},
	{reachX + ",avg,5m,:consolidate,10,:delay", [][2]int64{{14, 6}}},
	{reachY + ",max,1,:topk", [][2]int64{{0, 0}}},
	{reachY + ",5,:rolling-max,:stat-max,50,:gt,:filter", [][2]int64{{4, 0}}},
	{reachY + ",5,:rolling-max,max,1,:topk,8,:delay", [][2]int64{{12, 0}}},
	{reachY + ",:max,20m,:offset", [][2]int64{{20, 20}}},
	{reachX + ",:dup,3,:rolling-max,:swap,5,:delay,:add", [][2]int64{{5, 5}, {2, 0}}},
	{reachX + ",:des-fast," + reachX + ",:gt", [][2]int64{{1440, 0}}},
	{"name,z,:eq,:avg", [][2]int64{{0, 0}}},
	{"name,x,:eq,:dist-avg,2,:rolling-min", [][2]int64{{1, 0}}},
}

func TestSpansRead(t *testing.T) {
	const at = 10_000_000 * minute
	words := map[expr.StatefulOp]bool{}
	for _, c := range reachCases {
		e := reachExpr(t, c.program)
		expr.Walk(e, func(e expr.Expr) bool {
			if s, ok := e.(*expr.Stateful); ok {
				words[s.Op] = true
			}
			return true
		})
		var got [][2]int64
		for _, s := range SpansRead(e, at, minute) {
			got = append(got, [2]int64{(at - s.First) / minute, (at - s.Last) / minute})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.program, diff)
		}
	}
	for op := range statefulNames {
		if !words[expr.StatefulOp(op)] {
			t.Errorf("no case has :%s", statefulNames[op])
		}
	}
}

// TestSpansReadIsAll changes one value of the store at a time: where the answer for the last step moves, that value is
// among those that are said to be read.
func TestSpansReadIsAll(t *testing.T) {
	const at = 100_003 * minute
	random := rand.New(rand.NewPCG(3, 4))
	for _, c := range reachCases {
		e := reachExpr(t, c.program)
		spans := SpansRead(e, at, minute)
		var steps []int64
		for s := range int64(30) {
			steps = append(steps, s)
		}
		for range 20 {
			steps = append(steps, random.Int64N(1600))
		}
		for _, s := range spans { // the ends, where mistakes are
			for d := range int64(5) {
				steps = append(steps, (at-s.First)/minute+d-2, (at-s.Last)/minute+d-2)
			}
		}
		slices.Sort(steps)
		want := reachAnswer(t, e, reachStore(at, -1), at)
		for _, s := range slices.Compact(steps) {
			if s < 0 {
				continue
			}
			moved := reachAnswer(t, e, reachStore(at, s), at) != want
			read := slices.ContainsFunc(spans, func(one Span) bool { return one.First <= at-s*minute && at-s*minute <= one.Last })
			if moved && !read {
				t.Errorf("%s: the answer depends on %d steps before, which are not among %v", c.program, s, spans)
			}
		}
	}
}

// TestSpansReadOfALargeExpression: shared nodes are visited once, and what is told apart is bounded.
func TestSpansReadOfALargeExpression(t *testing.T) {
	program := reachX
	for range 40 {
		program += ",:dup,3,:delay,:add"
	}
	const at = 1_000_000 * minute
	got := SpansRead(reachExpr(t, program), at, minute)
	if len(got) == 0 || got[0].First != at-120*minute || got[len(got)-1].Last != at {
		t.Errorf("got %v, want from 120 steps before on", got)
	}
}

func reachExpr(t *testing.T, program string) expr.Expr {
	t.Helper()
	styled, err := expr.Parse(program, expr.Options{})
	if err != nil || len(styled) != 1 {
		t.Fatalf("%s: %d expressions, %v", program, len(styled), err)
	}
	return styled[0].Expr
}

// reachStore has values of two thousand steps up to at; those so many steps before it are others.
func reachStore(at, changed int64) *tsdbtest.Store {
	store := tsdbtest.NewStore(minute)
	for i, tags := range []tag.Tags{tag.New("name", "x"), tag.New("name", "y", "k", "a"), tag.New("name", "y", "k", "b"), tag.New("name", "z")} {
		random := rand.New(rand.NewPCG(uint64(i), 7))
		for s := int64(2000); s >= 0; s-- {
			v := 100 * random.Float64()
			if s == changed {
				v = 1000 + v
			}
			store.Set(tags, at-s*minute, v)
		}
	}
	return store
}

// reachAnswer returns the sum of the lines at one step; all of them are there or the sum differs anyway.
func reachAnswer(t *testing.T, e expr.Expr, store *tsdbtest.Store, at int64) float64 {
	t.Helper()
	rng := SingleStep([]expr.Expr{e}, at, minute)
	outcome, err := NewPlan([]expr.Expr{e}).Run(context.Background(), store, rng, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, l := range outcome.Lines[0] {
		if v := l.Values[rng.Len()-1]; !math.IsNaN(v) {
			sum += v
		}
	}
	return sum
}
