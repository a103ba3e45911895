package alert

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func letter(alert, receiver string, step int64) Notification {
	return Notification{ID: fmt.Sprintf("%s%d", alert, step), Alert: alert, Receiver: receiver, Step: step, Body: []byte("{}")}
}

// takeAll takes what is due until nothing is, without finishing any.
func takeAll(o *outbox, now time.Time) (ids []string, lanes []*lane) {
	for {
		l, n, ok, _ := o.take(now)
		if !ok {
			return ids, lanes
		}
		ids, lanes = append(ids, n.ID), append(lanes, l)
	}
}

func TestOutboxKeepsTheOrderOfALane(t *testing.T) {
	now := time.Now()
	o := newOutbox(10)
	o.add(letter("a", "r", 1), now)
	o.add(letter("a", "r", 2), now)
	o.add(letter("a", "r", 2), now) // again, as after a replay
	o.add(letter("b", "r", 3), now)
	ids, lanes := takeAll(o, now)
	if slices.Sort(ids); !slices.Equal(ids, []string{"a1", "b3"}) {
		t.Fatalf("took %v, want one of each lane", ids)
	}
	for _, l := range lanes {
		o.finish(l, Delivery{State: "delivered"}, true, now)
	}
	if ids, _ := takeAll(o, now); !slices.Equal(ids, []string{"a2"}) {
		t.Errorf("then took %v, want a2", ids)
	}
}

func TestOutboxWaitsForARetry(t *testing.T) {
	now := time.Now()
	o := newOutbox(10)
	o.add(letter("a", "r", 1), now)
	l, _, _, _ := o.take(now)
	o.add(letter("a", "r", 2), now)
	o.finish(l, Delivery{State: "failing", Attempts: 1}, false, now.Add(time.Second))
	if _, _, ok, again := o.take(now); ok || !again.Equal(now.Add(time.Second)) {
		t.Errorf("took a lane before its retry is due, or wrong time to ask again: %v", again)
	}
	if _, n, ok, _ := o.take(now.Add(time.Second)); !ok || n.ID != "a1" || l.attempts != 1 {
		t.Errorf("then took %v, %v with %d failed attempts, want a1 after 1", n.ID, ok, l.attempts)
	}
}

func TestOutboxParksLanesOfABusyReceiver(t *testing.T) {
	now := time.Now()
	o := newOutbox(100)
	for i := range 2 * maxPerReceiver {
		o.add(letter(fmt.Sprint("a", i), "r", 1), now)
	}
	o.add(letter("z", "other", 1), now.Add(time.Millisecond))
	ids, lanes := takeAll(o, now.Add(time.Second))
	if len(ids) != maxPerReceiver+1 || !slices.Contains(ids, "z1") {
		t.Fatalf("took %v, want %d and that of the other receiver", ids, maxPerReceiver)
	}
	for done := 1; len(lanes) > 0; done++ {
		o.finish(lanes[0], Delivery{State: "delivered"}, true, now)
		_, more := takeAll(o, now.Add(time.Second))
		if lanes = append(lanes[1:], more...); done > 100 {
			t.Fatal("no end")
		}
	}
	if waiting, _ := o.counts(); waiting != 0 || len(o.parked) != 0 || len(o.sending) != 0 {
		t.Errorf("left: %d waiting, parked %v, sending %v", waiting, o.parked, o.sending)
	}
}

func TestOutboxGivesUpTheOldest(t *testing.T) {
	now := time.Now()
	o := newOutbox(3)
	for step := range int64(6) {
		o.add(letter(string(rune('a'+step%2)), "r", step), now)
	}
	var steps []int64
	for _, n := range o.content() {
		steps = append(steps, n.Step)
	}
	if waiting, givenUp := o.counts(); !slices.Equal(steps, []int64{3, 4, 5}) || waiting != 3 || givenUp != 3 {
		t.Errorf("kept steps %v, %d waiting, %d given up", steps, waiting, givenUp)
	}
	ids, _ := takeAll(o, now)
	if slices.Sort(ids); !slices.Equal(ids, []string{"a4", "b3"}) {
		t.Errorf("took %v", ids)
	}
}

func TestOutboxForgets(t *testing.T) {
	now := time.Now()
	o := newOutbox(10)
	o.add(letter("a", "r", 1), now)
	o.forget("a", []string{"r"})
	l, n, ok, _ := o.take(now)
	if !ok || n.ID != "a1" {
		t.Fatal("what waits for a forgotten alert is still delivered")
	}
	o.finish(l, Delivery{State: "delivered"}, true, now)
	if len(o.lanes) != 0 {
		t.Errorf("lanes left: %v", o.lanes)
	}
}
