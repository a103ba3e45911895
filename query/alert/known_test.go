package alert

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// upRecord says in which times samples were taken, pairs of seconds.
func upRecord(seconds ...int64) wal.Record {
	var intervals []string
	for pair := range slices.Chunk(seconds, 2) {
		body := mustJSON(stream.Interval{From: pair[0] * second, To: pair[1] * second, Ended: stream.Stopped})
		intervals = append(intervals, string(body))
	}
	return wal.Record{Type: wal.Uptime, Version: 1, Body: []byte(`{"up":[` + strings.Join(intervals, ",") + `]}`)}
}

// benchKnowing is a bench that knows the steps from up to up to, pairs of seconds, and no others.
func benchKnowing(t *testing.T, schedule string, fromTo ...int64) *bench {
	for i := 0; i < len(fromTo); i += 2 {
		fromTo[i]-- // a step is known if samples were taken since the one before
	}
	b := newBench(t, schedule)
	b.sees = true
	b.log.records = []wal.Record{upRecord(fromTo...)}
	return b
}

// TestUnknownSteps: they count neither way, are said on the alert, and what recovered is resolved at the first step that
// knows it.
func TestUnknownSteps(t *testing.T) {
	b := benchKnowing(t, "TT   T..", 1, 2, 6, 8)
	b.begin(oneRule)
	b.steps(1, 5)
	want := &Doubt{First: 3 * second, Last: 5 * second, Reason: stream.Stopped}
	if g := b.group(); g.State != "pending" || g.Since != second || !cmp.Equal(g.Doubt, want) || g.Value != 2000 {
		t.Errorf("behind unknown steps: %+v, doubt %+v", g, g.Doubt)
	}
	if s := b.manager.Status(); !cmp.Equal(s.Doubt, want) || s.Unknown != 3 || s.Step != 5*second || s.Rules[0].Evaluated != 2*second {
		t.Errorf("behind unknown steps: %+v, doubt %+v", s, s.Doubt)
	}
	if got := b.engine.evaluated(); !slices.Equal(got, []int64{1000, 2000}) {
		t.Errorf("evaluated %v, want the known steps", got)
	}
	b.steps(6, 6)
	if g := b.group(); g.State != "firing" || g.Since != 6*second {
		t.Errorf("at the third step that is known and true: %+v", g)
	}
	b.steps(7, 8)
	b.deliver()
	events := b.receiver.events()
	if len(events) != 2 || events[0].Start != second || events[1].State != "resolved" || events[1].Step != 7*second || events[1].Reason != Recovered {
		t.Errorf("got %+v", events)
	}
}

// TestUnknownStepsWhileFiring: the end of an alert is found out once, where it can be.
func TestUnknownStepsWhileFiring(t *testing.T) {
	b := benchKnowing(t, "TTT", 1, 3, 8, 9)
	b.begin(oneRule)
	b.steps(1, 5)
	b.begin(oneRule) // and a restart in the middle
	b.steps(6, 7)
	if g := b.group(); g.State != "firing" || g.Doubt == nil || g.Doubt.Last != 7*second {
		t.Errorf("at unknown steps: %+v", g)
	}
	b.steps(8, 9)
	b.deliver()
	events := b.receiver.events()
	if len(events) != 2 || events[1].Step != 8*second || events[1].Reason != NoData || events[1].ValueStep != 3*second {
		t.Errorf("got %+v", events)
	}
}

// TestUnknownStepsAreNotLogged, but the newest is, for somebody has to find out whether the log takes records.
func TestUnknownStepsAreNotLogged(t *testing.T) {
	b := benchKnowing(t, "", 1, 2)
	b.now = func() time.Time { return time.UnixMilli(9 * second) }
	b.begin(oneRule)
	loaded := len(b.log.records)
	b.steps(1, 9)
	var steps []string
	for _, r := range b.log.records[loaded:] {
		if r.Type == wal.AlertState {
			steps = append(steps, string(r.Body))
		}
	}
	if diff := cmp.Diff([]string{`{"step":1000}`, `{"step":2000}`, `{"step":9000}`}, steps); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

// TestWindows: where an expression reads an unknown step, true is true and all else is unknown. Step 4 is unknown, for
// which there are no values.
func TestWindows(t *testing.T) {
	const series = `
step 1s
start 1970-01-01T00:00:01Z
series name=x   20 20 20 NaN  1  1  1  1  1  1  1  1
series name=y    1  1  1 NaN  1 20  1  1  1  1  1  1
`
	for _, c := range []struct {
		expr  string
		fires int64 // 0: not at all
		ends  int64 // 0: not in sight
	}{
		{"name,x,:eq,:sum,10,:gt", 1, 5},
		{"name,x,:eq,:sum,10,:gt,2,:rolling-count,0,:gt", 1, 6},
		{"name,x,:eq,:sum,3,:rolling-min,10,:gt", 1, 7},
		{"name,x,:eq,:sum,3s,:offset,10,:gt", 5, 8}, // step 7 reads step 4, step 8 does not
		{"name,x,:eq,:sum,3,:delay,10,:gt", 5, 8},
		{"name,x,:eq,:sum,5s,:trend,10,:gt", 3, 9},
		{"name,x,:eq,:sum,:cumulative-max,name,x,:eq,:sum,:sub,1,:lt", 1, 0}, // it reads all there is, and more
		{"name,y,:eq,:sum,10,:gt,3,:rolling-count,0,:gt", 6, 9},              // true is true, although step 6 reads step 4
	} {
		store, err := tsdbtest.ParseStore(strings.NewReader(series))
		if err != nil {
			t.Fatal(err)
		}
		b := benchKnowing(t, "", 1, 3, 5, 12)
		b.engine = nil
		m := b.beginOver(FromEngine(query.NewEngine(query.Config{Store: store}), time.Second),
			strings.Replace(strings.Replace(oneRule, "for: 3s", "for: 0", 1), "name,up,:eq", c.expr, 1))
		b.steps(1, 12)
		b.deliver()
		var fires, ends int64
		for _, e := range b.receiver.events() {
			switch {
			case e.State == "firing" && fires == 0:
				fires = e.Step / second
			case e.State == "resolved" && ends == 0:
				ends = e.Step / second
			default:
				t.Errorf("%s: a second time: %+v", c.expr, e)
			}
		}
		if fires != c.fires || ends != c.ends {
			t.Errorf("%s: fires at %d and ends at %d, want %d and %d; %+v", c.expr, fires, ends, c.fires, c.ends, m.Status().Rules[0].Groups)
		}
	}
}

// TestLiveClockJumps: the clock is set an hour ahead under an alert that fires, and the publishers follow.
func TestLiveClockJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var offset atomic.Int64 // wall time ahead of time.Now
		b := live(t, "TTTTTTTTTT")
		b.sees = true
		b.now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
		b.begin(oneRule).Start()
		b.uptime.Begin()
		defer b.manager.Close()
		pass(6 * time.Second)
		if events := b.receiver.events(); len(events) != 1 {
			t.Fatalf("got %+v, want the firing", events)
		}
		offset.Store(int64(time.Minute))
		pass(1500 * time.Millisecond)
		if events := b.receiver.events(); len(events) != 0 {
			t.Errorf("got %+v", events)
		}
		s := b.manager.Status()
		if s.Doubt == nil || s.Doubt.Reason != stream.ClockMoved || s.Unknown < 58 || s.Rules[0].State != "firing" {
			t.Errorf("while the clock stands elsewhere: %+v, %+v", s, s.Doubt)
		}
		pass(2 * time.Second)
		if events := b.receiver.events(); len(events) != 1 || events[0].Reason != NoData {
			t.Errorf("at a step that is known again: %+v", events)
		}
	})
}

// TestLiveUnknownOnAFullDisk: what could not be stored is not missed.
func TestLiveUnknownOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTTTT     TTTTTT.")
		b.sees = true
		b.begin(oneRule).Start()
		b.uptime.Begin()
		defer b.manager.Close()
		pass(5500 * time.Millisecond)
		b.log.setFail(errors.New("disk full"))
		pass(4 * time.Second)
		if s := b.manager.Status(); s.Error != "states are not in the log: disk full" {
			t.Errorf("on a full disk: %+v", s)
		}
		b.log.setFail(nil)
		pass(4 * time.Second)
		s := b.manager.Status()
		if s.Doubt == nil || s.Doubt.Reason != stream.AppendFailed || s.Error != "" || s.Rules[0].Evaluated < bubbleEpoch*second+12*second {
			t.Errorf("with space again: %+v, %+v", s, s.Doubt)
		}
		pass(5 * time.Second)
		events := b.receiver.events()
		if len(events) != 2 || events[1].Step != (bubbleEpoch+17)*second || events[1].Reason != Recovered {
			t.Errorf("got %+v, want a firing and the end that was seen", events)
		}
	})
}

// TestLiveRestartKnowsWhatItSaw: steps that closed before the end and were not evaluated are known in the next life.
func TestLiveRestartKnowsWhatItSaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTTT..")
		b.sees = true
		b.begin(oneRule).Start()
		b.uptime.Begin()
		pass(4500 * time.Millisecond)
		b.manager.walker.Close() // evaluation stops, and the server goes on
		pass(2 * time.Second)
		b.uptime.Stop()
		b.manager.Close()
		pass(time.Minute)
		b.begin(oneRule).Start()
		b.uptime.Begin()
		pass(0)
		b.manager.Close()
		events := b.receiver.events()
		if len(events) != 2 || events[1].Step != (bubbleEpoch+5)*second || events[1].Reason != Recovered {
			t.Errorf("got %+v, want the end that was seen before", events)
		}
	})
}

// TestFirstJudged: it is the time to the first step that was seen whole.
func TestFirstJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := live(t, "TTTT")
		b.sees = true
		b.begin(oneRule)
		pass(700 * time.Millisecond) // the log is replayed
		b.manager.Start()
		b.uptime.Begin()
		defer b.manager.Close()
		pass(time.Second)
		if got := b.manager.Stats().FirstJudged; got != 1700*time.Millisecond {
			t.Errorf("before the first one %s have passed", got)
		}
		pass(5 * time.Second)
		if got := b.manager.Stats().FirstJudged; got != 2*time.Second {
			t.Errorf("judged first after %s", got)
		}
	})
}

// TestUptimeIsKept: a checkpoint has all of it.
func TestUptimeIsKept(t *testing.T) {
	b := benchKnowing(t, "TTTTTTTTT", 1, 3, 6, 9)
	b.begin(oneRule)
	b.steps(1, 2)
	before := len(b.log.records)
	if err := b.manager.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.log.records = b.log.records[before:]
	b.begin(oneRule)
	b.steps(3, 9)
	if s := b.manager.Status(); s.Unknown != 2 {
		t.Errorf("%d steps are unknown, want 4 and 5: %+v", s.Unknown, s.Doubt)
	}
}
