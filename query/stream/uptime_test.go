package stream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

var errDisk = errors.New("disk full")

// A fakeTime is both clocks, in milliseconds.
type fakeTime struct{ wall, running int64 }

func (f *fakeTime) pass(millis int64) { f.wall += millis; f.running += millis }

// newTestUptime returns an uptime at a step of 100 ms and a delay of 50 ms whose clocks are f's.
func newTestUptime(f *fakeTime) *Uptime {
	u := NewUptime(Clock{Step: 100 * time.Millisecond, Delay: 50 * time.Millisecond}, nil)
	u.read = func() (int64, time.Duration) { return f.wall, time.Duration(f.running) * time.Millisecond }
	return u
}

// judged shows the steps 100 … last: k where one is known, else the first letter of why not.
func judged(u *Uptime, last int64) string {
	var b strings.Builder
	for step := int64(100); step <= last; step += 100 {
		switch at, why, found := u.FirstUnknown(step, step); {
		case !found:
			b.WriteByte('k')
		case at != step:
			fmt.Fprintf(&b, "<%d for %d>", at, step)
		default:
			b.WriteByte(string(why)[0])
		}
	}
	return b.String()
}

// live is one life of a server: it begins, logs what it is up to each 50 ms up to a time, and is killed there.
func life(u *Uptime, f *fakeTime, until int64) (records []wal.Record) {
	u.Begin()
	for f.wall < until {
		f.pass(50)
		r, holds := u.Record()
		u.Logged(holds)
		u.Written(0, nil)
		records = append(records, r)
	}
	return records
}

func reborn(t testing.TB, f *fakeTime, records ...wal.Record) *Uptime {
	u := newTestUptime(f)
	for _, r := range records {
		if err := u.Replay(r); err != nil {
			t.Fatal(err)
		}
	}
	return u
}

func TestFirstStepIsAWholeOne(t *testing.T) {
	f := &fakeTime{wall: 200}
	u := newTestUptime(f)
	u.Begin()
	f.pass(449)
	if got := judged(u, 600); got != "nnkkks" {
		t.Errorf("begun at 200, at 649: %s", got)
	}
	f = &fakeTime{wall: 201}
	u = newTestUptime(f)
	u.Begin()
	f.pass(449)
	if got := judged(u, 500); got != "nnnkk" {
		t.Errorf("begun at 201, at 650: %s", got)
	}
}

func TestKilledAndStopped(t *testing.T) {
	f := &fakeTime{wall: 0}
	u := newTestUptime(f)
	records := life(u, f, 450) // the steps up to 400 are in the log as taken
	f.pass(120)                // and what came then is not
	u = reborn(t, f, records...)
	f.pass(230) // 800
	u.Begin()
	f.pass(350)
	if got, want := judged(u, 1100), "kkkkssssk"+"kk"; got != want {
		t.Errorf("killed: %s, want %s", got, want)
	}
	r, _ := u.Record()
	f.pass(100) // 1250
	u.Stop()
	last, _ := u.Record()
	f.pass(200)
	u = reborn(t, f, append(records, r, last)...)
	if got, want := judged(u, 1400), "kkkkssss"+"kkkk"+"ss"; got != want {
		t.Errorf("stopped: %s, want %s", got, want)
	}
	u = reborn(t, f, u.Snapshot())
	if got, want := judged(u, 1400), "kkkkssss"+"kkkk"+"ss"; got != want {
		t.Errorf("from the snapshot: %s, want %s", got, want)
	}
}

func TestFailedWrites(t *testing.T) {
	f := &fakeTime{wall: 0}
	u := newTestUptime(f)
	u.Begin()
	f.pass(270)
	u.Written(10*time.Millisecond, nil)
	f.pass(200) // 470
	if got := judged(u, 400); got != "kkkk" {
		t.Errorf("without news of a failure: %s", got)
	}
	u.Written(20*time.Millisecond, errDisk) // since 260 nobody knows
	u.Written(0, errDisk)
	f.pass(160) // 630
	u.Written(30*time.Millisecond, nil)
	f.pass(270) // 900
	if got, want := judged(u, 800), "kk"+"aaaa"+"kk"; got != want {
		t.Errorf("after a failure: %s, want %s", got, want)
	}
}

// TestFailuresDoNotPushOut: a log that fails again and again leaves the history before it as it was.
func TestFailuresDoNotPushOut(t *testing.T) {
	f := &fakeTime{wall: 0}
	u := newTestUptime(f)
	u.Begin()
	f.pass(1000)
	u.Written(0, nil)
	for range 3 * maxIntervals {
		f.pass(20)
		u.Written(0, errDisk)
		u.Written(0, nil)
	}
	if got, want := judged(u, 1100), "kkkkkkkkk"+"aa"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := len(u.history.entries); n > 3 {
		t.Errorf("%d intervals are kept", n)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	f := &fakeTime{wall: 0}
	u := newTestUptime(f)
	for range maxIntervals + 10 {
		u.Begin()
		f.pass(200)
		u.Stop()
		f.pass(100)
	}
	if got := judged(u, 100); got != "n" {
		t.Errorf("the first step is %s, want no record", got)
	}
	if _, _, found := u.FirstUnknown(f.wall-200, f.wall-200); found {
		t.Error("the last one is unknown")
	}
	again := reborn(t, f, u.Snapshot())
	if n, m := len(u.history.entries), len(again.history.entries); n != maxIntervals || m != n {
		t.Errorf("%d intervals are kept and %d come back, want %d", n, m, maxIntervals)
	}
}

func TestClockMoved(t *testing.T) {
	for _, c := range []struct {
		name    string
		by      int64 // how much the wall clock moves at 470
		running int64 // how much running time goes by with it
		want    string
	}{
		{"a quarter of a step is let be", 25, 0, "kkkkkkkkkkkk"},
		{"set forward", 300, 0, "kkkccccc" + "kkkk"},
		{"suspended", 300, 0, "kkkccccc" + "kkkk"},
		{"a long time in which time ran", 300, 300, "kkkkkkkkkkkk"},
		{"set back a little", -20, 0, "kkkkkkkkkkkk"},
		{"set back", -60, 0, "kkkc" + "kkkkkkkk"},
	} {
		f := &fakeTime{wall: 0}
		u := newTestUptime(f)
		u.Begin()
		for f.wall < 440 {
			f.pass(10)
			u.Now()
		}
		f.pass(10) // nobody looks
		f.wall, f.running = f.wall+c.by, f.running+c.running
		for f.wall < 1250 {
			u.Now()
			f.pass(10)
		}
		if got := judged(u, 1200); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestClockCreeps: many small steps of the clock are a large one.
func TestClockCreeps(t *testing.T) {
	f := &fakeTime{wall: 0}
	u := newTestUptime(f)
	u.Begin()
	for f.wall < 1000 {
		f.pass(10)
		if f.wall%100 == 0 {
			f.wall += 10
		}
		u.Now()
	}
	if got := judged(u, 900); !strings.Contains(got, "c") {
		t.Errorf("a clock that is ten percent too fast: %s", got)
	}
}

func TestPaused(t *testing.T) {
	f := &fakeTime{wall: 0}
	u := newTestUptime(f)
	u.Paused(time.Second) // nothing was taken anyway
	u.Begin()
	f.pass(500)
	u.Now() // somebody was quicker
	u.Paused(240 * time.Millisecond)
	f.pass(400)
	if got, want := judged(u, 800), "kkpppk"+"kk"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestWalkerNoticesTheClock: the walker looks at the clock although it has nothing to do.
func TestWalkerNoticesTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var offset atomic.Int64 // wall time ahead of time.Now
		clock := Clock{Step: 10 * time.Second}
		u := NewUptime(clock, func() time.Time { return time.Now().Add(time.Duration(offset.Load())) })
		u.Begin()
		begin := time.Now()
		w := Walk(Config{Clock: clock, Uptime: u, OnStep: func(context.Context, Tick) {}})
		pass(25 * time.Second)
		offset.Store(int64(time.Hour))
		pass(30 * time.Second)
		w.Close()
		for after, want := range map[time.Duration]bool{
			10 * time.Second: true, 20 * time.Second: true, 30 * time.Second: false, 30 * time.Minute: false,
			time.Hour + 30*time.Second: false, time.Hour + 40*time.Second: true, time.Hour + 50*time.Second: true,
		} {
			step := begin.Add(after).UnixMilli()
			if _, why, unknown := u.FirstUnknown(step, step); unknown == want || unknown && why != ClockMoved {
				t.Errorf("the step after %s is known: %t (%s), want %t", after, !unknown, why, want)
			}
		}
	})
}

func TestReplayOfDamage(t *testing.T) {
	for body, want := range map[string]string{
		`{`: "unexpected end", `{"up":[{"from":-1,"to":3}]}`: "interval 0: from -1 to 3", `{"up":[{"from":5,"to":3}]}`: "from 5 to 3",
		`{"up":[{"from":5,"to":30000000000000000}]}`:     "interval 0",
		`{"up":[{"from":1,"to":3,"ended":"a whim"}]}`:    `ended by "a whim"`,
		`{"up":[{"from":1,"to":3},{"from":9,"to":8}]}`:   "interval 1",
		`{"up":[{"from":1,"to":3,"ended":"no record"}]}`: "no record",
		`{"up":[{"from":1.5,"to":3}]}`:                   "cannot unmarshal",
	} {
		u := newTestUptime(&fakeTime{})
		err := u.Replay(wal.Record{Type: wal.Uptime, Version: 1, Body: []byte(body)})
		if !errors.Is(err, errRecord) || !strings.Contains(err.Error(), want) || len(u.history.entries) > 0 {
			t.Errorf("%s: %v, want an error with %q and nothing applied", body, err, want)
		}
	}
	err := newTestUptime(&fakeTime{}).Replay(wal.Record{Type: wal.Uptime, Version: 2, Body: []byte(`{}`)})
	if !errors.Is(err, errRecord) || !strings.Contains(err.Error(), "use a newer one") {
		t.Errorf("a newer version: %v", err)
	}
}

func FuzzUptimeReplay(f *testing.F) {
	f.Add([]byte(`{"up":[{"from":100,"to":450,"ended":"stopped"},{"from":600,"to":900}]}`), int64(300))
	f.Add([]byte(`{"up":[{"from":0,"to":9007199254740992}]}`), int64(9007199254740000))
	f.Fuzz(func(t *testing.T, body []byte, at int64) {
		u := newTestUptime(&fakeTime{wall: 1000})
		r := wal.Record{Type: wal.Uptime, Version: 1, Body: body}
		if u.Replay(r) != nil {
			return
		}
		once := string(u.Snapshot().Body)
		if err := u.Replay(u.Snapshot()); err != nil || string(u.Snapshot().Body) != once {
			t.Fatalf("a snapshot applied again: %v, %s became %s", err, once, u.Snapshot().Body)
		}
		at = max(at, 0) % maxTime / 100 * 100
		u.FirstUnknown(at, at+1000)
		u.Begin()
		u.Record()
	})
}

// A stretch is a piece of wall time in which samples were taken, and up to where the log has it.
type stretch struct{ from, to, logged int64 }

// TestUptimeModel lets a server live, fail and die at random, and holds every step against the stretches that a
// bystander noted.
func TestUptimeModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := &fakeTime{wall: int64(rapid.IntRange(0, 300).Draw(t, "start"))}
		u := newTestUptime(f)
		var records []wal.Record
		var past []*stretch
		var now *stretch // nil: nothing is taken
		begun, good := false, int64(0)
		begin := func() {
			now = &stretch{from: f.wall, to: f.wall, logged: -1}
			past = append(past, now)
			good = f.wall
		}
		for range rapid.IntRange(1, 60).Draw(t, "actions") {
			f.pass(int64(rapid.IntRange(0, 150).Draw(t, "pass")))
			if now != nil {
				now.to = f.wall
			}
			switch rapid.SampledFrom([]string{"begin", "write", "write", "write", "fail", "log", "log", "log", "stop", "kill"}).Draw(t, "action") {
			case "begin":
				if !begun {
					u.Begin()
					begun = true
					begin()
				}
			case "log":
				r, holds := u.Record()
				u.Logged(holds)
				records = append(records, r)
				for _, one := range past {
					one.logged = one.to
				}
				fallthrough
			case "write":
				u.Written(0, nil)
				if begun && now == nil {
					begin()
				}
				good = f.wall
			case "fail":
				u.Written(0, errDisk)
				if now != nil {
					now.to, now = good, nil
				}
			case "stop":
				u.Stop()
				begun, now = false, nil
			case "kill":
				u = newTestUptime(f)
				for _, r := range records {
					if err := u.Replay(r); err != nil {
						t.Fatal(err)
					}
				}
				for _, one := range past {
					one.to = one.logged
				}
				begun, now = false, nil
			}
		}
		if now != nil {
			now.to = f.wall
		}
		for step := int64(100); step+50 <= f.wall; step += 100 {
			want := false
			for _, one := range past {
				want = want || one.from <= step-100 && step+50 <= one.to
			}
			if _, why, unknown := u.FirstUnknown(step, step); unknown == want {
				t.Fatalf("step %d is known: %t (%s), want %t", step, !unknown, why, want)
			}
		}
	})
}

// TestPauseOfAStep: a pause as long as a step is noticed wherever in a nap it begins, and waits of a loaded machine are
// not taken for one.
func TestPauseOfAStep(t *testing.T) {
	for _, step := range []time.Duration{time.Second / 2, time.Second, 2 * time.Second, 5 * time.Second, time.Minute, time.Hour} {
		if most := napLimit(step) + pauseLimit(step); most > step*3/4 {
			t.Errorf("at a step of %s pauses of up to %s are not noticed", step, most)
		}
		if least := pauseLimit(step); least < leastPause || least < step/4 {
			t.Errorf("at a step of %s %s are a pause", step, least)
		}
	}
}
