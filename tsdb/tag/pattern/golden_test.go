package pattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readLines calls use for each JSON line of a file in testdata, below its line of provenance.
func readLines[T any](t testing.TB, name string, use func(T)) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n"))[1:] {
		var row T
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("%s:%d: %v", name, i+2, err)
		}
		use(row)
	}
}

// dialectRow is a row of the language reference: what a pattern compiles to and what it matches.
type dialectRow struct {
	ID, Pattern, Form, Error   string
	Prefix                     string
	IsPrefix, Always, Contains bool
	Matches, Rejects           []string
}

func TestDialect(t *testing.T) {
	readLines(t, "dialect.jsonl", func(row dialectRow) {
		p, err := Compile(row.Pattern, false)
		if row.Error != "" {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Reason != row.Error {
				t.Errorf("%s: Compile(%q): got error %v, want %s", row.ID, row.Pattern, err, row.Error)
			}
			return
		}
		if err != nil {
			t.Errorf("%s: Compile(%q): %v", row.ID, row.Pattern, err)
			return
		}
		if got := format(p.root); got != row.Form {
			t.Errorf("%s: Compile(%q): got form %s, want %s", row.ID, row.Pattern, got, row.Form)
		}
		if got := p.Prefix(); got != row.Prefix {
			t.Errorf("%s: Prefix of %q: got %q, want %q", row.ID, row.Pattern, got, row.Prefix)
		}
		if p.IsPrefix() != row.IsPrefix || p.AlwaysMatches() != row.Always {
			t.Errorf("%s: %q: IsPrefix %t, AlwaysMatches %t", row.ID, row.Pattern, p.IsPrefix(), p.AlwaysMatches())
		}
		for _, v := range row.Matches {
			if !p.Matches(v) {
				t.Errorf("%s: %q rejects %q", row.ID, row.Pattern, v)
			}
		}
		for _, v := range row.Rejects {
			if p.Matches(v) {
				t.Errorf("%s: %q matches %q", row.ID, row.Pattern, v)
			}
		}
	})
}

// recordedRow is either a named list of values or the values of it that an operand selected.
type recordedRow struct {
	ID, Set, Word, Operand string
	Values, Matches        []string
}

func TestRecordedMatches(t *testing.T) {
	values := map[string][]string{}
	readLines(t, "recorded.jsonl", func(row recordedRow) {
		if row.ID == "" {
			values[row.Set] = row.Values
			return
		}
		source := row.Operand
		switch row.Word {
		case "starts":
			source = Escape(row.Operand)
		case "contains":
			source = ".*" + Escape(row.Operand)
		case "ends":
			source = ".*" + Escape(row.Operand) + "$"
		}
		p, err := Compile(source, row.Word == "reic")
		if err != nil {
			t.Errorf("%s: Compile(%q): %v", row.ID, source, err)
			return
		}
		got := slices.DeleteFunc(slices.Clone(values[row.Set]), func(v string) bool { return !p.Matches(v) })
		if diff := cmp.Diff(row.Matches, got); diff != "" {
			t.Errorf("%s: :%s %q (-want +got)\n%s", row.ID, row.Word, row.Operand, diff)
		}
	})
}

// errorRow is the message for a pattern that Atlas's PatternMatcher refuses.
type errorRow struct {
	Pattern        string
	IgnoreCase     bool
	Class, Message string
}

func TestRecordedErrors(t *testing.T) {
	readLines(t, "errors.jsonl", func(row errorRow) {
		_, err := Compile(row.Pattern, row.IgnoreCase)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("Compile(%q): got error %v, want %q", row.Pattern, err, row.Message)
			return
		}
		if diff := cmp.Diff(row.Message, err.Error()); diff != "" {
			t.Errorf("Compile(%q) (-want +got)\n%s", row.Pattern, diff)
		}
		if number := row.Class == "NumberFormatException"; syntax.Number != number {
			t.Errorf("Compile(%q): got Number %t, want %t", row.Pattern, syntax.Number, number)
		}
	})
}
