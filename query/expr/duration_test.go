package expr

import (
	"math"
	"testing"
	"time"
)

func TestStd(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"3m", 3 * time.Minute, true}, {"5ns", 5, true}, {"PT-1.5S", -1500 * time.Millisecond, true},
		{"292y", 292 * 365 * 24 * time.Hour, true}, {"300y", 0, false}, {"9000000000000000000s", 0, false},
	} {
		d, err := ParseDuration(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := d.Std(); got != c.want || ok != c.ok {
			t.Errorf("%s: got %v, %v; want %v, %v", c.text, got, ok, c.want, c.ok)
		}
	}
	for _, d := range []time.Duration{0, 1, -1, time.Hour, math.MaxInt64 - 2*time.Second, math.MinInt64 + 3*time.Second} {
		if got, ok := DurationOf(d).Std(); got != d || !ok {
			t.Errorf("%d came back as %d, %v", d, got, ok)
		}
	}
}
