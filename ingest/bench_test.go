package ingest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/atlasjson"
	"github.com/telamon-tsdb/telamon/ingest/internal/payload"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// noStore takes everything and keeps only the names, as a database would.
type noStore struct{ refs map[string]tsdb.Ref }

func (s *noStore) Resolve(tags []byte) (tsdb.Ref, error) {
	ref, ok := s.refs[string(tags)]
	if !ok {
		ref = tsdb.Ref(len(s.refs) + 1)
		s.refs[string(tags)] = ref
	}
	return ref, nil
}

func (s *noStore) Append(context.Context, []tsdb.Point) ([]tsdb.Refusal, error) { return nil, nil }

// BenchmarkPublish is the way of a request from its bytes to Append: series in requests of 2000, again
// and again. With "memo=off" every sample is read and resolved in full.
func BenchmarkPublish(b *testing.B) {
	const perRequest = 2000
	for _, series := range []int{2000, 100_000} {
		for _, memo := range []string{"off", "on"} {
			b.Run(fmt.Sprintf("series=%d/memo=%s", series, memo), func(b *testing.B) {
				now := time.UnixMilli(1_700_000_040_000)
				p := ingest.New(ingest.Config{
					Store: &noStore{make(map[string]tsdb.Ref)},
					Now:   func() time.Time { return now },
				})
				var requests [][]byte
				size := 0
				for first := 0; first < series; first += perRequest {
					request := payload.Fleet(first, perRequest, now.UnixMilli())
					requests = append(requests, request)
					size = max(size, len(request))
				}
				var d atlasjson.Decoder
				if memo == "on" {
					d.Memo = p.Memo()
				}
				scratch := make([]byte, size)
				publish := func(request []byte) {
					body := scratch[:copy(scratch, request)]
					if err := d.Decode(body); err != nil {
						b.Fatal(err)
					}
					if report, err := p.Publish(b.Context(), &d); err != nil || report.Refused > 0 {
						b.Fatal(report, err)
					}
				}
				for _, request := range requests {
					publish(request)
				}
				b.ReportAllocs()
				b.SetBytes(int64(len(requests[0])))
				n := 0
				for b.Loop() {
					publish(requests[n%len(requests)])
					n++
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/perRequest, "ns/sample")
			})
		}
	}
}
