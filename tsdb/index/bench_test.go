package index

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

const fleetSeries = 100_000

// fleet returns series as a fleet has them: 10 tags, 100 series on each of 1,000 nodes.
func fleet() []tag.Tags {
	all := make([]tag.Tags, fleetSeries)
	for i := range all {
		node := i / 100
		app := node % 20
		all[i] = tag.New(
			"name", fmt.Sprintf("metric.number.%d", i%50),
			"nf.app", fmt.Sprintf("app%d", app),
			"nf.cluster", fmt.Sprintf("app%d-main", app),
			"nf.asg", fmt.Sprintf("app%d-main-v%03d", app, node%3),
			"nf.node", fmt.Sprintf("i-%08x", uint32(node)*2654435761),
			"nf.region", "us-east-1",
			"nf.zone", fmt.Sprintf("us-east-1%c", 'a'+node%3),
			"nf.account", "1234567890",
			"atlas.dstype", []string{"gauge", "rate"}[i%2],
			"id", fmt.Sprintf("id-%d", i%100),
		)
	}
	return all
}

func heapBytes() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func BenchmarkAdd(b *testing.B) {
	all := fleet()
	before := heapBytes()
	var x *Index
	for b.Loop() {
		x = New()
		for i, tags := range all {
			x.Add(uint32(i), tags)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*fleetSeries), "ns/series")
	b.ReportMetric((heapBytes()-before)/fleetSeries, "B/series")
	runtime.KeepAlive(x)
	runtime.KeepAlive(all)
}

func BenchmarkRemove(b *testing.B) {
	all := fleet()
	for b.Loop() {
		b.StopTimer()
		x := New()
		var gone []Series
		for i, tags := range all {
			x.Add(uint32(i), tags)
			if i%10 == 0 {
				gone = append(gone, Series{uint32(i), tags})
			}
		}
		b.StartTimer()
		x.Remove(gone...)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*fleetSeries/10), "ns/series")
}

func BenchmarkLookup(b *testing.B) {
	x := New()
	for i, tags := range fleet() {
		x.Add(uint32(i), append(tags, tag.Tag{Key: "unique", Value: fmt.Sprintf("u-%d", i%10_000)}))
	}
	match := func(source string) tag.Predicate {
		p, err := pattern.Compile(source, false)
		if err != nil {
			b.Fatal(err)
		}
		return tag.Match{Key: "unique", Pattern: p}
	}
	name := tag.Equal{Key: "name", Value: "metric.number.7"}
	app := tag.Equal{Key: "nf.app", Value: "app7"}
	for _, bench := range []struct {
		name string
		p    tag.Predicate
	}{
		{"name", name},
		{"name,app", tag.And{Left: name, Right: app}},
		{"name,not-app", tag.And{Left: name, Right: tag.Not{Inner: app}}},
		{"name,has", tag.And{Left: name, Right: tag.Has{Key: "id"}}},
		{"not-app", tag.Not{Inner: app}},
		{"values=1e4/prefix", match("u-12")},
		{"values=1e4/contains", match(".*77")},
		{"values=1e4/alternatives", match("(u-1|u-2|u-3)5+$")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Lookup(bench.p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("values=1e4/list", func(b *testing.B) {
		for b.Loop() {
			if _, err := x.Values("unique", name, Page{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("values=1e4/page", func(b *testing.B) {
		for b.Loop() {
			if _, err := x.Values("unique", tag.True{}, Page{After: "u-5", Limit: 1000}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("keys", func(b *testing.B) {
		for b.Loop() {
			if _, err := x.Keys(app, Page{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
