package eval

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
)

func mustZone(t *testing.T, id string) *time.Location {
	t.Helper()
	zone, err := expr.LoadZone(id)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestTimeRange(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 30, 0, time.UTC)
	at := func(text string) int64 {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when.UnixMilli()
	}
	cases := []struct{ zone, start, end, wantStart, wantEnd string }{
		{"UTC", "e-3h", "now", "2026-11-22T12:00:30Z", "2026-11-22T15:00:30Z"},
		{"UTC", "2018-07-24", "s+5m", "2018-07-24T00:00:00Z", "2018-07-24T00:05:00Z"},
		{"US/Pacific", "2018-07-24", "s+5m", "2018-07-24T07:00:00Z", "2018-07-24T07:05:00Z"},
		{"UTC", "e-5m", "1733292000+5m", "2024-12-04T06:00:00Z", "2024-12-04T06:05:00Z"},
		{"UTC", "now-1w", "now-6d", "2026-11-15T15:00:30Z", "2026-11-16T15:00:30Z"},
		{"UTC", "epoch", "epoch+1d", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z"},
		{"UTC", "e", "2026-11-22T15:00", "2026-11-22T15:00:00Z", "2026-11-22T15:00:00Z"},
		{"UTC", "foo-1h", "whatever", "2026-11-22T14:00:30Z", "2026-11-22T15:00:30Z"},
		{"UTC", "1795348800", "1795348800000", "2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"},
		{"UTC", "1795348800000000", "1795348800000000000", "2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"},
		{"UTC", "2026-11-22T12:00:00.500+01", "2026-11-22T12:00-0130", "2026-11-22T11:00:00.5Z", "2026-11-22T13:30:00Z"},
		{"UTC", "2012-01-01Z", "2012-01-01T00:00:01z", "2012-01-01T00:00:00Z", "2012-01-01T00:00:01Z"},
		{"Asia/Kolkata", "2026-11-22T12:00", "2026-11-22T12:00+05:30:00", "2026-11-22T06:30:00Z", "2026-11-22T06:30:00Z"},
		// In the hour that the clock skips, time counts on; of an hour that it shows twice, the first.
		{"US/Pacific", "2026-03-08T02:30", "2026-11-01T01:30", "2026-03-08T10:30:00Z", "2026-11-01T08:30:00Z"},
	}
	for _, c := range cases {
		start, end, err := TimeRange{c.start, c.end, mustZone(t, c.zone), now}.Resolve()
		if err != nil || start != at(c.wantStart) || end != at(c.wantEnd) {
			t.Errorf("%s %s %s: %s, %s, error %v", c.zone, c.start, c.end, utc(start), utc(end), err)
		}
	}
	for _, c := range []struct{ start, end, want string }{
		{"e-5m", "s+5m", "requirement failed: start and end are both relative"},
		{"now", "now-1h", "requirement failed: end time is before start time"},
		{"2026-13-01", "now", "invalid date 2026-13-01"},
		{"2026-11-22T25:00", "now", "invalid date 2026-11-22T25:00"},
		{"2026-11-22 12:00", "now", "invalid date 2026-11-22 12:00"},
		{"99999999999999999999", "now", "invalid date 99999999999999999999"},
		{"", "now", "invalid date "},
		{"now-999999999999y", "now", "duration out of range: 999999999999y"},
		{"now-290000000y", "now", "time is out of range: -290000000y from 1795359630000 ms"},
		{"now", "s+9000000000000000s", "time is out of range: +9000000000000000s from 1795359630000 ms"},
	} {
		if _, _, err := (TimeRange{c.start, c.end, time.UTC, now}).Resolve(); err == nil || err.Error() != c.want {
			t.Errorf("%s %s: error %v, want %s", c.start, c.end, err, c.want)
		}
	}
}

// What is no name of a time is now to a graph, with a remark, and an error to what is strict.
func TestUnknownTimes(t *testing.T) {
	now := time.Date(2026, 11, 22, 15, 0, 30, 0, time.UTC)
	for _, c := range []struct{ start, end, unknown string }{
		{"e-3h", "now", ""},
		{"e", "now", ""},
		{"epoch", "epoch+1d", ""},
		{"2026-11-22", "s+5m", ""},
		{"2026-11-22", "s", ""},
		{"now-1w", "now-1d", ""},
		{"1795348800", "1795348800000+5m", ""},
		{"e-3h", "yesterday", "yesterday"},
		{"yesterday", "now", "yesterday"},
		{"today-1h", "now", "today"},
		{"midnight-1h", "now-5m", "midnight"},
		{"s-5m", "now", "s"},         // the start relative to itself
		{"now-5m", "e", "e"},         // the end relative to itself
		{"e", "s", "s"},              // each relative to the other
		{"nov-5m", "nov", "nov nov"}, // a slip of now
	} {
		times := TimeRange{c.start, c.end, time.UTC, now}
		start, end, err := times.Resolve()
		if err != nil {
			t.Errorf("%s to %s: %v", c.start, c.end, err)
		}
		var want []string
		for _, word := range strings.Fields(c.unknown) {
			want = append(want, `"`+word+`" names no time; now was taken`)
		}
		if got := times.Notices(); !slices.Equal(got, want) {
			t.Errorf("%s to %s: notices %q, want %q", c.start, c.end, got, want)
		}
		strictStart, strictEnd, err := times.ResolveStrict()
		if c.unknown == "" && (err != nil || strictStart != start || strictEnd != end) {
			t.Errorf("%s to %s, strict: %d, %d, %v, want %d, %d", c.start, c.end, strictStart, strictEnd, err, start, end)
		}
		if c.unknown != "" && (err == nil || !strings.Contains(err.Error(), `" names no time here`)) {
			t.Errorf("%s to %s, strict: error %v", c.start, c.end, err)
		}
	}
}

func TestSteps(t *testing.T) {
	steps := Steps{Primary: minute}
	noon := int64(1325408400000) // 2012-01-01T09:00Z
	cases := []struct {
		back, step int64
		width      int
		want       Range
	}{
		{5 * minute, 0, 700, Range{Start: noon - 5*minute, End: noon + minute, Step: minute, Primary: minute}},
		{0, 0, 700, Range{Start: noon - minute, End: noon + minute, Step: minute, Primary: minute}},
		{7 * day, 0, 700, Range{Start: noon - 7*day, End: noon + 15*minute, Step: 15 * minute, Primary: minute}},
		{hour, 7 * minute, 700, Range{Start: noon - hour, End: noon + 10*minute, Step: 10 * minute, Primary: minute}},
		{hour, second, 700, Range{Start: noon - hour, End: noon + minute, Step: minute, Primary: minute}},
	}
	for _, c := range cases {
		if got := steps.Graph(noon-c.back, noon, c.step, c.width); got != c.want {
			t.Errorf("%d ms back, step %d, width %d: %+v, want %+v", c.back, c.step, c.width, got, c.want)
		}
	}
	if got := steps.Graph(noon-360*day, noon, 0, 430).Step; got != day {
		t.Errorf("360 days on 430 pixels: step %d, want a day", got)
	}
	if got := (Steps{Primary: 10 * second}).Graph(noon-hour, noon, 11*second, 700).Step; got != 20*second {
		t.Errorf("11 s over a primary step of 10 s: %d, want 20 s", got)
	}
}

func FuzzTimeRange(f *testing.F) {
	for _, seed := range []string{"e-3h", "now", "2018-07-24", "s+5m", "1733292000+5m", "2026-11-22T12:00:00.500+01", "epoch+P1D", "2026-03-08T02:30[US/Pacific]"} {
		f.Add(seed, "now")
		f.Add("e-1h", seed)
	}
	f.Fuzz(func(t *testing.T, start, end string) {
		from, to, err := TimeRange{start, end, time.UTC, time.UnixMilli(1795359600000)}.Resolve()
		if err == nil && from > to {
			t.Errorf("%s to %s: %d is after %d", start, end, from, to)
		}
	})
}
