package pattern

import (
	"errors"
	"strings"
	"testing"
)

func FuzzCompile(f *testing.F) {
	seed := func(source string, value string) {
		f.Add(source, value, false)
		f.Add(source, value, true)
	}
	readLines(f, "dialect.jsonl", func(row dialectRow) {
		seed(row.Pattern, strings.Join(row.Matches, ""))
		seed(row.Pattern, strings.Join(row.Rejects, ""))
	})
	readLines(f, "recorded.jsonl", func(row recordedRow) { seed(row.Operand, strings.Join(row.Matches, "")) })
	readLines(f, "errors.jsonl", func(row errorRow) { seed(row.Pattern, "") })
	f.Fuzz(func(t *testing.T, source, value string, ignoreCase bool) {
		p, err := Compile(source, ignoreCase)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) && !errors.Is(err, ErrTooComplex) {
				t.Fatalf("Compile(%q): an error of an unknown kind: %v", source, err)
			}
			return
		}
		matched, err := p.Match(value)
		if err != nil && (matched || !errors.Is(err, ErrBudget)) {
			t.Fatalf("%q on %q: got %t, %v", source, value, matched, err)
		}
		checkHints(t, p, value, matched, err)
	})
}

// checkHints checks that what an index may conclude without matching agrees with a match.
func checkHints(t *testing.T, p *Pattern, value string, matched bool, err error) {
	if err != nil {
		return
	}
	hasPrefix := strings.HasPrefix(value, p.Prefix())
	switch {
	case matched && !hasPrefix:
		t.Errorf("%q matches %q without prefix %q", p.Source(), value, p.Prefix())
	case p.IsPrefix() && matched != hasPrefix:
		t.Errorf("%q is prefix %q but on %q: %t", p.Source(), p.Prefix(), value, matched)
	case matched && !strings.Contains(value, p.Contained()):
		t.Errorf("%q matches %q without %q", p.Source(), value, p.Contained())
	case !startsAgree(p, value, matched):
		t.Errorf("%q on %q: %t, but starts are %+v", p.Source(), value, matched, p.Starts())
	case p.AlwaysMatches() && !matched:
		t.Errorf("%q always matches but not %q", p.Source(), value)
	}
}

// startsAgree walks over the starts of a pattern as an index does.
func startsAgree(p *Pattern, value string, matched bool) bool {
	found, tests := 0, 0
	for _, s := range p.Starts() {
		switch {
		case s.Whole:
			if value == s.Text {
				found++
			}
		case !strings.HasPrefix(value, s.Text):
		case s.Sure:
			found++
		default:
			tests++
		}
	}
	if tests > 0 {
		return tests == 1 && found == 0
	}
	return found <= 1 && matched == (found == 1)
}
