package tsdb

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// TestTombstoneBody: the bytes are those of the drawing, and bytes that are none of ours are an error.
func TestTombstoneBody(t *testing.T) {
	for _, c := range []struct {
		name string
		tombstone
		body []byte
	}{
		{"one slot of one series", tombstone{3, 3, []uint32{0}}, []byte{
			7,    // shard
			6,    // first slot, zigzag
			6,    // last slot
			1,    // count
			0x00, // number
		}},
		{"all there is", tombstone{math.MinInt64, math.MaxInt64, []uint32{2, 3, 300}}, slices.Concat([]byte{7},
			[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
			[]byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01},
			[]byte{3, 2, 1, 0xa9, 0x02}, // 2, + 1, + 297
		)},
	} {
		body := appendTombstoneBody(nil, 7, c.tombstone)
		if !bytes.Equal(body, c.body) {
			t.Errorf("%s: %x, want %x", c.name, body, c.body)
		}
		r := &bodyReader{rest: body}
		shard := r.uvarint()
		got, err := readTombstone(r)
		if err = errors.Join(err, r.end()); err != nil || shard != 7 || got.first != c.first || got.last != c.last || !slices.Equal(got.numbers, c.numbers) {
			t.Errorf("%s: read back as %+v of shard %d, %v", c.name, got, shard, err)
		}
	}
	for name, body := range map[string][]byte{
		"cut off":                {2, 2},
		"fewer than counted":     {2, 2, 5, 1, 1},
		"the same number twice":  {2, 2, 2, 1, 0},
		"a number over 32 bits":  {2, 2, 1, 0xff, 0xff, 0xff, 0xff, 0x1f},
		"more than 32 bits in 2": {2, 2, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 1},
	} {
		if got, err := readTombstone(&bodyReader{rest: body}); err == nil {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

// FuzzReplay takes any bytes for the body of any record: they are an error, or change something, and what is there can be
// asked for, packed and deleted.
func FuzzReplay(f *testing.F) {
	list := []memseries.Series{memseries.NewSeries(memseries.Canonical(tag.New("name", "a").AppendCanonical(nil)), tag.New("name", "a"))}
	points := appendPointsBody(nil, 0, []stagedWrite{{series: 0, slot: 3, value: 1}, {series: 0, slot: 9, value: 2}}, nil)
	f.Add(byte(wal.Series), seriesBody(0, 0, list))
	f.Add(byte(wal.Points), points)
	f.Add(byte(wal.Tombstone), appendTombstoneBody(nil, 0, tombstone{3, 4, []uint32{0, 1}}))
	f.Add(byte(wal.Tombstone), appendTombstoneBody(nil, 0, tombstone{math.MinInt64, math.MaxInt64, []uint32{0}}))
	f.Fuzz(func(t *testing.T, kind byte, body []byte) {
		if len(body) > 1<<10 {
			return
		}
		db, err := New(Config{WindowSlots: 4, Shards: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for i, rec := range []wal.Record{
			{Type: wal.Series, Version: seriesVersion, Body: seriesBody(0, 0, list)},
			{Type: wal.Points, Version: pointsVersion, Body: points},
			{Type: wal.Type(kind), Version: 1, Body: body},
			{Type: wal.Tombstone, Version: tombstoneVersion, Body: appendTombstoneBody(nil, 0, tombstone{1, 7, []uint32{0}})},
		} {
			if err := db.Replay(wal.Position(i), rec); err != nil {
				return
			}
		}
		if err := db.replay.finish(); err != nil {
			return
		}
		s := db.shards[0]
		if err := s.values.sealAbove(0); err != nil {
			t.Fatal(err)
		}
		scratch := make([]float64, s.grid.Width)
		for number, w := range s.values.byNumber {
			w.series(func(series uint32) {
				if values, err := w.slots(series, scratch); err != nil || values == nil || vector.AllNaN(values) {
					t.Fatalf("window %d, series %d: %v, %v", number, series, values, err)
				}
			})
		}
	})
}
