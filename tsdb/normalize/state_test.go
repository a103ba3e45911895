package normalize

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestStateBytes(t *testing.T) {
	tests := []struct {
		state State
		want  int
	}{
		{State{}, 1},
		{State{Last: 73_000, Partial: 0.25}, 17},
		{State{CounterTime: 13_000, CounterValue: 7}, 17},
		{State{73_000, math.Copysign(0, -1), 13_000, math.Inf(1)}, MaxStateBytes},
	}
	for _, c := range tests {
		b := AppendState([]byte("x"), c.state)[1:]
		got, rest, err := ReadState(append(b, "tail"...))
		if err != nil || got != c.state || string(rest) != "tail" || len(b) != c.want {
			t.Errorf("%+v: %d bytes, back %+v %q %v", c.state, len(b), got, rest, err)
		}
		for n := range b {
			if _, _, err := ReadState(b[:n]); !errors.Is(err, ErrState) {
				t.Errorf("%+v cut to %d bytes: error %v", c.state, n, err)
			}
		}
	}
}

func FuzzReadState(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0})
	f.Add([]byte{4, 0})
	f.Add(AppendState(nil, State{Last: 73_000, Partial: 0.25}))
	f.Add(AppendState(nil, State{73_000, math.NaN(), 13_000, 1}))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, rest, err := ReadState(b)
		if err != nil {
			if !errors.Is(err, ErrState) || s != (State{}) {
				t.Fatalf("state %+v, error %v", s, err)
			}
			return
		}
		// The shortest form is the one written, so what was read may be longer but never shorter.
		again := AppendState(nil, s)
		if len(again) > len(b)-len(rest) || len(again) > MaxStateBytes {
			t.Fatalf("%d bytes read, %d written", len(b)-len(rest), len(again))
		}
		back, _, err := ReadState(again)
		if err != nil || !bytes.Equal(AppendState(nil, back), again) {
			t.Fatalf("%+v came back as %+v, %v", s, back, err)
		}
	})
}

// TestRestart checks MustLog: a series restored, before every sample, from what was logged and from its
// slots behaves like one that never stopped.
func TestRestart(t *testing.T) {
	const step = 10
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Kind{Rate, Counter}).Draw(t, "kind")
		next := NextRate
		if kind == Counter {
			next = NextCounter
		}
		var live, logged State
		newest := int64(0) // the newest filled slot
		for _, x := range drawSamples(t) {
			restored := logged
			if kind == Rate && newest > logged.Last {
				restored = OnGrid(newest)
			}
			before := live
			var writes, replayed []Write
			var outcome, repeated Outcome
			live, writes, outcome = next(live, step, x, nil)
			restored, replayed, repeated = next(restored, step, x, nil)
			if outcome != repeated || !sameWrites(writes, replayed) || !sameState(live, restored) {
				t.Fatalf("%v on %+v: writes %v %v, after a restart %v %v; state %+v and %+v",
					x, before, writes, outcome, replayed, repeated, live, restored)
			}
			if outcome == Accepted && live.MustLog(step, writes) {
				logged = live
			}
			for _, w := range writes {
				if !math.IsNaN(w.Value) {
					newest = max(newest, w.Time)
				}
			}
		}
	})
}

func sameState(a, b State) bool {
	return a.Last == b.Last && same(a.Partial, b.Partial) && a.CounterTime == b.CounterTime && same(a.CounterValue, b.CounterValue)
}
