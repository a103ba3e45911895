package eval

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// Rows that Netflix Atlas (commit f76fd2505) evaluated one step at a time: a line that
// is absent is shown NaN as long as its word is not idle, and starts anew when it reappears.
func TestOnlineStepByStep(t *testing.T) {
	lines := map[string][]float64{
		"a": {1, 2, nan, nan, nan, nan, 7},
		"b": {nan, 1, 1, 1, nan, nan, nan},
	}
	for _, c := range []struct {
		row  string
		word expr.Stateful
		want string // the outputs of a and b by step
	}{
		{"909", expr.Stateful{Op: expr.RollingSum, Window: 3}, "a=1|a=3 b=1|b=2|b=3|||a=7"},
		{"910", expr.Stateful{Op: expr.Delay, Window: 2}, "a=NaN|a=NaN b=NaN|b=NaN|b=1|||a=NaN"},
		{"911", expr.Stateful{Op: expr.Derivative}, "a=NaN|a=1 b=NaN|b=0|b=0|||a=NaN"},
		{"913", expr.Stateful{Op: expr.Des, Window: 2, Alpha: 1, Beta: 0.5}, "a=NaN|a=NaN b=NaN|b=NaN|b=1|||a=NaN"},
		{"915", expr.Stateful{Op: expr.RollingMax, Window: 2}, "a=1|a=2 b=1|b=1|b=1|||a=7"},
	} {
		var steps []string
		words := map[string]Online{}
		for at := range lines["a"] {
			var outputs []string
			for _, name := range []string{"a", "b"} {
				v, word := lines[name][at], words[name]
				if isNaN(v) && word == nil {
					continue
				}
				if word == nil {
					word = mustOnline(t, &c.word)
					words[name] = word
				}
				if out := word.Next(v); !isNaN(v) {
					outputs = append(outputs, fmt.Sprintf("%s=%v", name, out))
				}
				if word.Idle() {
					delete(words, name)
				}
			}
			steps = append(steps, strings.Join(outputs, " "))
		}
		if diff := cmp.Diff(c.want, strings.Join(steps, "|")); diff != "" {
			t.Errorf("row %s (-want +got):\n%s", c.row, diff)
		}
	}
}

func mustOnline(t *testing.T, s *expr.Stateful) Online {
	t.Helper()
	word, err := NewOnline(s, 0, minute)
	if err != nil {
		t.Fatal(err)
	}
	return word
}
