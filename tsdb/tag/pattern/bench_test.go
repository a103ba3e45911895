package pattern

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkMatch(b *testing.B) {
	values := make([]string, 10_000)
	for i := range values {
		values[i] = fmt.Sprintf("i-%08x.service-%d.us-east-1", i*2654435761%(1<<32), i%50)
	}
	for _, source := range []string{"i-0", ".*service-7", "(i-a|i-b|i-c).*east", "i-[0-9a-f]+\\.service-1\\.us$", ".*SERVICE-7"} {
		p := mustCompile(b, source, strings.Contains(source, "S"))
		b.Run("pattern="+source, func(b *testing.B) {
			for b.Loop() {
				for _, v := range values {
					p.Matches(v)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(values)), "ns/value")
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		mustCompile(b, "http://[^/]+/(api|web)/v[0-9]+.*", false)
	}
}
