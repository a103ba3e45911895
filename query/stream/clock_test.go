package stream

import (
	"testing"
	"time"
)

func at(ms int64) time.Time { return time.UnixMilli(ms) }

func TestClosed(t *testing.T) {
	minute := Clock{Step: time.Minute, Delay: time.Minute}
	for _, c := range []struct {
		clock Clock
		now   int64
		want  int64
	}{
		{minute, 600_000, 540_000},
		{minute, 599_999, 480_000},
		{minute, 659_999, 540_000},
		{minute, 660_000, 600_000},
		{Clock{Step: time.Second}, 5_000, 5_000},
		{Clock{Step: time.Second, Delay: 500 * time.Millisecond}, 5_499, 4_000},
		{Clock{Step: 5 * time.Second, Delay: 12 * time.Second}, 100_000, 85_000},
	} {
		if got := c.clock.Closed(at(c.now)); got != c.want {
			t.Errorf("%+v.Closed(%d) = %d, want %d", c.clock, c.now, got, c.want)
		}
		if closes := c.clock.ClosesAt(c.want); closes.After(at(c.now)) {
			t.Errorf("%+v: step %d counts as closed at %d but closes at %d", c.clock, c.want, c.now, closes.UnixMilli())
		}
	}
}

func TestNext(t *testing.T) {
	const minute, hour = 60_000, 3_600_000
	clock := Clock{Step: time.Minute, Delay: time.Minute}
	for _, c := range []struct {
		name      string
		last, now int64
		want      Tick
		ok        bool
	}{
		{"the first step is the newest closed one", 0, 10*hour + minute, Tick{Step: 10 * hour}, true},
		{"nothing before the epoch", 0, 30_000, Tick{}, false},
		{"still open", 10 * hour, 10*hour + 2*minute - 1, Tick{}, false},
		{"just closed", 10 * hour, 10*hour + 2*minute, Tick{Step: 10*hour + minute}, true},
		{"one at a time", 10 * hour, 10*hour + 9*minute, Tick{Step: 10*hour + minute}, true},
		{"an hour is caught up", 10 * hour, 11*hour + minute, Tick{Step: 10*hour + minute}, true},
		{"more is not", 10 * hour, 11*hour + 2*minute, Tick{Step: 10*hour + 2*minute, Skipped: 1}, true},
		{"a long pause", 10 * hour, 30*hour + minute, Tick{Step: 29*hour + minute, Skipped: 19 * 60}, true},
		{"the clock went back", 10 * hour, 9 * hour, Tick{}, false},
		{"a last step off the grid", 10*hour + 1, 10*hour + 2*minute, Tick{Step: 10*hour + minute}, true},
	} {
		got, ok := clock.Next(c.last, at(c.now))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: Next(%d, %d) = %+v, %v; want %+v, %v", c.name, c.last, c.now, got, ok, c.want, c.ok)
		}
	}
}

func TestNextWithLongSteps(t *testing.T) {
	day := Clock{Step: 24 * time.Hour}
	got, ok := day.Next(10*86_400_000, at(20*86_400_000))
	if want := (Tick{Step: 20 * 86_400_000, Skipped: 9}); !ok || got != want {
		t.Errorf("a step longer than the limit: got %+v, %v; want %+v", got, ok, want)
	}
}
