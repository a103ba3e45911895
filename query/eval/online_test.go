package eval

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
)

var nan = math.NaN()

// Series whose answers Netflix Atlas (commit f76fd2505) computed.
var dataSetB = map[string][]float64{
	"in":     {0, 1, -1, nan, 0, 1, 2, 1, 1, 0},
	"m":      {0, 1, -1, nan, nan, 0, 1, 1, 1, 0},
	"rs":     {0, 1, -1, nan, nan, nan, 1, 1, 1, 0},
	"rc":     {0, 1, -1, nan, 0, 1, 1, 1, 1, 0},
	"cpu":    {1.0, 1.5, 1.6, 1.7, 1.4, 1.3, 1.2, 1.0, 0.0, 0.0, 1.0, 1.1, 1.2, 1.2},
	"allnan": {nan, nan, nan, nan, nan, nan, nan, nan, nan, nan},
	"big":    {1e18, 1, 2, 3, 4, 5, 6, 7, 8, 9},
}

func TestOnlineWords(t *testing.T) {
	minutes := func(n int64) expr.Duration { return mustDuration(t, n) }
	cases := []struct {
		row    string
		word   expr.Stateful
		series string
		from   int // minute of the start
		want   []float64
	}{
		{"772", expr.Stateful{Op: expr.Delay, Window: 2}, "in", 0, []float64{nan, nan, 0, 1, -1, nan, 0, 1, 2, 1}},
		{"775", expr.Stateful{Op: expr.RollingCount, Window: 3}, "rc", 0, []float64{0, 1, 2, 2, 1, 1, 2, 3, 3, 2}},
		{"776", expr.Stateful{Op: expr.RollingMin, Window: 3}, "rc", 0, []float64{0, 0, -1, -1, -1, 0, 0, 1, 1, 0}},
		{"777", expr.Stateful{Op: expr.RollingMax, Window: 3}, "rc", 0, []float64{0, 1, 1, 1, 0, 1, 1, 1, 1, 1}},
		{"778", expr.Stateful{Op: expr.RollingMean, Window: 3, MinValues: 2}, "m", 0, []float64{nan, 0.5, 0, 0, nan, nan, 0.5, 2. / 3, 1, 2. / 3}},
		{"779", expr.Stateful{Op: expr.RollingMean, Window: 3, MinValues: 1}, "m", 0, []float64{0, 0.5, 0, 0, -1, 0, 0.5, 2. / 3, 1, 2. / 3}},
		{"782", expr.Stateful{Op: expr.RollingSum, Window: 3}, "rs", 0, []float64{0, 1, 0, 0, -1, nan, 1, 2, 3, 2}},
		{"785", expr.Stateful{Op: expr.RollingSum, Window: 2}, "big", 0, []float64{1e18, 1e18, 3, 5, 7, 9, 11, 13, 15, 17}},
		{"786", expr.Stateful{Op: expr.RollingSum, Window: 3}, "allnan", 0, dataSetB["allnan"]},
		{"787", expr.Stateful{Op: expr.RollingCount, Window: 3}, "allnan", 0, make([]float64, 10)},
		{"789", expr.Stateful{Op: expr.Integral}, "allnan", 0, dataSetB["allnan"]},
		{"791", expr.Stateful{Op: expr.Trend, Span: minutes(2)}, "in", 0, []float64{nan, 0.5, 0, -0.5, 0, 0.5, 1.5, 1.5, 1, 0.5}},
		{"792", expr.Stateful{Op: expr.Trend, Span: minutes(5)}, "in", 0, []float64{nan, nan, nan, nan, 0, 0.2, 0.4, 0.8, 1, 1}},
		{"793", expr.Stateful{Op: expr.Trend, Span: minutes(1)}, "in", 0, dataSetB["in"]},
		{"795", expr.Stateful{Op: expr.Integral}, "in", 0, []float64{0, 1, 0, 0, 0, 1, 3, 4, 5, 5}},
		{"796", expr.Stateful{Op: expr.CumulativeMax}, "in", 0, []float64{0, 1, 1, 1, 1, 1, 2, 2, 2, 2}},
		{"797", expr.Stateful{Op: expr.Derivative}, "in", 0, []float64{nan, 1, -2, nan, nan, 1, 1, -1, 0, -1}},
		{"800", expr.Stateful{Op: expr.Des, Window: 2, Alpha: 0.1, Beta: 0.02}, "cpu", 0, []float64{nan, nan, 1.05, 1.1059, 1.1671982, 1.1934321836, 1.2074559044728002, 1.2102623414493747, 1.192767610045393, 1.0766368165617186, 0.9699658287932882, 0.9720220081441142, 0.9839285255435695, 1.0048765341519919}},
		{"804", expr.Stateful{Op: expr.Des, Window: 0, Alpha: 0.1, Beta: 0.02}, "cpu", 0, []float64{nan, 1, 1.05, 1.1059, 1.1671982, 1.1934321836, 1.2074559044728002, 1.2102623414493747, 1.192767610045393, 1.0766368165617186, 0.9699658287932882, 0.9720220081441142, 0.9839285255435695, 1.0048765341519919}},
		{"805", expr.Stateful{Op: expr.Des, Window: 2, Alpha: 0.1, Beta: 0.5}, "in", 0, []float64{nan, nan, 0.1, 0.03500000000000003, 0.03500000000000003, 0.024750000000000043, 0.11428750000000006, 0.3391568750000001, 0.5245814687500001, 0.7152345296875001}},
		{"801", expr.Stateful{Op: expr.SlidingDes, Window: 2, Alpha: 0.1, Beta: 0.02}, "cpu", 0, []float64{nan, nan, 1.05, 1.1059, 1.61, 1.58918, 1.3900000000000001, 1.3708200000000001, 1.1800000000000002, 1.0616400000000001, 0.0, 0.1, 1.01, 1.02918}},
		{"807", expr.Stateful{Op: expr.SlidingDes, Window: 2, Alpha: 0.1, Beta: 0.02}, "cpu", 1, []float64{nan, nan, nan, 1.61, 1.67, 1.63246, 1.29, 1.2608200000000003, 0.9, 0.8082, 0.1, 0.20180000000000003, 1.11}},
		{"812", expr.Stateful{Op: expr.SlidingDes, Window: 3, Alpha: 0.1, Beta: 0.02}, "cpu", 2, []float64{nan, nan, nan, nan, 1.63246, 1.58800908, 1.2608200000000003, 1.1340363600000003, 1.0176630112800003, 0.1, 0.20180000000000003, 0.30521640000000005}},
	}
	for _, c := range cases {
		word, err := NewOnline(&c.word, int64(c.from)*minute, minute)
		if err != nil {
			t.Errorf("row %s: %v", c.row, err)
			continue
		}
		src := dataSetB[c.series][c.from:]
		got := make([]float64, len(src))
		runOnline(word, got, src)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("row %s (-want +got):\n%s", c.row, diff)
		}
	}
}

func TestOnlineSettings(t *testing.T) {
	for want, word := range map[string]expr.Stateful{
		"requirement failed: window size must be between 1 and 86400: 0":          {Op: expr.Delay},
		"requirement failed: window size must be between 1 and 86400: 86401":      {Op: expr.RollingSum, Window: 86401},
		"requirement failed: minimum number of values must be <= window size":     {Op: expr.RollingMean, Window: 3, MinValues: 4},
		"requirement failed: minimum number of values must be >= 1":               {Op: expr.RollingMean, Window: 3},
		"the training size of :sdes must be 1 or more: 0":                         {Op: expr.SlidingDes},
		"requirement failed: window size must be between 1 and 86400: 1000000000": {Op: expr.Trend, Span: mustDuration(t, 1e9)},
	} {
		if _, err := NewOnline(&word, 0, minute); err == nil || err.Error() != want {
			t.Errorf("%+v: error %v, want %q", word, err, want)
		}
	}
}

func mustDuration(t interface{ Fatal(...any) }, minutes int64) expr.Duration {
	d, err := expr.ParseDuration(strconv.FormatInt(minutes, 10) + "m")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// everyWord returns each stateful word once, with settings small enough for short lines.
func everyWord(t *rapid.T) []expr.Stateful {
	window := rapid.Int32Range(1, 6).Draw(t, "window")
	smooth := expr.Stateful{Op: expr.Des, Window: window, Alpha: 0.3, Beta: 0.1}
	slide := smooth
	slide.Op = expr.SlidingDes
	return []expr.Stateful{
		{Op: expr.Delay, Window: window}, {Op: expr.RollingCount, Window: window},
		{Op: expr.RollingMin, Window: window}, {Op: expr.RollingMax, Window: window},
		{Op: expr.RollingMean, Window: window, MinValues: 1 + window/2}, {Op: expr.RollingSum, Window: window},
		smooth, slide, {Op: expr.Trend, Span: mustDuration(t, int64(window))},
		{Op: expr.Integral}, {Op: expr.CumulativeMax}, {Op: expr.Derivative},
	}
}

// drawValues returns a line with gaps.
func drawValues(t *rapid.T) []float64 {
	one := rapid.OneOf(rapid.Just(nan), rapid.Just(0.0), rapid.Float64Range(-100, 100), rapid.Just(1e18))
	return rapid.SliceOfN(one, 0, 40).Draw(t, "values")
}

// A line evaluated at once equals the line evaluated step by step with the state of the word going
// through bytes into a new word at every step.
func TestOnlineStateThroughBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := drawValues(t)
		start := rapid.Int64Range(0, 10).Draw(t, "start") * minute
		for _, s := range everyWord(t) {
			word := online(t, &s, start)
			want := make([]float64, len(values))
			runOnline(word, want, values)
			var state []byte
			got := make([]float64, len(values))
			for i, v := range values {
				next := online(t, &s, start)
				if i > 0 {
					rest, err := next.SetState(append(state, "rest"...))
					if err != nil || string(rest) != "rest" {
						t.Fatalf("word %d: state at %d: rest %q, error %v", s.Op, i, rest, err)
					}
				}
				got[i] = next.Next(v)
				state = next.AppendState(nil)
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
				t.Fatalf("word %d (-at once +by steps):\n%s", s.Op, diff)
			}
			if !bytes.Equal(state, word.AppendState(nil)) && len(values) > 0 {
				t.Fatalf("word %d: states differ at the end", s.Op)
			}
		}
	})
}

func online(t *rapid.T, s *expr.Stateful, start int64) Online {
	word, err := NewOnline(s, start, minute)
	if err != nil {
		t.Fatal(err)
	}
	return word
}

// A word that has been reset, or is idle and never was smoothing with a trend, starts like a new one.
func TestOnlineReset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, values := drawValues(t), drawValues(t)
		for _, s := range everyWord(t) {
			fresh, used := online(t, &s, 0), online(t, &s, 0)
			want, got := make([]float64, len(values)), make([]float64, len(values))
			runOnline(fresh, want, values)
			runOnline(used, make([]float64, len(before)), before)
			used.Reset()
			runOnline(used, got, values)
			if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
				t.Fatalf("word %d (-new +reset):\n%s", s.Op, diff)
			}
		}
	})
}

// The windows that keep a running result agree with one that looks at the whole window every time.
func TestRollingAgainstPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := drawValues(t)
		window := rapid.Int32Range(1, 6).Draw(t, "window")
		for op, how := range map[expr.StatefulOp]tsdb.Consolidation{
			expr.RollingMin: tsdb.LeastOf, expr.RollingMax: tsdb.GreatestOf,
		} {
			word := online(t, &expr.Stateful{Op: op, Window: window}, 0)
			for i, v := range values {
				got := word.Next(v)
				want := consolidated(values[max(0, i+1-int(window)):i+1], how, true, int(window))
				if got != want && !(isNaN(got) && isNaN(want)) {
					t.Fatalf("word %d of %d at %d: %v, want %v", op, window, i, got, want)
				}
			}
		}
	})
}

func TestIdle(t *testing.T) {
	for _, c := range []struct {
		word   expr.Stateful
		values []float64
		want   bool
	}{
		{expr.Stateful{Op: expr.RollingSum, Window: 2}, []float64{1, nan}, false},
		{expr.Stateful{Op: expr.RollingSum, Window: 2}, []float64{1, nan, nan}, true},
		{expr.Stateful{Op: expr.Derivative}, []float64{1}, false},
		{expr.Stateful{Op: expr.Derivative}, []float64{1, nan}, true},
		{expr.Stateful{Op: expr.Des, Window: 2}, []float64{1, nan}, false},
		{expr.Stateful{Op: expr.Des, Window: 2}, []float64{1, nan, nan}, true},
		{expr.Stateful{Op: expr.Integral}, []float64{nan, nan}, false},
	} {
		word, err := NewOnline(&c.word, 0, minute)
		if err != nil {
			t.Fatal(err)
		}
		runOnline(word, make([]float64, len(c.values)), c.values)
		if word.Idle() != c.want {
			t.Errorf("%+v after %v: idle %v, want %v", c.word, c.values, word.Idle(), c.want)
		}
	}
}

func FuzzOnlineSetState(f *testing.F) {
	f.Add([]byte{}, uint8(0))
	f.Add(bytes.Repeat([]byte{1}, 60), uint8(6))
	f.Fuzz(func(t *testing.T, state []byte, op uint8) {
		s := expr.Stateful{Op: expr.StatefulOp(op % 12), Window: 3, MinValues: 1, Span: mustDuration(t, 3)}
		word, err := NewOnline(&s, minute, minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := word.SetState(state); err != nil && !errors.Is(err, ErrState) {
			t.Errorf("error %v, want ErrState", err)
		}
		for range 10 {
			word.Next(1)
		}
	})
}
