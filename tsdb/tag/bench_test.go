package tag

import "testing"

// fleetTags are those of a series as a service sends it.
var fleetTags = New("name", "http.server.requests", DataSourceType, "rate", "endpoint", "/api/v1/orders", "nf.app", "svc0012",
	"nf.cluster", "svc0012-main", "nf.node", "i-0000000000001eef", "nf.region", "us-east-1", "nf.zone", "us-east-1a",
	"statistic", "totalTime", "status", "2xx")

func BenchmarkParseCanonical(b *testing.B) {
	canonical := fleetTags.AppendCanonical(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseCanonical(canonical); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendParsed is without what ParseCanonical allocates.
func BenchmarkAppendParsed(b *testing.B) {
	canonical := string(fleetTags.AppendCanonical(nil))
	var dst Tags
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = AppendParsed(dst[:0], canonical); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkID(b *testing.B) {
	for b.Loop() {
		fleetTags.ID()
	}
}
