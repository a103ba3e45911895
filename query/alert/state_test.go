package alert

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// readings turns "T.?" into True, NotTrue, Unknown.
func readings(text string) []Reading {
	var list []Reading
	for _, c := range text {
		list = append(list, map[rune]Reading{'T': True, '.': NotTrue, '?': Unknown}[c])
	}
	return list
}

// trace runs a state machine over readings at steps 10, 20, … and shows each step as the phase
// (i, p, f), followed by ! for a firing and by * for a resolved.
func trace(text string, hold int64) string {
	var b strings.Builder
	var s State
	for i, r := range readings(text) {
		var t Transition
		s, t = s.Next(r, int64(i+1)*10, hold, 10)
		fmt.Fprintf(&b, "%c%s", s.Phase.String()[0], []string{"", "!", "*"}[t])
	}
	return b.String()
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name     string
		steps    int // that must be true in a row
		readings string
		want     string
	}{
		{"at once with 0", 1, ".T.", "if!i*"},
		{"on the third in a row", 3, "TTTT.", "ppf!fi*"},
		{"a hole starts it again", 3, "TT.TTT", "ppippf!"},
		{"never long enough", 3, "TT.TT.", "ppippi"},
		{"unknown does not break the row", 3, "TT?T", "pppf!"},
		{"unknown does not count", 3, "T??????TT", "ppppppppf!"},
		{"unknown before the row is nothing", 2, "??TT", "iipf!"},
		{"a hole behind the unknown", 3, "TT?.TTT", "pppippf!"},
		{"fires not at the unknown", 2, "T?", "pp"},
		{"unknown does not resolve", 1, "T??T.", "f!fffi*"},
		{"unknown is not true", 1, "??.", "iii"},
		{"one step after another", 1, "T.T.", "f!i*f!i*"},
		{"twice with a wait", 2, "TT.TT..", "pf!i*pf!i*i"},
	} {
		if got := trace(c.readings, int64(c.steps-1)*10); got != c.want {
			t.Errorf("%s: %s with %d steps: got %s, want %s", c.name, c.readings, c.steps, got, c.want)
		}
	}
}

func TestNextKeepsTimes(t *testing.T) {
	var s State
	for i, want := range []State{
		{Phase: Pending, Start: 10, Since: 10},
		{Phase: Firing, Start: 10, Since: 20, Seq: 1},
		{Phase: Firing, Start: 10, Since: 20, Seq: 1},
		{Phase: Inactive, Since: 40, Seq: 2},
		{Phase: Pending, Start: 50, Since: 50, Seq: 2},
		{Phase: Inactive, Since: 60, Seq: 2},
	} {
		step := int64(i+1) * 10
		if s, _ = s.Next(readings("TTT.T.")[i], step, 10, 10); s != want {
			t.Errorf("after step %d: got %+v, want %+v", step, s, want)
		}
	}
}

// TestNextModel holds the machine against the sentence "fires when the last n known steps were true, is resolved
// when one is not".
func TestNextModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		need := rapid.IntRange(1, 5).Draw(t, "need")
		var s State
		row, firing := 0, false
		for i, r := range rapid.SliceOf(rapid.SampledFrom([]Reading{True, True, True, NotTrue, Unknown})).Draw(t, "readings") {
			before, step := s, int64(i+1)*10
			var transition Transition
			s, transition = s.Next(r, step, int64(need-1)*10, 10)
			if again, none := s.Next(r, step, int64(need-1)*10, 10); again != s || none != None {
				t.Fatalf("reading step %d again moved %+v to %+v, %v", step, s, again, none)
			}
			want := None
			switch {
			case r == True:
				if row++; row >= need && !firing {
					want, firing = Fired, true
				}
			case r == NotTrue && firing:
				want, firing, row = Resolved, false, 0
			case r == NotTrue:
				row = 0
			}
			if transition != want || (s.Phase == Firing) != firing {
				t.Fatalf("step %d: %+v became %+v with %v, want transition %v, firing %v", step, before, s, transition, want, firing)
			}
			if moved := s.Seq - before.Seq; (moved == 1) != (transition != None) || moved > 1 {
				t.Fatalf("step %d: transition %v moved the sequence number by %d", step, transition, moved)
			}
		}
	})
}

// TestUnseen: a row of steps that nobody saw is the same as each of them unknown, and what was counted before a crash is
// not counted again.
func TestUnseen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pending := State{Phase: Pending, Start: 100, Since: 100}
		unseen := rapid.Int64Range(0, 5).Draw(t, "unseen")
		counted := rapid.Int64Range(0, unseen).Draw(t, "counted before the crash")
		want, got := pending, pending
		for i := range unseen {
			want, _ = want.Next(Unknown, 110+10*i, 30, 10)
		}
		got = got.unseen(100+10*counted, 10*counted, 10).unseen(100+10*unseen, 10*unseen, 10)
		if counted == 0 {
			got = pending.unseen(100+10*unseen, 10*unseen, 10)
		}
		if unseen > 0 && got != want {
			t.Fatalf("%d steps at once, %d of them twice: %+v, one by one: %+v", unseen, counted, got, want)
		}
	})
	for _, s := range []State{{}, {Phase: Firing, Start: 100, Since: 120, Seq: 1}, {Phase: Inactive, Since: 90, Seq: 2}} {
		if got := s.unseen(200, 50, 10); got != s {
			t.Errorf("%+v became %+v", s, got)
		}
	}
	first := State{Phase: Pending, Start: 100, Since: 100} // read as true, and after a crash as unknown
	if first, _ = first.Next(Unknown, 100, 10, 10); first.Unknown != 10 {
		t.Errorf("the first step of the row is unknown after all: %+v", first)
	}
}

func TestReadingOf(t *testing.T) {
	for _, c := range []struct {
		signal float64
		want   Reading
	}{
		{1, True}, {-3, True}, {1e-12, True}, {math.Inf(1), True},
		{0, NotTrue}, {math.Copysign(0, -1), NotTrue}, {9e-13, NotTrue}, {math.NaN(), NotTrue},
	} {
		if got := ReadingOf(c.signal); got != c.want {
			t.Errorf("ReadingOf(%v) = %v, want %v", c.signal, got, c.want)
		}
	}
}

func TestHold(t *testing.T) {
	for _, c := range []struct {
		wait, step time.Duration
		want       int64 // steps in a row
	}{
		{0, time.Minute, 1}, {time.Minute, time.Minute, 1}, {3 * time.Minute, time.Minute, 3},
		{90 * time.Second, time.Minute, 2}, {time.Second, time.Minute, 1}, {3 * time.Minute, 5 * time.Second, 36},
	} {
		rule := Rule{For: c.wait}
		if got := rule.hold(c.step)/c.step.Milliseconds() + 1; got != c.want {
			t.Errorf("for %v at a step of %v: fires on true step %d, want %d", c.wait, c.step, got, c.want)
		}
	}
}
