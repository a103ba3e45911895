package normalize

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// epoch stands for time 0 in examples that count from there: 0 means "no time" in a State. It is a
// multiple of every step used here.
const epoch = 1_795_338_000_000

func TestKindOf(t *testing.T) {
	for dstype, want := range map[string]Kind{
		"counter": Counter, "gauge": Gauge, "rate": Rate, "sum": Sum,
		"": Rate, "Gauge": Rate, "sum ": Rate, "timer": Rate,
	} {
		if got := KindOf(dstype); got != want {
			t.Errorf("KindOf(%q) = %v, want %v", dstype, got, want)
		}
	}
}

// sequence is a run of samples with what each of them writes; times count from epoch.
type sequence struct {
	name      string
	step      int64
	heartbeat int64
	in        []Sample
	want      [][]Write
}

// The examples of Atlas' own unit tests, in its order.
var spreadExamples = []sequence{
	{"first off the grid, then each crosses a boundary", 10, 20,
		[]Sample{{5, 1}, {15, 2}, {25, 2}, {35, 1}, {85, 1}},
		[][]Write{{{0, 0.5}}, {{10, 1.5}}, {{20, 2}}, {{30, 1.5}}, {{80, 0.5}}}},
	{"a missed sample is bridged", 10, 20,
		[]Sample{{0, 1}, {10, 1}, {30, 1}},
		[][]Write{{{0, 1}}, {{10, 1}}, {{20, 1}, {30, 1}}}},
	{"not with a heartbeat of one step", 10, 10,
		[]Sample{{0, 1}, {10, 1}, {30, 1}},
		[][]Write{{{0, 1}}, {{10, 1}}, {{30, 1}}}},
	{"several in one interval", 10, 50,
		[]Sample{{0, 1}, {2, 2}, {4, 4}, {8, 8}, {12, 2}, {40, 3}},
		[][]Write{{{0, 1}}, nil, nil, nil, {{10, 4.8}}, {{20, 2.8}, {30, 3}, {40, 3}}}},
}

func TestSpread(t *testing.T) {
	for _, e := range spreadExamples {
		t.Run(e.name, func(t *testing.T) {
			var s State
			for i, x := range e.in {
				var got []Write
				x.Time += epoch
				s, got = spread(s, e.step, e.heartbeat, x, nil)
				checkWrites(t, i, got, e.want[i])
			}
		})
	}
}

func TestNextRate(t *testing.T) {
	const m = 60_000
	want := []struct {
		in      Sample
		writes  []Write
		outcome Outcome
	}{
		{Sample{73_000, 1}, []Write{{1 * m, 47.0 / 60}}, Accepted},
		{Sample{133_000, 1}, []Write{{2 * m, 1}}, Accepted},
		{Sample{133_000, 7}, nil, LateOffGrid}, // twice off the grid: late
		{Sample{100_000, 7}, nil, LateOffGrid},
		{Sample{1 * m, 7}, nil, LateOnGrid},
		{Sample{3 * m, 1}, []Write{{3 * m, 1}}, Accepted},
		{Sample{3 * m, 7}, nil, Duplicate},
		{Sample{2 * m, 7}, nil, LateOnGrid},
		{Sample{4 * m, 5}, []Write{{4 * m, 5}}, Accepted},
		{Sample{6 * m, 5}, []Write{{6 * m, 5}}, Accepted}, // a gap: slot 5 stays empty
		{Sample{6*m + 15_000, 8}, nil, Accepted},
		{Sample{7 * m, 4}, []Write{{7 * m, 5}}, Accepted}, // 8·1/4 + 4·3/4
	}
	var s State
	for i, w := range want {
		var got []Write
		var outcome Outcome
		w.in.Time += epoch
		s, got, outcome = NextRate(s, m, w.in, nil)
		if outcome != w.outcome {
			t.Errorf("sample %d: outcome %v, want %v", i, outcome, w.outcome)
		}
		checkWrites(t, i, got, w.writes)
	}
}

func TestNextCounter(t *testing.T) {
	tests := []sequence{
		{name: "rate of change", step: 10,
			in:   []Sample{{10, 0}, {20, 1}, {40, 2}},
			want: [][]Write{nil, {{20, 100}}, {{30, 50}, {40, 50}}}},
		{name: "late by 13 s, one missed, then a gap", step: 60_000,
			in:   []Sample{{13_000, 0}, {73_000, 60}, {133_000, 120}, {193_000, 180}, {313_000, 300}, {553_000, 540}},
			want: [][]Write{nil, {{60_000, 47.0 / 60}}, {{120_000, 1}}, {{180_000, 1}}, {{240_000, 1}, {300_000, 1}}, {{540_000, 47.0 / 60}}}},
		{name: "a reset is zero, not negative", step: 60_000,
			in:   []Sample{{60_000, 600}, {120_000, 1200}, {180_000, 60}, {240_000, 120}},
			want: [][]Write{nil, {{120_000, 10}}, {{180_000, 0}}, {{240_000, 1}}}},
		{name: "an older sample is what the next is compared with", step: 60_000,
			in:   []Sample{{60_000, 600}, {120_000, 1200}, {90_000, 900}, {180_000, 1800}},
			want: [][]Write{nil, {{120_000, 10}}, nil, {{180_000, 10}}}},
	}
	for _, e := range tests {
		t.Run(e.name, func(t *testing.T) {
			var s State
			for i, x := range e.in {
				var got []Write
				x.Time += epoch
				s, got, _ = NextCounter(s, e.step, x, nil)
				checkWrites(t, i, got, e.want[i])
				if len(got) > maxCounterWrites(e.step) {
					t.Errorf("sample %d: %d writes", i, len(got))
				}
			}
		})
	}
}

// checkWrites compares got with want, whose times count from epoch.
func checkWrites(t *testing.T, sample int, got, want []Write) {
	t.Helper()
	shifted := make([]Write, len(want))
	for i, w := range want {
		shifted[i] = Write{w.Time + epoch, w.Value}
	}
	near := cmpopts.EquateApprox(1e-15, 0)
	if diff := cmp.Diff(shifted, got, near, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("sample %d: writes (-want +got):\n%s", sample, diff)
	}
}

func TestNaNSpreads(t *testing.T) {
	s, writes, _ := NextRate(State{}, 10, Sample{epoch + 5, math.NaN()}, nil)
	s, writes, _ = NextRate(s, 10, Sample{epoch + 15, 1}, writes)
	_, writes, _ = NextRate(s, 10, Sample{epoch + 25, 1}, writes)
	for i, empty := range []bool{true, true, false} {
		if math.IsNaN(writes[i].Value) != empty {
			t.Errorf("write %d = %v, want NaN: %v", i, writes[i], empty)
		}
	}
}

func TestOnGridUnchanged(t *testing.T) {
	var s State
	for i, v := range []float64{1e308, math.MaxFloat64, 0.1, 1.0 / 3, math.Copysign(0, -1), math.Copysign(0, -1), 5e-324} {
		var writes []Write
		s, writes, _ = NextRate(s, 60_000, Sample{epoch + int64(i)*60_000, v}, nil)
		if len(writes) != 1 || math.Float64bits(writes[0].Value) != math.Float64bits(v) {
			t.Errorf("%v on the grid became %v", v, writes)
		}
		if s.MustLog(60_000, writes) {
			t.Errorf("after %v on the grid the state %+v has to be logged", v, s)
		}
	}
}

func TestSlotOf(t *testing.T) {
	for _, c := range [][2]int64{{0, 0}, {1, 10}, {9, 10}, {10, 10}, {11, 20}, {-1, 0}, {-10, -10}, {-11, -10}} {
		if got := SlotOf(c[0], 10); got != c[1] {
			t.Errorf("SlotOf(%d, 10) = %d, want %d", c[0], got, c[1])
		}
	}
}

func TestFold(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		kind         Kind
		old, v, want float64
	}{
		{Gauge, nan, 3, 3}, {Gauge, 3, nan, 3}, {Gauge, nan, nan, nan}, {Gauge, 3, 2, 3}, {Gauge, 2, 3, 3}, {Gauge, -inf, -2, -2},
		{Sum, nan, 3, 3}, {Sum, 3, nan, 3}, {Sum, nan, nan, nan}, {Sum, 3, 2, 5}, {Sum, inf, -inf, nan},
	}
	for _, c := range tests {
		if got := Fold(c.kind, c.old, c.v); !same(got, c.want) {
			t.Errorf("Fold(%v, %v, %v) = %v, want %v", c.kind, c.old, c.v, got, c.want)
		}
	}
}

// maxCounterWrites is the most writes that one sample of a counter causes: the slots of a bridged gap.
func maxCounterWrites(step int64) int { return int(HeartbeatOf(step)/step) + 1 }
