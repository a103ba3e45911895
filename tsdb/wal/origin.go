package wal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

// An Origin says which data directory a log was written for. Each segment carries it, so that a log cannot be read on
// another grid than its own, whose slots are other times, and so that what a lost meta.json said can be had again. The
// zero value is an origin that nobody has said.
type Origin struct {
	StepMillis  int64  // the step of the grid
	WindowSlots int    // slots per window
	Shards      int    // in which the series are
	Instance    string // name of the data directory, at most MaxInstanceBytes long
}

// MaxInstanceBytes bounds Origin.Instance.
const MaxInstanceBytes = 32

// check refuses what a head has no room for.
func (o Origin) check() error {
	fits := func(n int) bool { return n >= 0 && n <= math.MaxUint32 }
	if o.StepMillis < 0 || !fits(o.WindowSlots) || !fits(o.Shards) || len(o.Instance) > MaxInstanceBytes {
		return fmt.Errorf("an origin of %d ms, %d slots, %d shards, instance %q: a segment has no room for it",
			o.StepMillis, o.WindowSlots, o.Shards, o.Instance)
	}
	return nil
}

func (o Origin) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(o.StepMillis))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(o.WindowSlots))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(o.Shards))
	var name [MaxInstanceBytes]byte
	copy(name[:], o.Instance)
	return append(dst, name[:]...)
}

func readOrigin(data []byte) Origin {
	return Origin{
		StepMillis:  int64(binary.LittleEndian.Uint64(data)),
		WindowSlots: int(binary.LittleEndian.Uint32(data[8:])),
		Shards:      int(binary.LittleEndian.Uint32(data[12:])),
		Instance:    string(bytes.TrimRight(data[16:16+MaxInstanceBytes], "\x00")),
	}
}
