package alert

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func letter(alert, receiver string, step int64) Notification {
	return Notification{ID: fmt.Sprintf("%s%d", alert, step), Alert: alert, Receiver: receiver, Step: step, Body: []byte("{}")}
}

// takeAll takes what is due until nothing is, without finishing any.
func takeAll(o *outbox, now time.Time) (ids []string, lanes []*lane) {
	for {
		l, n, _ := o.take(now)
		if l == nil {
			return ids, lanes
		}
		ids, lanes = append(ids, n.ID), append(lanes, l)
	}
}

func TestOutboxKeepsTheOrderOfALane(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{10, maxWaitingBytes})
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
	o := newOutbox(room{10, maxWaitingBytes})
	o.add(letter("a", "r", 1), now)
	l, _, _ := o.take(now)
	o.add(letter("a", "r", 2), now)
	o.finish(l, Delivery{State: "failing", Attempts: 1}, false, now.Add(time.Second))
	if l, _, again := o.take(now); l != nil || !again.Equal(now.Add(time.Second)) {
		t.Errorf("took a lane before its retry is due, or wrong time to ask again: %v", again)
	}
	if again, n, _ := o.take(now.Add(time.Second)); again != l || n.ID != "a1" || l.attempts != 1 {
		t.Errorf("then took %q with %d failed attempts, want a1 after 1", n.ID, l.attempts)
	}
}

func TestOutboxSparesABusyReceiver(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{100, maxWaitingBytes})
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
	if waiting, _ := o.counts(); waiting != 0 || o.queues["r"].sending != 0 || len(o.queues["r"].due) != 0 {
		t.Errorf("left: %d waiting, queue %+v", waiting, o.queues["r"])
	}
}

func TestOutboxGivesUpTheOldest(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{3, maxWaitingBytes})
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

// TestOutboxBoundsBytes: few notifications with long bodies are given up as many short ones are.
func TestOutboxBoundsBytes(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{100, 10_000})
	for step := range int64(50) {
		n := letter(fmt.Sprint("a", step, "-"), "r", step)
		n.Body = fmt.Appendf(nil, "%q", strings.Repeat("x", 2000))
		o.add(n, now)
	}
	waiting, givenUp := o.counts()
	if waiting != 4 || givenUp != 46 || o.bytes > 10_000 {
		t.Errorf("%d wait in %d bytes, %d given up; want 4 and 46", waiting, o.bytes, givenUp)
	}
	huge := letter("huge", "r", 100)
	huge.Body = fmt.Appendf(nil, "%q", strings.Repeat("x", 20_000))
	o.add(huge, now) // alone it is taken: somebody has to hear of it
	if ids, _ := takeAll(o, now); !slices.Equal(ids, []string{"huge100"}) {
		t.Errorf("took %v", ids)
	}
}

// TestOutboxSparesWhatIsSent: what is under way is not given up, what waits behind it is.
func TestOutboxSparesWhatIsSent(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{3, maxWaitingBytes})
	o.add(letter("a", "r", 1), now)
	l, _, _ := o.take(now)
	for step := range int64(4) {
		o.add(letter("a", "r", 2+step), now)
	}
	o.finish(l, Delivery{State: "delivered"}, true, now)
	var ids []string
	for _, n := range o.content() {
		ids = append(ids, n.ID)
	}
	if want := []string{"a4", "a5"}; !slices.Equal(ids, want) {
		t.Errorf("left %v, want %v", ids, want)
	}
}

// TestArrivalsStaySmall: a long life with few notifications at a time leaves no long list.
func TestArrivalsStaySmall(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{3, maxWaitingBytes})
	for step := range int64(10_000) {
		o.add(letter(fmt.Sprint("a", step%7), "r", step), now)
		if step%3 == 0 {
			if l, _, _ := o.take(now); l != nil {
				o.finish(l, Delivery{State: "delivered"}, true, now)
			}
		}
	}
	if n := cap(o.arrivals.queue); n > 1000 {
		t.Errorf("%d arrivals are remembered", n)
	}
}

func TestOutboxForgets(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{10, maxWaitingBytes})
	o.add(letter("a", "r", 1), now)
	o.forget("a", []string{"r"})
	l, n, _ := o.take(now)
	if l == nil || n.ID != "a1" {
		t.Fatal("what waits for a forgotten alert is still delivered")
	}
	o.finish(l, Delivery{State: "delivered"}, true, now)
	if len(o.lanes) != 0 {
		t.Errorf("lanes left: %v", o.lanes)
	}
}

// TestOutboxSettlesWhatIsInFront replays a lane whose first notification was given up before the second
// was delivered.
func TestOutboxSettlesWhatIsInFront(t *testing.T) {
	now := time.Now()
	o := newOutbox(room{10, maxWaitingBytes})
	for step := range int64(3) {
		o.add(letter("a", "r", step), now)
	}
	o.settle(Settled{ID: "a1", Alert: "a", Receiver: "r", Attempts: 1})
	o.settle(Settled{ID: "a1", Alert: "a", Receiver: "r", Attempts: 1}) // twice is once
	if ids, _ := takeAll(o, now); !slices.Equal(ids, []string{"a2"}) {
		t.Errorf("took %v, want what was behind only", ids)
	}
	if waiting, _ := o.counts(); waiting != 1 {
		t.Errorf("%d are counted as waiting, want 1", waiting)
	}
}
