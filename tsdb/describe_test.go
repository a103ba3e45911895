package tsdb

import (
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// TestDescribe: what records say of their directory.
func TestDescribe(t *testing.T) {
	points := appendPointsBody(nil, 3, []stagedWrite{{series: 1, slot: 900, value: 1}, {series: 2, slot: 890, value: 2}, {series: 3, slot: 905, value: 3}}, nil)
	got, ok := describe(wal.Record{Type: wal.Points, Version: pointsVersion, Body: points})
	if !ok || got.Shard != 3 || got.Slots != (datadir.SlotRange{First: 890, Last: 905}) {
		t.Errorf("points: %+v, %t", got, ok)
	}
	series := append(appendSeriesHead(nil, 5, 7, 1), "\x04tags"...)
	if got, ok := describe(wal.Record{Type: wal.Series, Version: seriesVersion, Body: series}); !ok || got.Shard != 5 || string(got.Tags) != "tags" {
		t.Errorf("series: %+v, %t", got, ok)
	}
	if got, ok := describe(wal.Record{Type: wal.Series, Version: seriesVersion, Body: appendSeriesHead(nil, 5, 7, 0)}); !ok || got.Tags != nil {
		t.Errorf("no series: %+v, %t", got, ok)
	}
	if _, ok := describe(wal.Record{Type: wal.Document, Version: 1}); ok {
		t.Error("a record of others is described")
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add(uint8(wal.Points), appendPointsBody(nil, 3, []stagedWrite{{series: 1, slot: 900, value: 1}}, nil))
	f.Add(uint8(wal.Series), append(appendSeriesHead(nil, 5, 7, 1), "\x04tags"...))
	f.Add(uint8(wal.Points), []byte{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		got, ok := describe(wal.Record{Type: wal.Type(kind), Version: recordVersions[wal.Type(kind)], Body: body})
		if ok && (got.Shard < 0 || got.Shard >= maxShards || got.Slots.First > got.Slots.Last) {
			t.Errorf("%+v", got)
		}
	})
}
