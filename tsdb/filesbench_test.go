package tsdb_test

import (
	"context"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// BenchmarkSelectFiles asks about the seven days of 2,000 series, in hour files and then in day files, and about the three
// hours in their middle, without the cache.
func BenchmarkSelectFiles(b *testing.B) {
	const series, days = 2000, 7
	f := &benchFleet{testDB: openTestDB(b, vfstest.NewMemory(), tsdb.Config{BlockDir: "/blocks", MemoryHorizon: time.Minute})}
	defer func() { f.close() }()
	for i := range series {
		f.refs = append(f.refs, f.resolve(fleetTags(i)))
	}
	start := int64(fleetStart)/86_400_000*86_400_000 + 86_400_000
	var batch []tsdb.Point
	for step := range int64(days * 24 * 60) {
		batch = batch[:0]
		for i := range series {
			batch = append(batch, tsdb.Point{Ref: f.refs[i], Time: start + (step+1)*fleetStep, Value: fleetValue(i, int(step))})
		}
		f.append(batch...)
	}
	end := start + days*86_400_000
	maintain := func(times int) {
		for range times {
			if err := f.Maintain(context.Background(), time.UnixMilli(end).Add(time.Hour)); err != nil {
				b.Fatal(err)
			}
		}
	}
	ask := func(name string) {
		f.WithoutCache()
		for _, question := range []struct {
			name       string
			where      tag.Predicate
			start, end int64
			step       int64
		}{
			{"7d/sum", tag.True{}, start, end, 60},
			{"7d/one-name", tag.Equal{Key: "name", Value: "http.server.requests.1"}, start, end, 60},
			{"3h/sum", tag.True{}, start + 3*86_400_000, start + 3*86_400_000 + 3*3_600_000, 1},
		} {
			b.Run(name+"/"+question.name, func(b *testing.B) {
				step := question.step * fleetStep
				q := tsdb.Query{
					Where: question.where, Aggregates: tsdb.Sum, Step: step,
					Start: question.start + step, End: question.end + step,
				}
				benchSelect(b, f, q)
			})
		}
	}
	maintain(1)
	ask("hours")
	f.reopen()
	maintain(days)
	ask("days")
}
