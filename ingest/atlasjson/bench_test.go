package atlasjson

import (
	"fmt"
	"slices"
	"testing"

	"github.com/telamon-tsdb/telamon/ingest/internal/payload"
)

func BenchmarkDecode(b *testing.B) {
	const metrics = 2000
	body := payload.Fleet(0, metrics, 1_700_000_040_000)
	b.Run(fmt.Sprintf("metrics=%d", metrics), func(b *testing.B) {
		var d Decoder
		scratch := slices.Clone(body)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			copy(scratch, body)
			if err := d.Decode(scratch); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/metrics, "ns/sample")
	})
}
