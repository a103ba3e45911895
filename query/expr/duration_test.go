package expr

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDuration(t *testing.T) {
	for _, test := range []struct{ text, short, iso string }{
		{"5m", "5m", "PT5M"}, {"90s", "90s", "PT1M30S"}, {"24h", "1d", "PT24H"}, {"36h", "36h", "PT36H"}, {"7d", "1w", "PT168H"},
		{"1month", "30d", "PT720H"}, {"1year", "365d", "PT8760H"}, {"2wk", "2w", "PT336H"}, {"20days", "20d", "PT480H"},
		{"0s", "0w", "PT0S"}, {"1500ms", "PT1.5S", "PT1.5S"}, {"1ns", "0w", "PT0.000000001S"}, {"3us", "0w", "PT0.000003S"}, {"3μs", "0w", "PT0.000003S"},
		{"PT5M", "5m", "PT5M"}, {"P1DT2H3M4.5S", "PT26H3M4.5S", "PT26H3M4.5S"}, {"pt5m", "", ""}, {"PT1H", "1h", "PT1H"}, {"Pt1h", "1h", "PT1H"},
		{"PT-1H", "-1h", "PT-1H"}, {"P-1D", "-1d", "PT-24H"}, {"PT-0.5S", "PT-0.5S", "PT-0.5S"}, {"PT-1.5S", "PT-1.5S", "PT-1.5S"}, {"PT1.S", "1s", "PT1S"},
		{"", "", ""}, {"5", "", ""}, {"m", "", ""}, {"5x", "", ""}, {"1h30m", "", ""}, {"-5m", "", ""}, {"5 m", "", ""}, {"5M", "", ""}, {"P", "", ""}, {"PT", "", ""}, {"P1DT", "", ""},
		{"P1W", "", ""}, {"PT1M1H", "", ""}, {"PT1", "", ""}, {"PT.5S", "", ""}, {"PT1.0000000001S", "", ""}, {"99999999999999999999s", "", ""}, {"9223372036854775807h", "", ""},
	} {
		d, err := ParseDuration(test.text)
		switch {
		case err != nil && test.iso != "":
			t.Errorf("%s: %v", test.text, err)
		case err == nil && (d.String() != test.short || d.ISO() != test.iso):
			t.Errorf("%s: got %s and %s, want %s and %s", test.text, d, d.ISO(), test.short, test.iso)
		}
	}
}

func TestDurationReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := DurationOf(time.Duration(rapid.Int64().Draw(t, "ns")))
		again, err := ParseDuration(d.ISO())
		if err != nil || again != d {
			t.Fatalf("%+v is %s, which is %+v, %v", d, d.ISO(), again, err)
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"5m", "P1DT2H3M4.5S", "PT-0.5S", "9223372036854775807ns"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		if again, err := ParseDuration(d.ISO()); err != nil || again != d {
			t.Fatalf("%q is %s, which is %+v, %v", text, d.ISO(), again, err)
		}
	})
}

func TestLoadZone(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for name, want := range map[string]string{
		"UTC": "12:00", "Z": "12:00", "GMT": "12:00", "US/Pacific": "05:00", "Europe/Berlin": "14:00", "+05:30": "17:30", "-8": "04:00",
		"UTC+01:00": "13:00", "GMT-3": "09:00", "+0130": "13:30",
	} {
		zone, err := LoadZone(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := at.In(zone).Format("15:04"); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	for _, name := range []string{"", "Local", "Mars/Olympus", "+", "+19", "+1:0:0:0", "UTC+", "+1a", strings.Repeat("x", 1000), "../etc/passwd"} {
		if zone, err := LoadZone(name); err == nil {
			t.Errorf("%q is taken for %v", name, zone)
		}
	}
}

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
