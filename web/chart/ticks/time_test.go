package ticks

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
)

type timeRow struct {
	TZ, ZoneLabel    string
	Start, End, Step int64
	Width, N         int
	Ticks            []struct {
		T            int64
		X            int
		Major        bool
		Label, Drawn string
	}
}

// zoneOf returns the zones of the table, which are regions and offsets.
func zoneOf(t *testing.T, id string) *time.Location {
	t.Helper()
	switch id {
	case "Z":
		return time.UTC
	case "+05:30":
		return time.FixedZone(id, 5*3600+1800)
	case "-08:00":
		return time.FixedZone(id, -8*3600)
	case "UTC+3":
		return time.FixedZone(id, 3*3600)
	}
	zone, err := time.LoadLocation(id)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestTimeTicks compares with what Atlas's library has printed.
func TestTimeTicks(t *testing.T) {
	recorded(t, "time.jsonl", func(r timeRow) {
		axis := TimeAxis{r.Start, r.End, r.Step}
		zone := zoneOf(t, r.TZ)
		name := fmt.Sprintf("%s %+v, width %d", r.TZ, axis, r.Width)
		var want []TimeTick
		for _, tick := range r.Ticks {
			one := TimeTick{tick.T, tick.Major, tick.Label, false}
			if tick.Drawn != "" {
				one.Label, one.ClockChanged = tick.Drawn, true
			}
			want = append(want, one)
		}
		got := axis.Ticks(zone, r.N)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
			return
		}
		pixels := axis.Pixels(0, r.Width)
		for i, tick := range got {
			if x := pixels(tick.Time); x != r.Ticks[i].X {
				t.Errorf("%s: %v at column %d, want %d", name, tick.Time, x, r.Ticks[i].X)
			}
		}
		if got := ZoneName(r.TZ, zone); got != r.ZoneLabel {
			t.Errorf("%s: zone %q, want %q", name, got, r.ZoneLabel)
		}
	})
}

func TestChangeText(t *testing.T) {
	for ms, want := range map[int64]string{msHour: "+1H", -msHour: "-1H", 30 * msMinute: "+30M", -90 * msMinute: "-1H30M", 24 * msHour: "+24H"} {
		if got := changeText(ms); got != want {
			t.Errorf("changeText(%d) = %q, want %q", ms, got, want)
		}
	}
}
