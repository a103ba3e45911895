package query

import (
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// Whatever a program says, evaluating it ends in lines of the right length or in an error.
func FuzzEval(f *testing.F) {
	for i, e := range goldenExprs(f) {
		if i%20 == 0 {
			f.Add(e.String())
		}
	}
	f.Add("name,a,:eq,max,P99999999999D,:consolidate,86400,:delay,86400,:rolling-max")
	f.Add("name,a,:eq,P99999999999D,:trend,2000000000,0.1,0.1,:sdes")
	f.Add("name,a,:eq,(,k,),:by,$k $atlas.max,:legend,(.)b?,<$1>,:s,hex,:decode,max,:sort,1,:limit")
	store, err := tsdbtest.ParseStore(strings.NewReader(`
step 60s
series name=a k=x percentile=T0001 distinct=R01 atlas.dstype=gauge  1 2 NaN 4 +Inf -1
series name=a k=y percentile=T0002 distinct=R02  0 0 3 NaN NaN 5
series name=b k=x percentile=D0003  7*6
`))
	if err != nil {
		f.Fatal(err)
	}
	engine := NewEngine(Config{Store: store, MaxBytes: 8 << 20})
	rng := eval.Range{End: 6 * minute, Step: minute, Primary: minute, Now: time.UnixMilli(0)}
	f.Fuzz(func(t *testing.T, program string) {
		if len(program) > 500 {
			return // long programs are slow, not different
		}
		result, err := evalText(engine, program, rng)
		if err != nil {
			return
		}
		for _, l := range result.Lines {
			if len(l.Values) != rng.Len()-1 {
				t.Fatalf("a line of %d values, want %d", len(l.Values), rng.Len()-1)
			}
		}
		exprs, err := expr.Parse(program, expr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range exprs {
			if _, err := engine.EvalStep(t.Context(), []expr.Expr{s.Expr}, 5*minute, minute); err != nil && len(err.Error()) == 0 {
				t.Fatal("an error without text")
			}
		}
	})
}
