package tsdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A placedRecord is a record of a log and where it lies.
type placedRecord struct {
	at  wal.Position
	rec wal.Record
}

// replayConfig is that of the tests here: few shards and short windows, which are sealed often.
var replayConfig = Config{Shards: 3, WindowSlots: 4, Step: time.Second}

// drawLog makes a log of definitions, points and states, and tombstones of the shards, in which some records are missing
// or come twice.
func drawLog(t *rapid.T) []placedRecord {
	var records []placedRecord
	at := wal.Position(1 << 32)
	add := func(kind wal.Type, version uint8, body []byte) {
		at += 100
		for range rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 0, 2}).Draw(t, "times") {
			records = append(records, placedRecord{at, wal.Record{Type: kind, Version: version, Body: body}})
		}
	}
	defined := make([]int, replayConfig.Shards)
	for range rapid.IntRange(0, 60).Draw(t, "records") {
		shard := rapid.IntRange(0, replayConfig.Shards-1).Draw(t, "shard")
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			list := make([]memseries.Series, rapid.IntRange(1, 5).Draw(t, "series"))
			for i := range list {
				dstype := []string{"rate", "gauge", "counter"}[(defined[shard]+i)%3]
				tags := tag.New("name", fmt.Sprint("s", shard, "-", defined[shard]+i), tag.DataSourceType, dstype)
				list[i].Tags = memseries.Canonical(tags.AppendCanonical(nil))
			}
			add(wal.Series, seriesVersion, seriesBody(shard, defined[shard], list))
			defined[shard] += len(list)
			continue
		}
		number := rapid.Uint32Range(0, uint32(defined[shard]+2))
		if rapid.IntRange(0, 7).Draw(t, "tombstone") == 0 {
			first := rapid.Int64Range(998, 1022).Draw(t, "from")
			numbers := rapid.SliceOfNDistinct(number, 0, 3, rapid.ID).Draw(t, "hidden")
			slices.Sort(numbers)
			hide := tombstone{first, first + rapid.Int64Range(0, 9).Draw(t, "length"), numbers}
			add(wal.Tombstone, tombstoneVersion, appendTombstoneBody(nil, shard, hide))
			continue
		}
		writes := make([]stagedWrite, rapid.IntRange(0, 12).Draw(t, "writes"))
		slot := rapid.Int64Range(1000, 1020)
		for i := range writes {
			writes[i] = stagedWrite{series: number.Draw(t, "number"), slot: slot.Draw(t, "slot"), value: float64(i)}
			switch {
			case rapid.IntRange(0, 9).Draw(t, "clear") == 0:
				writes[i].value = math.NaN()
			case i > 0 && rapid.Bool().Draw(t, "same slot"):
				writes[i].slot = writes[i-1].slot
			}
		}
		var states []stagedState
		for range rapid.IntRange(0, 2).Draw(t, "states") {
			state := normalize.State{Last: slot.Draw(t, "last") * 1000, Partial: 0.5}
			states = append(states, stagedState{series: number.Draw(t, "number"), mustLog: true, state: state})
		}
		add(wal.Points, pointsVersion, appendPointsBody(nil, shard, writes, states))
	}
	return records
}

// seriesBody is the body that defines some series.
func seriesBody(shard, first int, list []memseries.Series) []byte {
	dst := appendSeriesHead(nil, shard, uint32(first), len(list))
	for _, one := range list {
		dst = append(binary.AppendUvarint(dst, uint64(len(one.Tags))), one.Tags...)
	}
	return dst
}

// TestReplayParallel compares the DB that a log leaves when it is replayed in batches of any size with one to which
// its records were applied one by one.
func TestReplayParallel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got, want := newTestDB(t), newTestDB(t)
		for _, one := range drawLog(t) {
			if err := want.replayPlain(one.at, one.rec); err != nil {
				t.Fatal(err)
			}
			body := slices.Clone(one.rec.Body)
			if err := got.Replay(one.at, wal.Record{Type: one.rec.Type, Version: one.rec.Version, Body: body}); err != nil {
				t.Fatal(err)
			}
			clear(body) // it was the caller's
			if rapid.IntRange(0, 5).Draw(t, "flush") == 0 {
				if err := got.replay.flush(); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, db := range []*DB{got, want} {
			if err := db.Start(); err != nil {
				t.Fatal(err)
			}
			defer db.Close()
		}
		for i := range want.shards {
			if g, w := describeShard(got.shards[i]), describeShard(want.shards[i]); g != w {
				t.Fatalf("shard %d:\n got %s\nwant %s", i, g, w)
			}
		}
	})
}

func newTestDB(t rapid.TB) *DB {
	db, err := New(replayConfig)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// replayPlain applies a record at once.
func (db *DB) replayPlain(at wal.Position, rec wal.Record) error {
	body := &bodyReader{rest: rec.Body}
	s := db.shards[body.uvarint()]
	switch rec.Type {
	case wal.Series:
		return s.replaySeries(body)
	case wal.Tombstone:
		return s.replayTombstone(db.blocks, at, body)
	}
	return (&pointsReplay{shard: s, blocks: db.blocks}).apply(at, body)
}

// describeShard writes down all that a replay leaves behind, with the windows as they go to files: which of them are
// sealed when depends on the batches.
func describeShard(s *shard) string {
	var b, windows strings.Builder
	for _, number := range slices.Clone(s.values.order) {
		w, err := s.sealed(number)
		fmt.Fprintf(&windows, "window %d: %v\n", number, err)
		if w == nil {
			continue
		}
		since, unfiled := unfiledSince(w)
		fmt.Fprintln(&windows, since, unfiled)
		w.series(func(number uint32) {
			values, err := w.slots(number, make([]float64, s.grid.Width))
			fmt.Fprintln(&windows, number, values, err)
			block, err := w.appendBlock(nil, number)
			fmt.Fprintf(&windows, "%x %v\n", block, err)
		})
		s.unpin(sealedIn(w))
	}
	fmt.Fprintln(&b, s.series.Table.Len(), s.series.Table.Next(), s.series.Table.Unlogged(), s.values.logAt, s.impossible, s.series.Index.Len())
	for i, e := range s.series.Table.All(0) {
		fmt.Fprintf(&b, "series %d: %q %x %v %v\n", i, e.Tags, e.ID, e.Windows(), e.State)
	}
	return b.String() + windows.String()
}

// TestReplayError hides a record that does not fit among good ones: the error names it, at the next record, the next
// batch or the start.
func TestReplayError(t *testing.T) {
	one := []memseries.Series{{Tags: memseries.Canonical(tag.New("name", "a").AppendCanonical(nil))}}
	other := []memseries.Series{{Tags: memseries.Canonical(tag.New("name", "b").AppendCanonical(nil))}}
	for what, bad := range map[string]wal.Record{
		"a foreign type":      {Type: wal.Document, Version: 1},
		"a foreign version":   {Type: wal.Points, Version: pointsVersion + 1, Body: []byte{0, 0, 0}},
		"no body":             {Type: wal.Points, Version: pointsVersion},
		"a shard too many":    {Type: wal.Points, Version: pointsVersion, Body: []byte{9, 0, 0}},
		"points cut off":      {Type: wal.Points, Version: pointsVersion, Body: []byte{1, 2, 0}},
		"bytes left over":     {Type: wal.Points, Version: pointsVersion, Body: []byte{1, 0, 0, 7}},
		"a bad state":         {Type: wal.Points, Version: pointsVersion, Body: []byte{1, 0, 1, 0, 0xff}},
		"a series twice":      {Type: wal.Series, Version: seriesVersion, Body: seriesBody(1, 0, other)},
		"tags that are none":  {Type: wal.Series, Version: seriesVersion, Body: seriesBody(1, 1, []memseries.Series{{Tags: "x"}})},
		"a number far beyond": {Type: wal.Series, Version: seriesVersion, Body: seriesBody(1, 1<<32-1, other)},
	} {
		t.Run(what, func(t *testing.T) {
			db := newTestDB(t)
			defer db.Close()
			var err error
			for i, rec := range []wal.Record{
				{Type: wal.Series, Version: seriesVersion, Body: seriesBody(1, 0, one)}, bad,
				{Type: wal.Points, Version: pointsVersion, Body: appendPointsBody(nil, 1, []stagedWrite{{slot: 7}}, nil)},
			} {
				if err = db.Replay(wal.Position(1<<32|100*(i+1)), rec); err != nil {
					break
				}
			}
			if err == nil {
				err = db.Start()
			}
			if !errors.Is(err, ErrReplay) || !strings.Contains(err.Error(), "00000001.wal+200") {
				t.Errorf("error %v, want %v at 00000001.wal+200", err, ErrReplay)
			}
		})
	}
}
