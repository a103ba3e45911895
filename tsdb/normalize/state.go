package normalize

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A Sample is one value of a series as its client sent it.
type Sample struct {
	Time  int64 // milliseconds
	Value float64
}

// A Write is a finished value for a slot of the store: absolute, so writing it twice changes nothing.
type Write struct {
	Time  int64   // milliseconds, a multiple of the step
	Value float64 // NaN clears the slot
}

// An Outcome says what became of a sample.
type Outcome uint8

const (
	// Accepted: the sample is part of the returned state; the writes, which may be none, are due.
	Accepted Outcome = iota
	// Duplicate: on the grid and at the time of the newest sample. It is ignored.
	Duplicate
	// LateOnGrid: on the grid and older than the newest sample. The state is as before and nothing is
	// written; the caller stores the value at its time if that slot is empty.
	LateOnGrid
	// LateOffGrid: off the grid and not newer than the newest sample. It is ignored, and counted as late.
	LateOffGrid
)

// A State is what the next sample of a rate or counter needs to know of those before. The zero value is
// the state of a series without samples.
type State struct {
	// Last is the time of the newest sample that was spread over intervals; 0 before the first.
	Last int64
	// Partial is the share of the interval that contains Last gathered so far; 0 where Last is on the grid.
	Partial float64
	// CounterTime and CounterValue are the last raw sample of a counter, which may be older than Last;
	// 0 for a rate and before the first sample.
	CounterTime  int64
	CounterValue float64
}

// OnGrid returns the state of a rate whose newest sample was on the grid, at the time of its newest
// filled slot: what a restart knows of a series without a logged state. Where a logged state and a
// newest slot both exist, the one with the greater Last counts, the logged one if they are equal.
func OnGrid(newestSlot int64) State { return State{Last: newestSlot} }

// MustLog reports whether s, returned with writes for an accepted sample, has to be logged with them:
// the writes alone restore it only if it is a rate whose newest sample was a number on the grid.
func (s State) MustLog(step int64, writes []Write) bool {
	if s.CounterTime != 0 || s.Partial != 0 || s.Last%step != 0 || len(writes) == 0 {
		return true
	}
	newest := writes[len(writes)-1]
	return newest.Time != s.Last || math.IsNaN(newest.Value)
}

// MaxStateBytes is the most that AppendState appends.
const MaxStateBytes = 1 + 4*8

// ErrState reports bytes that are not a state: cut short, or with unknown flags.
var ErrState = errors.New("normalize: not a series state")

const (
	hasLast    = 1 << iota // Last and Partial follow
	hasCounter             // CounterTime and CounterValue follow
)

// AppendState appends the byte form of s to dst. It carries no version: the log record around it does.
//
//	flags(1)  [Last(8) Partial(8)]  [CounterTime(8) CounterValue(8)]     little endian
func AppendState(dst []byte, s State) []byte {
	flags := byte(0)
	if s.Last != 0 || math.Float64bits(s.Partial) != 0 {
		flags |= hasLast
	}
	if s.CounterTime != 0 || math.Float64bits(s.CounterValue) != 0 {
		flags |= hasCounter
	}
	dst = append(dst, flags)
	if flags&hasLast != 0 {
		dst = appendSample(dst, s.Last, s.Partial)
	}
	if flags&hasCounter != 0 {
		dst = appendSample(dst, s.CounterTime, s.CounterValue)
	}
	return dst
}

// ReadState reads one state from the front of b and returns the bytes behind it. Errors wrap ErrState.
func ReadState(b []byte) (s State, rest []byte, err error) {
	if len(b) == 0 {
		return State{}, b, fmt.Errorf("%w: no bytes", ErrState)
	}
	flags, rest := b[0], b[1:]
	if flags&^(hasLast|hasCounter) != 0 {
		return State{}, b, fmt.Errorf("%w: unknown flags %#02x", ErrState, flags)
	}
	want := 16 * int(flags&1+flags>>1&1)
	if len(rest) < want {
		return State{}, b, fmt.Errorf("%w: flags %#02x want %d bytes, have %d", ErrState, flags, want, len(rest))
	}
	if flags&hasLast != 0 {
		s.Last, s.Partial, rest = readSample(rest)
	}
	if flags&hasCounter != 0 {
		s.CounterTime, s.CounterValue, rest = readSample(rest)
	}
	return s, rest, nil
}

func appendSample(dst []byte, t int64, v float64) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(t))
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

func readSample(b []byte) (t int64, v float64, rest []byte) {
	t = int64(binary.LittleEndian.Uint64(b))
	v = math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))
	return t, v, b[16:]
}
