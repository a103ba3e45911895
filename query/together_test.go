package query

import (
	"context"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// Expressions that are evaluated together have the lines that they have alone, to the last bit: sharing
// reads and subtrees and overwriting what nobody else needs changes nothing.
func TestTogetherIsAlone(t *testing.T) {
	store := tsdbtest.Fleet()
	rng := eval.Range{
		Start: tsdbtest.FleetFirst + 60*minute, End: tsdbtest.FleetFirst + 80*minute, Step: 2 * minute, Primary: minute,
	}
	alone := map[expr.Expr][]eval.Line{}
	var exprs []expr.Expr
	for _, e := range goldenExprs(t) {
		outcome, err := eval.NewPlan([]expr.Expr{e}).Run(context.Background(), store, rng, eval.Limits{})
		if err == nil {
			alone[e] = outcome.Lines[0]
			exprs = append(exprs, e)
		}
	}
	const together = 60
	random := rand.New(rand.NewPCG(5, 6))
	random.Shuffle(len(exprs), func(i, j int) { exprs[i], exprs[j] = exprs[j], exprs[i] })
	for len(exprs) > 0 {
		some := exprs[:min(together, len(exprs))]
		exprs = exprs[len(some):]
		outcome, err := eval.NewPlan(some).Run(context.Background(), store, rng, eval.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range some {
			if !sameLines(outcome.Lines[i], alone[e]) {
				t.Errorf("%s: differs among others", e)
			}
		}
	}
}

// goldenExprs returns every expression of the recordings once.
func goldenExprs(t testing.TB) []expr.Expr {
	files, err := filepath.Glob("testdata/golden/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var exprs []expr.Expr
	seen := map[string]bool{}
	for _, file := range files {
		for _, c := range readGolden(t, file) {
			request, err := c.request()
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range request.Exprs {
				if text := s.Expr.String(); !seen[text] {
					seen[text] = true
					exprs = append(exprs, s.Expr)
				}
			}
		}
	}
	return exprs
}

func sameLines(a, b []eval.Line) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Label != b[i].Label || a[i].Tags.String() != b[i].Tags.String() || a[i].Gauge != b[i].Gauge {
			return false
		}
		for j := range a[i].Values {
			if math.Float64bits(a[i].Values[j]) != math.Float64bits(b[i].Values[j]) && a[i].Values[j] == a[i].Values[j] {
				return false
			}
		}
	}
	return true
}
