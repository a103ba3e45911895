package memseries

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// TestValueCounts holds counts against a plain map while series come and go.
func TestValueCounts(t *testing.T) {
	text := rapid.SampledFrom([]string{"", "a", "b", "c"})
	drawn := rapid.Custom(func(t *rapid.T) tag.Tags { return tag.FromMap(rapid.MapOfN(text, text, 0, 4).Draw(t, "tags")) })
	rapid.Check(t, func(t *rapid.T) {
		var counts valueCounts
		var alive []tag.Tags
		want := make(map[tag.Tag]int)
		for range rapid.IntRange(0, 50).Draw(t, "steps") {
			if len(alive) > 0 && rapid.IntRange(0, 2).Draw(t, "remove") == 0 {
				i := rapid.IntRange(0, len(alive)-1).Draw(t, "which")
				counts.remove(alive[i])
				for _, one := range alive[i] {
					want[one]--
				}
				alive = slices.Delete(alive, i, i+1)
			} else {
				tags := drawn.Draw(t, "series")
				counts.add(tags)
				for _, one := range tags {
					want[one]++
				}
				alive = append(alive, tags)
			}
			checkValueCounts(t, &counts, want)
		}
	})
}

func checkValueCounts(t *rapid.T, counts *valueCounts, want map[tag.Tag]int) {
	values := make(map[string]int)
	for one, n := range want {
		if n > 0 {
			values[one.Key]++
		}
		for position := range 3 { // a guess of the position does no harm
			k := counts.key(position, one.Key)
			if k.has(one.Value) != (n > 0) || n > 0 && k.find(one.Value).series != n {
				t.Fatalf("%v at %d: want %d series", one, position, n)
			}
		}
	}
	for key, n := range values {
		if got := counts.key(0, key).len(); got != n {
			t.Fatalf("key %q has %d values, want %d", key, got, n)
		}
	}
	if len(counts.keys) != len(values) {
		t.Fatalf("%d keys, want %d", len(counts.keys), len(values))
	}
}

// BenchmarkValueCounts adds the series of a fleet: 100 of a node one after the other, ten tags each.
func BenchmarkValueCounts(b *testing.B) {
	var all []tag.Tags
	for i := range 10_000 {
		all = append(all, tag.New(
			"name", fmt.Sprint("http.server.requests.", i%10), "atlas.dstype", "rate", "endpoint", fmt.Sprint("/api/v1/", i%10),
			"statistic", fmt.Sprint(i%4), "status", fmt.Sprint(i%3),
			"nf.app", fmt.Sprint("svc", i/100%37), "nf.cluster", fmt.Sprint("svc", i/100%37, "-main"),
			"nf.node", fmt.Sprint("i-0", i/100), "nf.region", "us-east-1", "nf.zone", fmt.Sprint("us-east-1", i/100%3)))
	}
	for b.Loop() {
		var counts valueCounts
		for _, tags := range all {
			counts.add(tags)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)), "ns/series")
}
