package tsdbtest

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func TestSeriesTextRoundTrip(t *testing.T) {
	tags := tag.New("name", "a b", "empty", "", "odd", "x=y #\"\\", "wide", "ü\n")
	line := string(appendSeries(nil, tags, []float64{1, 1, 1, nan, nan, 2.5, math.Copysign(0, -1), 1e300}))
	store := parse(t, line)
	for got, points := range store.All() {
		if diff := cmp.Diff(tags, got); diff != "" {
			t.Errorf("tags of %s (-want +got):\n%s", line, diff)
		}
		if len(points) != 6 || points[3].Value != 2.5 || points[5].Time != 7*minute {
			t.Errorf("points of %s: %v", line, points)
		}
	}
}

func TestParseStoreErrors(t *testing.T) {
	for text, want := range map[string]string{
		"step 1x":                           `line 1: step "1x" is not a duration of a millisecond or more`,
		"step 1s\nstep 1s":                  "line 2: step wants one duration and comes before start and series",
		"serie a=b":                         `line 1: unknown line "serie": want step, start or series`,
		"series a=b x":                      `line 1: value "x" is not a number`,
		"series a=b 1*0":                    `line 1: value "1*0": "0" is not a count of 1 to 100000`,
		"series a=\"b 1":                    "line 1: a quote is not closed",
		"start 2026-11-22T09:01:30Z":        `line 1: start "2026-11-22T09:01:30Z" is not on the step grid`,
		"start noon":                        `line 1: start "noon" is not a time like 2026-11-22T09:01:00Z`,
		"series a=b=c 1":                    "",
		"series \"a\"x=1":                   `line 1: "a"x=1: text behind the closing quote`,
		"\n# comment\nseries \"a\"=\"b\" y": `line 3: value "y" is not a number`,
	} {
		_, err := ParseStore(strings.NewReader(text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if want == "" && err != nil {
			continue // any error will do
		}
		if got != want {
			t.Errorf("ParseStore(%q): error %q, want %q", text, got, want)
		}
	}
}

func TestScript(t *testing.T) {
	text := `step 60s
series name=cpu 1 2

# a comment
name,cpu,:eq
	1 2
	3 4

other
`
	script, err := ParseScript(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []Case{{5, "name,cpu,:eq", []string{"1 2", "3 4"}}, {9, "other", nil}}
	if diff := cmp.Diff(want, script.Cases); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err := Rewrite(text, func(c Case) []string { return []string{strings.ToUpper(c.Input)} })
	if err != nil {
		t.Fatal(err)
	}
	wantText := strings.Replace(strings.Replace(text, "\t1 2\n\t3 4\n", "\tNAME,CPU,:EQ\n", 1), "other\n", "other\n\tOTHER\n", 1)
	if diff := cmp.Diff(wantText, got); diff != "" {
		t.Errorf("Rewrite (-want +got):\n%s", diff)
	}
}

func FuzzParseStore(f *testing.F) {
	f.Add(consolidationText)
	f.Add("step 1s\nseries \"a b\"=c d=\"\\n\" 1*5 NaN")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "*") > 3 {
			return // long runs are slow, not wrong
		}
		ParseStore(strings.NewReader(text))
		ParseScript(strings.NewReader(text))
	})
}
