package main

import (
	"testing"
	"time"
)

// TestDemoSleeps: after a long sleep of the machine the demo goes on with what the server still takes.
func TestDemoSleeps(t *testing.T) {
	d := &demo{step: 5 * time.Second}
	next := time.Date(2030, 1, 1, 0, 0, 5, 0, time.UTC)
	for _, slept := range []time.Duration{0, time.Second, 10 * time.Minute, d.history()} {
		if got := d.skip(next, next.Add(slept)); !got.Equal(next) {
			t.Errorf("after %v: goes on at %v, want %v", slept, got, next)
		}
	}
	for _, slept := range []time.Duration{d.history() + d.step, 2 * maxHistory, 24 * time.Hour} {
		now := next.Add(slept)
		got := d.skip(next, now)
		if age := now.Sub(got); age < d.history() || age >= d.history()+d.step || got != got.Truncate(d.step) {
			t.Errorf("after %v: goes on at %v, %v old", slept, got, age)
		}
	}
}
