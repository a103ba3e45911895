package pattern

import (
	"errors"
	"strings"
	"testing"
)

func mustCompile(t testing.TB, source string, ignoreCase bool) *Pattern {
	t.Helper()
	p, err := Compile(source, ignoreCase)
	if err != nil {
		t.Fatalf("Compile(%q): %v", source, err)
	}
	return p
}

func TestIgnoreCase(t *testing.T) {
	for _, test := range []struct {
		source, value string
		want          bool
	}{
		{"foo", "FOObar", true},
		{"foo", "xfoo", false},
		{".*FOO$", "a foo", true},
		{"[a-c]+$", "aBc", true},
		{"É", "é", true},
		{"é", "É", true},
		{"ß", "SS", false},
		{"k", "\u212a", true}, // the Kelvin sign, three bytes
		{".*k$", "x\u212a", true},
		{"(a|b){2}", "ab", true},
		{"(a|b){2}", "AB", false}, // folding does not reach below a counted repeat
		{"a{2}", "AA", true},
	} {
		p := mustCompile(t, test.source, true)
		if got := p.Matches(test.value); got != test.want {
			t.Errorf("%q on %q: got %t, want %t", test.source, test.value, got, test.want)
		}
		if p.Prefix() != "" || p.Contained() != "" || p.IsPrefix() {
			t.Errorf("%q ignoring case has prefix %q, contained %q", test.source, p.Prefix(), p.Contained())
		}
	}
}

func TestContained(t *testing.T) {
	for source, want := range map[string]string{
		"foo":             "foo",
		".*foo":           "foo",
		".*[ab]foo.*":     "foo",
		"[ab]*foo":        "foo",
		"(foo|bar)":       "",
		"foo|bar":         "",
		"(foo){2}":        "foo",
		"(foo){0\u002c2}": "",
		"(?!foo)":         "",
		".*":              "",
	} {
		if got := mustCompile(t, source, false).Contained(); got != want {
			t.Errorf("Contained of %q: got %q, want %q", source, got, want)
		}
	}
}

func TestStarts(t *testing.T) {
	for source, want := range map[string]string{
		"foo":                           "foo*",
		"foo$":                          "foo$",
		"":                              "*",
		"[ab]c":                         "",
		"a|b":                           "",
		"^(web|db-[0-9]+|cache$)":       "cache$ db- web*",
		"^(node-1|node-10|node-2|web)$": "node-1$ node-10$ node-2$ web$",
		"(i-01|i-02.*|i-01x)":           "i-01* i-02*",
		"(i-1|i-1[0-9]|i-12)$":          "i-1",
		"(a|ab)(c|bcd)$":                "a",
		"foo(bar)?$":                    "foo",
		"(foo|bar)-(x|y)z[0-9]":         "bar-xz bar-yz foo-xz foo-yz",
		strings.Repeat("(a|b)x", 50):    "", // too many
	} {
		var got []string
		for _, s := range mustCompile(t, source, false).Starts() {
			switch {
			case s.Sure:
				s.Text += "*"
			case s.Whole:
				s.Text += "$"
			}
			got = append(got, s.Text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Starts of %q: got %q, want %q", source, got, want)
		}
	}
	if got := mustCompile(t, "foo", true).Starts(); len(got) != 1 || got[0] != (Start{}) {
		t.Errorf("Starts of a pattern that ignores case: %+v", got)
	}
}

func TestNotUTF8(t *testing.T) {
	p := mustCompile(t, ".b$", false)
	if !p.Matches("\xffb") || !p.Matches("€b") || p.Matches("b") {
		t.Error("a byte that is not UTF-8 must count as one character")
	}
}

func TestMatchBudget(t *testing.T) {
	p := mustCompile(t, strings.Repeat("a?", 60)+"[cd]", false)
	value := strings.Repeat("a", 59)
	matched, err := p.Match(value)
	if matched || !errors.Is(err, ErrBudget) || !strings.Contains(err.Error(), p.Source()) {
		t.Errorf("got %t, %v; want an error that names the pattern", matched, err)
	}
	if p.Matches(value) {
		t.Error("Matches on an exhausted budget")
	}
	if ok, err := mustCompile(t, ".*a.*b.*c.*d.*e", false).Match(strings.Repeat("abcd", 2000)); ok || err != nil {
		t.Errorf("a chain of contained literals: got %t, %v; want false within the budget", ok, err)
	}
}

func TestCompileBudget(t *testing.T) {
	for name, source := range map[string]string{
		"long":   strings.Repeat("a", maxSource+1),
		"groups": strings.Repeat("(", 5000) + strings.Repeat(")", 5000),
		"class":  strings.Repeat("[", 5000),
		"stars":  strings.Repeat("a*", 5000),
		"common": "(" + strings.Repeat("a", 30000) + "|" + strings.Repeat("a", 30000) + "b)",
	} {
		if _, err := Compile(source, false); !errors.Is(err, ErrTooComplex) {
			t.Errorf("%s: got error %v, want ErrTooComplex", name, err)
		}
	}
	for name, source := range map[string]string{
		"choices": strings.Repeat("(a|b)x", 50),
		"huge":    "((a{2147483647}){2147483647}b){2}",
		"empty":   "(a*){2147483647}b",
	} {
		p := mustCompile(t, source, false)
		if _, err := p.Match(strings.Repeat("ax", 200)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEscape(t *testing.T) {
	for s, want := range map[string]string{
		`a.b|c d`:     `a\.b|c d`,
		"\\^$.?*+":    `\\\^\$\.\?\*\+`,
		"[](){}":      `\[\]\(\)\{\}`,
		"\t\n\r\f\v":  `\t\n\r\f\u000b`,
		"é\U0001F600": `\u00e9\ud83d\ude00`,
	} {
		if got := Escape(s); got != want {
			t.Errorf("Escape(%q): got %s, want %s", s, got, want)
		}
		if strings.Contains(s, "|") {
			continue
		}
		if p := mustCompile(t, Escape(s), false); !p.IsPrefix() || p.Prefix() != s {
			t.Errorf("Escape(%q) has prefix %q", s, p.Prefix())
		}
	}
}

// TestPlainPrefix compiles what has a short way the long way too.
func TestPlainPrefix(t *testing.T) {
	for _, source := range []string{"a", "web-7", "web-7.*", "http://x/y z:1_", "X.*"} {
		tr := &tree{}
		root, err := parse("^.*(^"+source+").*$", tr)
		if err == nil {
			root, err = optimise(root, tr)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := plainPrefix(source); !ok {
			t.Errorf("%q has no short way", source)
		}
		if got, want := format(mustCompile(t, source, false).root), format(root); got != want {
			t.Errorf("%q: got %s, want %s", source, got, want)
		}
	}
	for _, source := range []string{"", ".*", "a.*.*", "a.b", "a*", "^a", "a|b", "a{2}", "a#é", "a$"} {
		if text, ok := plainPrefix(source); ok {
			t.Errorf("%q is taken for the prefix %q", source, text)
		}
	}
}
