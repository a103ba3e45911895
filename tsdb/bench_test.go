package tsdb_test

import (
	"context"
	"fmt"
	"math"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// Times of the fleet of the benchmarks: steps of a minute, the first one on the edge of a window.
const (
	fleetStep  = 60_000
	fleetStart = 29_000_000 * fleetStep / 60 * 60
	perNode    = 100 // series of one node
)

// fleetTags returns the tags of series i of a fleet, 8 to 10 as services send them: 40 counters, 20 buckets of
// a percentile timer, 40 gauges a node.
func fleetTags(i int) tag.Tags {
	node, k := i/perNode, i%perNode
	tags := tag.Tags{
		{Key: "nf.app", Value: fmt.Sprintf("svc%04d", node%37)},
		{Key: "nf.cluster", Value: fmt.Sprintf("svc%04d-main", node%37)},
		{Key: "nf.node", Value: fmt.Sprintf("i-0%016x", node*7919)},
		{Key: "nf.region", Value: "us-east-1"},
		{Key: "nf.zone", Value: "us-east-1" + string(rune('a'+node%3))},
	}
	switch {
	case k < 40:
		tags = append(tags,
			tag.Tag{Key: "name", Value: fmt.Sprint("http.server.requests.", k/10)},
			tag.Tag{Key: "atlas.dstype", Value: "rate"},
			tag.Tag{Key: "endpoint", Value: fmt.Sprint("/api/v1/", k%10)})
	case k < 60:
		tags = append(tags,
			tag.Tag{Key: "name", Value: "http.server.latency"},
			tag.Tag{Key: "atlas.dstype", Value: "rate"},
			tag.Tag{Key: "percentile", Value: fmt.Sprintf("T%04X", 100+k)})
	default:
		tags = append(tags,
			tag.Tag{Key: "name", Value: fmt.Sprint("jvm.memory.", k/10)},
			tag.Tag{Key: "atlas.dstype", Value: "gauge"},
			tag.Tag{Key: "id", Value: fmt.Sprint("pool-", k%10)})
	}
	return tag.Sort(tags)
}

// fleetValue is the value of series i at a step: counts per minute as rates, every third mostly zero; totals and
// gauges with full mantissas; gauges that never change; whole numbers that walk.
func fleetValue(i, step int) float64 {
	h := uint64(i)*0x9e3779b97f4a7c15 + uint64(step)*0xbf58476d1ce4e5b9
	h = (h ^ h>>30) * 0x94d049bb133111eb
	h ^= h >> 31
	noise := float64(h>>11) / (1 << 53)
	wave := 1 + 0.5*math.Sin(float64(step)/240+float64(i%perNode))
	switch k := i % perNode; {
	case k < 40 && k%3 == 0:
		if h%32 != 0 {
			return 0
		}
		return float64(1+h%5) / 60
	case k < 60 && k%5 == 1:
		return 3 * wave * (1 + noise/9)
	case k < 60:
		return math.Floor(float64(20+k)*wave*(0.9+noise/5)) / 60
	case k < 75:
		return float64(uint64(1) << (20 + k%8))
	case k < 90:
		return math.Floor(1e8*wave + 1e6*noise)
	default:
		return 50 * wave * (1 + noise/50)
	}
}

// A benchFleet is a DB with a fleet in it.
type benchFleet struct {
	*testDB
	refs []tsdb.Ref
}

func newBenchFleet(b *testing.B, series, steps int) *benchFleet {
	b.Helper()
	return newBenchFleetConfig(b, series, steps, tsdb.Config{})
}

func newBenchFleetConfig(b *testing.B, series, steps int, cfg tsdb.Config) *benchFleet {
	b.Helper()
	f := &benchFleet{testDB: openTestDB(b, vfstest.NewMemory(), cfg)}
	for i := range series {
		f.refs = append(f.refs, f.resolve(fleetTags(i)))
	}
	batch := make([]tsdb.Point, 0, series)
	for step := range steps {
		batch = f.batch(batch[:0], 0, series, step)
		f.append(batch...)
	}
	return f
}

// batch appends the points of n series from the first on at one step.
func (f *benchFleet) batch(dst []tsdb.Point, first, n, step int) []tsdb.Point {
	at := int64(fleetStart + (step+1)*fleetStep)
	for i := first; i < first+n; i++ {
		dst = append(dst, tsdb.Point{Ref: f.refs[i], Time: at, Value: fleetValue(i, step)})
	}
	return dst
}

// BenchmarkAppend appends known series in order of time, as live traffic does, with a log on disk and without one that
// waits for it. One operation is one point; the closing of windows is in it.
func BenchmarkAppend(b *testing.B) {
	for _, series := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("series=%d/batch=2000", series), func(b *testing.B) {
			log, err := wal.Open(wal.Config{Dir: b.TempDir(), Sync: wal.SyncNone})
			if err != nil {
				b.Fatal(err)
			}
			defer log.Close()
			if err := log.Replay(func(wal.Position, wal.Record) error { return nil }); err != nil {
				b.Fatal(err)
			}
			db, err := tsdb.New(tsdb.Config{Log: log})
			if err != nil {
				b.Fatal(err)
			}
			if err := db.Start(); err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			f := &benchFleet{testDB: &testDB{DB: db, t: b}}
			for i := range series {
				f.refs = append(f.refs, f.resolve(fleetTags(i)))
			}
			var batch []tsdb.Point
			var spent time.Duration
			b.ResetTimer()
			for n := 0; n < b.N; n += len(batch) {
				b.StopTimer()
				batch = f.batch(batch[:0], n%series, min(2000, series), n/series)
				used := cpuTime(b)
				b.StartTimer()
				f.append(batch...)
				spent += cpuTime(b) - used
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "points/s")
			b.ReportMetric(spent.Seconds()/float64(b.N)*1e6, "cpu-s/Mpoint")
		})
	}
}

// benchSelect reports the processor time of a query, in all and by sample.
func benchSelect(b *testing.B, s tsdb.Selector, q tsdb.Query) {
	samples := 0
	used := cpuTime(b)
	for b.Loop() {
		samples = 0
		for c, err := range s.Select(context.Background(), q) {
			if err != nil {
				b.Fatal(err)
			}
			samples += c.Samples
		}
	}
	spent := float64((cpuTime(b) - used).Nanoseconds()) / float64(b.N)
	b.ReportMetric(spent/1e6, "cpu-ms/op")
	b.ReportMetric(spent/float64(samples), "cpu-ns/sample")
}

// BenchmarkSelect asks the questions of a dashboard, without the cache, about three hours of steps of a minute, of which two windows are
// open and one is sealed or more.
func BenchmarkSelect(b *testing.B) {
	const steps = 4*60 + 30
	end := int64(fleetStart + steps*fleetStep)
	for _, series := range []int{10_000, 100_000} {
		f := newBenchFleet(b, series, steps)
		f.WithoutCache()
		st := f.Stats()
		for _, question := range []struct {
			name  string
			where tag.Predicate
			by    []string
			step  int64
		}{
			{"sum", tag.True{}, nil, 1},
			{"sum/step=5m", tag.True{}, nil, 5},
			{"by=node", tag.True{}, []string{"nf.node"}, 1},
			{"one-name/by=node", tag.Equal{Key: "name", Value: "http.server.requests.1"}, []string{"nf.node"}, 1},
			{"buckets/by=percentile", tag.Equal{Key: "name", Value: "http.server.latency"}, []string{"percentile"}, 1},
		} {
			b.Run(fmt.Sprintf("series=%d/%s", series, question.name), func(b *testing.B) {
				step := question.step * fleetStep
				q := tsdb.Query{
					Where: question.where, By: question.by, Aggregates: tsdb.Sum, Step: step,
					Start: (end - 180*fleetStep) / step * step, End: end / step * step,
				}
				b.ReportAllocs()
				benchSelect(b, f, q)
			})
		}
		b.Logf("%d series: %.0f bytes of windows a series", series, float64(st.WindowBytes)/float64(series))
		f.close()
	}
}

// BenchmarkSelectAgain asks the questions of a dashboard that is refreshed each step, of which only the last one is new.
func BenchmarkSelectAgain(b *testing.B) {
	for _, series := range []int{10_000, 100_000} {
		step := 3*60 + 30
		clock := func() time.Time { return time.UnixMilli(fleetStart + int64(step)*fleetStep + fleetStep/2) }
		f := newBenchFleetConfig(b, series, step, tsdb.Config{Now: clock})
		for _, question := range []struct {
			name string
			by   []string
		}{{"sum", nil}, {"by=node", []string{"nf.node"}}} {
			b.Run(fmt.Sprintf("series=%d/%s", series, question.name), func(b *testing.B) {
				var batch []tsdb.Point
				var spent, most time.Duration
				ask := func() {
					end := int64(fleetStart + (step+1)*fleetStep)
					q := tsdb.Query{
						Where: tag.True{}, By: question.by, Aggregates: tsdb.Sum, Step: fleetStep, Start: end - 180*fleetStep, End: end,
					}
					used := cpuTime(b)
					for _, err := range f.Select(context.Background(), q) {
						if err != nil {
							b.Fatal(err)
						}
					}
					used = cpuTime(b) - used
					spent, most = spent+used, max(most, used)
				}
				ask()
				spent, most = 0, 0
				b.ReportAllocs()
				for b.Loop() {
					b.StopTimer()
					batch = f.batch(batch[:0], 0, series, step)
					f.append(batch...)
					step++
					b.StartTimer()
					ask()
				}
				b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N)/1e6, "cpu-ms/op")
				b.ReportMetric(float64(most.Nanoseconds())/1e6, "cpu-ms-most")
			})
		}
		f.close()
	}
}

// cpuTime returns what the process has used of all cores.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkReplay restarts on a log of points, and on one of series that have one point each; with -cpu 1,2 on one core
// and on two.
func BenchmarkReplay(b *testing.B) {
	for _, size := range []struct{ series, steps int }{{50_000, 120}, {100_000, 1}} {
		b.Run(fmt.Sprintf("series=%d/steps=%d", size.series, size.steps), func(b *testing.B) {
			f := newBenchFleet(b, size.series, size.steps)
			defer func() { f.close() }()
			used := cpuTime(b)
			for b.Loop() {
				f.reopen()
			}
			points := float64(b.N * size.series * size.steps)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/points, "ns/point")
			b.ReportMetric(float64((cpuTime(b)-used).Nanoseconds())/points, "cpu-ns/point")
		})
	}
}
