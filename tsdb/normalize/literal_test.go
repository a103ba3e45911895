package normalize

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// literal is the weighted normaliser as its description has it, line by line, with -1 for "no time":
// the oracle for spread.
type literal struct {
	step, heartbeat, last int64
	acc                   float64
}

func (n *literal) update(t int64, v float64, emit func(int64, float64)) {
	if t <= n.last {
		return
	}
	step := float64(n.step)
	if n.last > 0 && t-n.last > n.heartbeat {
		n.last = -1
		n.acc = 0
	}
	offset := t % n.step
	boundary := t - offset
	if n.last < boundary {
		if n.last != -1 {
			io := n.last % n.step
			b := n.last - io + n.step
			n.acc += v * (float64(n.step-io) / step)
			emit(b, n.acc)
			for b < boundary {
				b += n.step
				emit(b, v)
			}
		} else if offset == 0 {
			emit(t, v)
		} else {
			emit(boundary, v*(float64(n.step-offset)/step))
		}
		n.last = t
		n.acc = v * (float64(offset) / step)
	} else {
		n.acc += v * (float64(t-n.last) / step)
		n.last = t
	}
}

// literalCounter is the stage in front of it.
type literalCounter struct {
	last  int64
	lastV float64
	next  literal
}

func (c *literalCounter) update(t int64, v float64, emit func(int64, float64)) {
	if c.last > 0 {
		dt := float64(t-c.last) / 1000
		dv := v - c.lastV
		if dt <= 0 || dv <= 0 {
			c.next.update(t, 0, emit)
		} else {
			c.next.update(t, dv/dt, emit)
		}
	}
	c.last = t
	c.lastV = v
}

func TestAgainstLiteral(t *testing.T) {
	const step = 10
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		rate := literal{step: step, heartbeat: step, last: -1}
		counter := literalCounter{next: literal{step: step, heartbeat: HeartbeatOf(step), last: -1}}
		var rateState, counterState State
		for _, x := range samples {
			var want, got []Write
			collect := func(at int64, v float64) { want = append(want, Write{at, v}) }

			rate.update(x.Time, x.Value, collect)
			rateState, got, _ = NextRate(rateState, step, x, nil)
			if !sameWrites(got, want) {
				t.Fatalf("rate %v: wrote %v, want %v", x, got, want)
			}

			want, got = nil, nil
			counter.update(x.Time, x.Value, collect)
			counterState, got, _ = NextCounter(counterState, step, x, got)
			if !sameWrites(got, want) {
				t.Fatalf("counter %v: wrote %v, want %v", x, got, want)
			}
			if len(got) > maxCounterWrites(step) {
				t.Fatalf("counter %v: %d writes", x, len(got))
			}
		}
	})
}

// drawSamples draws a history with jitter, repeats, late samples, gaps and odd values.
func drawSamples(t *rapid.T) []Sample {
	at := int64(epoch)
	value := rapid.SampledFrom([]float64{0, 1, 2.5, 7, 60, 1e9, math.Copysign(0, -1), math.NaN(), math.Inf(1), -3})
	advance := rapid.OneOf(rapid.Int64Range(-15, 25), rapid.Just[int64](10), rapid.Just[int64](0), rapid.Int64Range(30, 200_000))
	samples := make([]Sample, rapid.IntRange(1, 40).Draw(t, "n"))
	for i := range samples {
		at = max(1, at+advance.Draw(t, "advance"))
		if rapid.IntRange(0, 9).Draw(t, "snap") < 4 {
			at = SlotOf(at, 10)
		}
		samples[i] = Sample{at, value.Draw(t, "value")}
	}
	return samples
}

func sameWrites(a, b []Write) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Time != b[i].Time || !same(a[i].Value, b[i].Value) {
			return false
		}
	}
	return true
}

func BenchmarkNextRate(b *testing.B) {
	for _, bench := range []struct {
		name   string
		offset int64
	}{{"grid", 0}, {"offset", 13_000}} {
		b.Run(bench.name, func(b *testing.B) {
			var s State
			writes := make([]Write, 0, 2)
			at := int64(epoch) + bench.offset
			for b.Loop() {
				at += 60_000
				s, writes, _ = NextRate(s, 60_000, Sample{at, 1.5}, writes[:0])
			}
		})
	}
}
