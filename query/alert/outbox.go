package alert

import (
	"cmp"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// Bounds of the outbox. Its content is in the log as well, so that what it holds survives a crash.
const (
	// maxWaiting and maxWaitingBytes bound the notifications in memory, of about 1 kB each and up to some 100 kB where
	// annotations are long. Beyond either the oldest is given up, and counted: a receiver that has been away for that
	// many hears of the newest.
	maxWaiting      = 50_000
	maxWaitingBytes = 64 << 20
	// maxPerReceiver bounds the attempts under way at one receiver.
	maxPerReceiver = 4
)

// A Notification is one event on its way to one receiver: the unit of delivery.
type Notification struct {
	ID       string          `json:"id"`    // Event.ID
	Alert    string          `json:"alert"` // groupID
	Receiver string          `json:"receiver"`
	Step     int64           `json:"step"` // Event.Step
	Body     json.RawMessage `json:"body"` // the event: the same bytes at each attempt
}

// Settled says that a notification needs no delivery any more.
type Settled struct {
	ID       string `json:"id,omitempty"` // empty in a snapshot, where the notification is gone already
	Alert    string `json:"alert"`
	Receiver string `json:"receiver"`
	At       int64  `json:"at"`              // wall time, milliseconds since the epoch
	Attempts int    `json:"attempts"`        // 1 if the first one got through
	Error    string `json:"error,omitempty"` // why it was given up; empty if it was delivered
}

// Delivery is how the news of one alert fares at one receiver.
type Delivery struct {
	Receiver string `json:"receiver"`
	// State is "none" (nothing to tell yet), "waiting" (for its first attempt), "delivered" (all of it) or
	// "failing" (the last attempt failed and will be repeated, unless the receiver is gone).
	State    string `json:"state"`
	At       int64  `json:"at"`       // wall time of the last attempt in milliseconds; 0 if there was none
	Attempts int    `json:"attempts"` // for the notification concerned
	Error    string `json:"error"`    // of the last attempt
}

// An outbox holds what is not delivered yet, and knows what to attempt next. Only times that go on with
// running time are used in it (time.Now), never the set clock.
type outbox struct {
	mu       sync.Mutex // guards what follows
	lanes    map[laneKey]*lane
	queues   map[string]*laneQueue // by receiver
	arrivals arrivals
	waiting  int // notifications in all lanes
	bytes    int // of these, by Notification.size
	limit    room
	givenUp  uint64 // notifications dropped for want of room
}

// A room is how much an outbox takes.
type room struct{ notifications, bytes int }

func newOutbox(limit room) *outbox {
	return &outbox{lanes: map[laneKey]*lane{}, queues: map[string]*laneQueue{}, limit: limit}
}

// size estimates the memory that n takes.
func (n *Notification) size() int {
	return 300 + len(n.ID) + len(n.Alert) + len(n.Receiver) + len(n.Body)
}

// add queues a notification that is in the log, behind the others of its lane. One that is queued already is
// left alone.
func (o *outbox) add(n Notification, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l := o.lane(laneKey{n.Alert, n.Receiver})
	if slices.ContainsFunc(l.letters, func(q Notification) bool { return q.ID == n.ID }) {
		return
	}
	for o.waiting > 0 && (o.waiting >= o.limit.notifications || o.bytes+n.size() > o.limit.bytes) && o.giveUpOldest() {
	}
	l = o.lane(l.key) // giving up may have ended it
	l.letters = append(l.letters, n)
	l.orphan = false
	o.waiting++
	o.bytes += n.size()
	o.arrivals.add(arrival{l, n.ID})
	if len(l.letters) == 1 && !l.sending {
		l.attempts = 0
		l.last = Delivery{Receiver: n.Receiver, State: "waiting"}
		l.schedule(now)
	}
}

// lane returns the lane of key, a new one if there is none.
func (o *outbox) lane(key laneKey) *lane {
	l := o.lanes[key]
	if l == nil {
		q := o.queues[key.receiver]
		if q == nil {
			q = &laneQueue{}
			o.queues[key.receiver] = q
		}
		l = &lane{key: key, queue: q, place: -1, last: Delivery{Receiver: key.receiver, State: "none"}}
		o.lanes[key] = l
	}
	return l
}

// giveUpOldest makes room, and reports whether it could: what is being sent stays.
func (o *outbox) giveUpOldest() bool {
	l, i := o.arrivals.oldest()
	if l == nil {
		return false
	}
	o.givenUp++
	if i == 0 {
		l.last = Delivery{
			Receiver: l.key.receiver, State: "failing", Attempts: l.attempts, At: l.last.At,
			Error: "given up: too many notifications wait",
		}
		l.attempts = 0
	}
	o.drop(l, i)
	return true
}

// dropHead takes the first notification out of l, and l out of the waiting ones if it was the last.
func (o *outbox) dropHead(l *lane) {
	l.attempts = 0
	o.drop(l, 0)
}

// drop takes a notification out of l.
func (o *outbox) drop(l *lane, i int) {
	o.waiting--
	o.bytes -= l.letters[i].size()
	l.letters = slices.Delete(l.letters, i, i+1)
	o.arrivals.compact(o.waiting)
	if len(l.letters) > 0 {
		return
	}
	l.unschedule()
	if l.orphan && !l.sending {
		delete(o.lanes, l.key)
	}
}

// take returns a lane to make an attempt for and the notification to send, or nil and the time to ask again;
// the zero time is: not before something happens. The caller must finish the lane.
func (o *outbox) take(now time.Time) (l *lane, n Notification, again time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, q := range o.queues {
		if len(q.due) == 0 || q.sending >= maxPerReceiver {
			continue
		}
		if l := q.due[0]; !l.due.After(now) {
			l.unschedule()
			l.sending = true
			q.sending++
			return l, l.letters[0], time.Time{}
		}
		if again.IsZero() || q.due[0].due.Before(again) {
			again = q.due[0].due
		}
	}
	return nil, Notification{}, again
}

// finish ends an attempt that take began and leaves last in the status. A settled notification leaves the
// outbox, another is attempted again; the next attempt of the lane is at next.
func (o *outbox) finish(l *lane, last Delivery, settled bool, next time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l.sending = false
	l.queue.sending--
	l.last = last
	if settled {
		o.dropHead(l)
	} else {
		l.attempts = last.Attempts
	}
	if len(l.letters) > 0 {
		l.schedule(next)
	}
}

// hurry makes every attempt that waits for its time due now.
func (o *outbox) hurry(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, q := range o.queues {
		for _, l := range q.due { // all the same: still a heap
			l.due = now
		}
	}
}

// settle applies a Settled from the log. What is in front of its notification was delivered or given up
// before: it goes as well, so that nothing older follows.
func (o *outbox) settle(s Settled) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l := o.lane(laneKey{s.Alert, s.Receiver})
	l.last = s.delivery()
	i := slices.IndexFunc(l.letters, func(n Notification) bool { return n.ID == s.ID })
	for range i + 1 {
		o.dropHead(l)
	}
}

// delivery returns what s means for the status.
func (s *Settled) delivery() Delivery {
	d := Delivery{Receiver: s.Receiver, State: "delivered", At: s.At, Attempts: s.Attempts, Error: s.Error}
	if s.Error != "" {
		d.State = "failing"
	}
	return d
}

// forget lets go of the lanes of an alert that is remembered no longer, once they are empty.
func (o *outbox) forget(alert string, receivers []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, receiver := range receivers {
		l := o.lanes[laneKey{alert, receiver}]
		if l == nil {
			continue
		}
		l.orphan = true
		if len(l.letters) == 0 && !l.sending {
			delete(o.lanes, l.key)
		}
	}
}

// delivery returns how an alert fares at its receivers: at the one where it fares worst.
func (o *outbox) delivery(alert string, receivers []string) Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	worst := Delivery{State: "none"}
	for _, receiver := range receivers {
		l := o.lanes[laneKey{alert, receiver}]
		if l == nil {
			continue
		}
		d := l.last
		if d.State == "delivered" && len(l.letters) > 0 {
			d = Delivery{Receiver: receiver, State: "waiting"}
		}
		if badness[d.State] > badness[worst.State] {
			worst = d
		}
	}
	return worst
}

var badness = map[string]int{"none": 0, "delivered": 1, "waiting": 2, "failing": 3}

// content returns all that waits, each lane in order.
func (o *outbox) content() []Notification {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]Notification, 0, o.waiting)
	for _, l := range o.lanes {
		all = append(all, l.letters...)
	}
	slices.SortStableFunc(all, func(a, b Notification) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Alert, b.Alert), cmp.Compare(a.Receiver, b.Receiver))
	})
	return all
}

// delivered returns the newest deliveries, one for each lane that had one.
func (o *outbox) delivered() []Settled {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []Settled
	for _, l := range o.lanes {
		if l.last.State == "delivered" {
			all = append(all, Settled{Alert: l.key.alert, Receiver: l.key.receiver, At: l.last.At, Attempts: l.last.Attempts})
		}
	}
	slices.SortFunc(all, func(a, b Settled) int {
		return cmp.Or(cmp.Compare(a.Alert, b.Alert), cmp.Compare(a.Receiver, b.Receiver))
	})
	return all
}

// sweep lets go of the lanes of all alerts that are not known, which a log that was cut may have left.
func (o *outbox) sweep(known map[string]bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, l := range o.lanes {
		if known[key.alert] {
			continue
		}
		l.orphan = true
		if len(l.letters) == 0 && !l.sending {
			delete(o.lanes, key)
		}
	}
}

// counts returns how many notifications wait, and how many were given up for want of room.
func (o *outbox) counts() (waiting int, givenUp uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.waiting, o.givenUp
}
