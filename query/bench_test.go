package query

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// A prepared store hands out the same columns for every query, so that evaluation is measured alone. The
// engine owns what it is given: the values must be filled in anew before every run.
type prepared struct {
	columns map[string][]tsdb.Column // by metric name
	values  map[string][]float64
	room    map[string][]float64
}

func prepare(lines, points int, names ...string) *prepared {
	p := &prepared{map[string][]tsdb.Column{}, map[string][]float64{}, map[string][]float64{}}
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range names {
		p.values[name], p.room[name] = make([]float64, lines*points), make([]float64, lines*points)
		for i := range p.values[name] {
			p.values[name][i] = random.NormFloat64()
			if random.IntN(50) == 0 {
				p.values[name][i] = nan
			}
		}
		for i := range lines {
			p.columns[name] = append(p.columns[name], tsdb.Column{
				Tags: tag.New("node", fmt.Sprintf("i-%05x", i)), Sum: p.room[name][i*points:][:points:points],
				SubSteps: 1, Series: 10, Samples: 10 * points,
			})
		}
	}
	return p
}

func (p *prepared) refill() {
	for name, values := range p.values {
		copy(p.room[name], values)
	}
}

func (p *prepared) Select(ctx context.Context, q tsdb.Query) iter.Seq2[tsdb.Column, error] {
	return func(yield func(tsdb.Column, error) bool) {
		for _, c := range p.columns[q.Where.(tag.Equal).Value] {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// BenchmarkEval measures an expression over groups of 1,000 lines and 180 points, from columns to lines.
// The bars are 2 ms for arithmetic over two groups and 3 ms for a stateful word.
func BenchmarkEval(b *testing.B) {
	const lines, points = 1000, 180
	const one, other = "name,a,:eq,(,node,),:by", "name,b,:eq,(,node,),:by"
	for name, program := range map[string]string{
		"read":          one,
		"add":           one + "," + other + ",:add",
		"div":           one + "," + other + ",:div",
		"gt-constant":   one + ",5,:gt",
		"rolling-count": one + ",10,:rolling-count",
		"rolling-max":   one + ",10,:rolling-max",
		"rolling-mean":  one + ",10,5,:rolling-mean",
		"derivative":    one + ",:derivative",
		"des":           one + ",10,0.1,0.5,:des",
		"sdes":          one + ",10,0.1,0.5,:sdes",
		"topk":          one + ",max,10,:topk",
		"collapse":      one + ",:max",
		"consolidate":   one + ",avg,5m,:consolidate",
	} {
		b.Run(fmt.Sprintf("%s/lines=%d/points=%d", name, lines, points), func(b *testing.B) {
			exprs := parseExprs(b, program)
			store := prepare(lines, points, "a", "b")
			rng := eval.Range{End: points * minute, Step: minute, Primary: minute}
			plan := eval.NewPlan(exprs)
			b.ReportAllocs()
			var cpu time.Duration
			for b.Loop() {
				b.StopTimer()
				store.refill()
				b.StartTimer()
				begin := cpuTime(b)
				if _, err := plan.Run(context.Background(), store, rng, eval.Limits{}); err != nil {
					b.Fatal(err)
				}
				cpu += cpuTime(b) - begin
			}
			b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N*lines*points), "cpu-ns/point")
		})
	}
}

// BenchmarkEngine measures a whole answer, with legends and statistics.
func BenchmarkEngine(b *testing.B) {
	const lines, points = 1000, 180
	store := prepare(lines, points, "a")
	engine := NewEngine(Config{Store: store})
	styled, err := expr.Parse("name,a,:eq,(,node,),:by,5,:gt", expr.Options{})
	if err != nil {
		b.Fatal(err)
	}
	r := Request{Exprs: styled, Range: eval.Range{End: points * minute, Step: minute, Primary: minute}}
	b.ReportAllocs()
	var cpu time.Duration
	for b.Loop() {
		begin := cpuTime(b)
		if _, err := engine.Eval(context.Background(), r); err != nil {
			b.Fatal(err)
		}
		cpu += cpuTime(b) - begin
	}
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/op")
}

// cpuTime returns the processor time that this process has used, collecting garbage included: the bars are
// in processor time, because machines that measure are shared.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkPlan measures parsing and planning; the bar is 20 µs for an expression as on dashboards.
func BenchmarkPlan(b *testing.B) {
	const program = "nf.app,www,:eq,name,http.requests,:eq,:and,:dist-avg,(,nf.zone,),:by,:dup,10,:rolling-count,5,:gt,high in $(nf.zone),:legend"
	b.ReportAllocs()
	for b.Loop() {
		styled, err := expr.Parse(program, expr.Options{})
		if err != nil {
			b.Fatal(err)
		}
		eval.NewPlan([]expr.Expr{styled[0].Expr, styled[1].Expr})
	}
}

// BenchmarkRealStore measures answers over 10,000 series of the DB, in memory: 1,000 groups of ten. The bar
// is 16 bytes allocated per output point.
func BenchmarkRealStore(b *testing.B) {
	const groups, perGroup, points = 1000, 10, 180
	db := tsdbtest.OpenDB(b)
	random := rand.New(rand.NewPCG(1, 2))
	var batch []tsdb.Point
	for i := range groups * perGroup {
		tags := tag.New("name", "a", "node", fmt.Sprintf("i-%05x", i/perGroup), "id", fmt.Sprint(i%perGroup), tag.DataSourceType, "gauge")
		ref, err := db.Resolve(tags.AppendCanonical(nil))
		if err != nil {
			b.Fatal(err)
		}
		for at := range points {
			batch = append(batch, tsdb.Point{Ref: ref, Time: int64(at) * minute, Value: random.NormFloat64()})
		}
		if i%100 < 99 {
			continue
		}
		if _, err := db.Append(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
		batch = batch[:0]
	}
	for name, program := range map[string]string{
		"by":            "name,a,:eq,(,node,),:by",
		"by-avg":        "name,a,:eq,:avg,(,node,),:by",
		"rolling-count": "name,a,:eq,(,node,),:by,10,:rolling-count",
		"sum":           "name,a,:eq,:sum",
	} {
		b.Run(fmt.Sprintf("%s/series=%d/points=%d", name, groups*perGroup, points), func(b *testing.B) {
			plan := eval.NewPlan(parseExprs(b, program))
			rng := eval.Range{End: points * minute, Step: minute, Primary: minute}
			lines := 0
			var cpu time.Duration
			b.ReportAllocs()
			for b.Loop() {
				begin := cpuTime(b)
				outcome, err := plan.Run(context.Background(), db, rng, eval.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				lines = len(outcome.Lines[0])
				cpu += cpuTime(b) - begin
			}
			b.ReportMetric(float64(cpu.Microseconds())/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(lines), "lines")
		})
	}
}
