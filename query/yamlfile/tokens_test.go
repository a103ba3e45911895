package yamlfile

import (
	"runtime"
	"strings"
	"testing"
)

// A file of the size that is allowed may have a token in each byte.
func TestTokensAreBounded(t *testing.T) {
	const size = 4 << 20
	for name, piece := range map[string]string{
		"brackets": "[", "braces": "{", "flow": "[],", "dashes": "- ", "entries": "- \n", "anchors": "- &a x\n", "keys": "? ",
		"aliases": "*a,", "texts": "a,",
	} {
		head := ""
		if name == "aliases" || name == "texts" {
			head = "a: &a [1]\nb: ["
		}
		text := []byte(head + strings.Repeat(piece, (size-len(head))/len(piece)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Parse(text, size); err == nil {
			t.Errorf("%s: no error", name)
		}
		runtime.ReadMemStats(&after)
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
			t.Errorf("%s: %d MB were allocated", name, took)
		}
	}
}

// A file of tens of thousands of rules is within the bounds.
func TestManyRulesAreNotTooManyTokens(t *testing.T) {
	text := "rules:\n" + strings.Repeat("- {name: Rule, expr: \"name,a,:eq,:sum,1,:gt\"}\n", 40_000)
	if _, err := Parse([]byte(text), 4<<20); err != nil {
		t.Fatal(err)
	}
}
