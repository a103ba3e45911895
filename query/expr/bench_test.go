package expr

import (
	"strings"
	"testing"
)

// dashboard is an expression as dashboards have them: the error rate of each cluster as a share, and when
// it was too high, with regular expression, grouping, legend and axis.
const dashboard = "name,http.requests,:eq,nf.app,www,:eq,:and,status,5..$,:re,:and,:sum,(,nf.cluster,),:by," +
	"name,http.requests,:eq,nf.app,www,:eq,:and,:sum,(,nf.cluster,),:by,:div,100,:mul,5,:rolling-count,3,:gt,$(nf.cluster),:legend,1,:axis"

func BenchmarkParse(b *testing.B) {
	long := strings.Repeat(dashboard+",", 10_000/len(dashboard))
	for _, bench := range []struct{ name, program string }{{"size=dashboard", dashboard}, {"size=10kB", long}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.program)))
			for b.Loop() {
				if _, err := Parse(bench.program, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkString(b *testing.B) {
	shown, err := Parse(dashboard, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = shown[0].String()
	}
}
