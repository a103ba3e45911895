package tsdb

import (
	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// describe returns what a record says of the directory that it was written in: ok is false for a record that is not the
// DB's, or whose body makes no sense.
func describe(rec wal.Record) (d datadir.Record, ok bool) {
	if version, known := recordVersions[rec.Type]; !known || rec.Version != version {
		return d, false
	}
	body := &bodyReader{rest: rec.Body}
	shard := body.uvarint()
	if shard >= maxShards {
		return d, false
	}
	d.Shard = int(shard)
	switch rec.Type {
	case wal.Series:
		body.uvarint() // the number of the first
		if body.uvarint() > 0 {
			d.Tags = body.sized()
		}
	case wal.Points:
		d.Slots = describePoints(body)
	}
	return d, body.err == nil
}

// describePoints returns the slots of a record of points.
func describePoints(body *bodyReader) (slots datadir.SlotRange) {
	var slot int64
	for i := range body.uvarint() {
		_, delta, _ := body.point()
		if body.err != nil {
			return datadir.SlotRange{}
		}
		slot += delta
		if i == 0 {
			slots = datadir.SlotRange{First: slot, Last: slot}
		}
		slots.First, slots.Last = min(slots.First, slot), max(slots.Last, slot)
	}
	return slots
}
