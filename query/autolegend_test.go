package query

import (
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

func TestPatternText(t *testing.T) {
	for source, want := range map[string]string{
		"www": "www", "www.*": "www", ".*www": "www", ".*www.*": "www", `a\.b`: "a.b", `.*a\.b`: "a.b",
		"www$": "www$", "a|b": "a|b", ".*": ".*", "": "", "[ab]": "[ab]", ".*a.*b": ".*a.*b",
	} {
		p, err := pattern.Compile(source, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := patternText(p); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
	p, err := pattern.Compile("www", true)
	if err != nil {
		t.Fatal(err)
	}
	if got := patternText(p); got != "www" {
		t.Errorf("www without case: %q", got)
	}
}
