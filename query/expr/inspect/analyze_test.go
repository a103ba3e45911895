package inspect_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/expr/inspect"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// fewTags is an index of two keys.
type fewTags struct{}

func (fewTags) Keys(_ tag.Predicate, part string, limit int) ([]inspect.Counted, int) {
	return matching([]string{"name", "nf.app"}, part)
}

func (fewTags) Values(where tag.Predicate, key, part string, limit int) ([]inspect.Counted, int, bool) {
	if key != "name" {
		return nil, 0, false
	}
	found, total := matching([]string{"cpu", "cpu, total", "disk"}, part)
	return found, total, true
}

func matching(all []string, part string) (found []inspect.Counted, total int) {
	for _, one := range all {
		if strings.Contains(one, part) {
			found = append(found, inspect.Counted{Text: one, Series: len(one)})
		}
	}
	return found, len(found)
}

// analyze looks at program with the cursor where the bar is.
func analyze(t testing.TB, program string) inspect.Analysis {
	before, after, found := strings.Cut(program, "|")
	if !found {
		t.Fatalf("no cursor in %q", program)
	}
	return inspect.Analyze(before+after, len(before), expr.Default().Default, fewTags{})
}

func TestAnalyzeTokens(t *testing.T) {
	a := analyze(t, "name,cp/*x*/u,:eq,(,app,5,),:by,:foo,)|")
	var got []string
	for _, token := range a.Tokens {
		line := fmt.Sprintf("%d+%d %s", token.Offset, token.Length, token.Kind)
		for _, item := range token.Items {
			line += fmt.Sprintf(" [%d+%d %s]", item.Offset, item.Length, item.Kind)
		}
		for _, v := range token.Stack {
			line += " " + v.Type + " " + v.Text
		}
		got = append(got, line)
	}
	want := []string{
		"0+4 text String name",
		"5+8 text String name String cpu",
		"14+3 word Equal name,cpu,:eq",
		"18+9 list [20+3 text] [24+1 number] Equal name,cpu,:eq List List(app, 5)",
		"28+3 word GroupBy name,cpu,:eq,:sum,(,app,5,),:by",
		"32+4 unknown GroupBy name,cpu,:eq,:sum,(,app,5,),:by",
		"37+1 invalid GroupBy name,cpu,:eq,:sum,(,app,5,),:by",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestAnalyzeDiagnostics(t *testing.T) {
	for program, want := range map[string][]string{
		"name,cpu,:eq|":            nil,
		"name,cpu,:eq,:maxx|":      {"error 13+5 unknown word ':maxx' -> :max"},
		"name,cpu,:eq,5m,:trend|":  {"warning 16+6 :trend is deprecated: Use :rolling-mean instead"},
		"name,cpu,:eq,;sum|":       {"warning 13+4 did you mean ':sum'? (semicolon instead of colon) -> :sum", "info 13+4 left on the stack: expecting time series expr, found String ';sum'"},
		"name,cpu,:eq,12x,:color|": {"error 17+6 no matches for word ':color' with stack [Equal,String], candidates: [StyleExpr v:Color -- StyleExpr]", "info 13+3 :color wants Color here, not the String 12x", "info 13+3 left on the stack: expecting time series expr, found String '12x'"},
		"(,a|":                     {"error 0+1 unmatched opening parenthesis", "info 0+3 left on the stack: expecting time series expr, found List 'List(a)'"},
		"1,/*,2|":                  {"error 2+2 unclosed comment"},
		"name,a,:eq,(,k,),:by,x,:legend,:median|": {"error 31+7 no matches for word ':percentiles' with stack [StyleExpr,List], candidates: [DataExpr percentiles:List -- Expr]", "info 31+7 left on the stack: expecting time series expr, found String '<median:TimeSeriesExpr>'"},
	} {
		var got []string
		for _, d := range analyze(t, program).Diagnostics {
			line := fmt.Sprintf("%s %d+%d %s", d.Severity, d.Offset, d.Length, d.Message)
			if d.Suggestion != "" {
				line += " -> " + d.Suggestion
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%q (-got +want):\n%s", program, diff)
		}
	}
}

func TestAnalyzeCompletions(t *testing.T) {
	for program, want := range map[string]string{
		"|":                     "0+0: name nf.app :pi",
		"n|":                    "0+1: name nf.app",
		"name,|":                "5+0: cpu cpu\\u002c total disk :has :time",
		"name,cp|":              "5+2: cpu cpu\\u002c total",
		"foo,x|":                "4+1:",
		"name,cpu,:eq,:and|":    "13+4: :and?",
		"name,cpu,:eq,:m|":      "13+2: :min :max :median :map? :mul?",
		"name,cpu,:eq, :des-f|": "14+6: :des-fast",
		"name,cpu,:eq,(,n|":     "15+1: name nf.app",
		"a,b,:s|wap":            "4+2: :starts :set :swap :sset :stat-avg",
	} {
		c := analyze(t, program).Completions
		got := fmt.Sprintf("%d+%d:", c.Offset, c.Length)
		for i, one := range c.Items {
			if i == 6 {
				break
			}
			got += " " + one.Text
			if one.Kind == inspect.WordCandidate && !one.Fits {
				got += "?"
			}
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q: got %s, want %s", program, got, want)
		}
		if c.Total < len(c.Items) || len(c.Items) > 50 {
			t.Errorf("%q: %d items of %d", program, len(c.Items), c.Total)
		}
	}
}

func TestAnalyzeHover(t *testing.T) {
	h := analyze(t, "name,cpu,:eq,5,:rolling-co|unt").Hover
	if h == nil || h.Word != ":rolling-count" || h.Offset != 15 || h.Summary == "" || len(h.Examples) == 0 {
		t.Fatalf("got %+v", h)
	}
	want := [][]inspect.StackValue{
		{{Type: "Equal", Text: "name,cpu,:eq"}, {Type: "String", Text: "5"}},
		{{Type: "RollingCount", Text: "name,cpu,:eq,:sum,5,:rolling-count"}},
	}
	if diff := cmp.Diff([][]inspect.StackValue{h.Consumed, h.Produced}, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if h := analyze(t, "na|me,cpu,:eq").Hover; h != nil {
		t.Errorf("hover over a text: %+v", h)
	}
}

// TestAnalyzePrefixes types a part of the recorded expressions, character by character.
func TestAnalyzePrefixes(t *testing.T) {
	v := expr.Default().Default
	slowest, slowestText := time.Duration(0), ""
	for i, c := range append(readRecorded(t, "testdata/normalize.jsonl"), readRecorded(t, "testdata/errors.jsonl")...) {
		if i%97 != 0 {
			continue
		}
		for at := range len(c.Q) + 1 {
			began := time.Now()
			a := inspect.Analyze(c.Q[:at], at, v, fewTags{})
			if took := time.Since(began); took > slowest {
				slowest, slowestText = took, c.Q[:at]
			}
			for _, d := range a.Diagnostics {
				if d.Offset < 0 || d.Length < 0 || d.Offset+d.Length > at {
					t.Fatalf("%q: %+v", c.Q[:at], d)
				}
			}
		}
	}
	t.Logf("slowest: %v for %.200q", slowest, slowestText)
}

// FuzzAnalyze: whatever is written and wherever the cursor is, an analysis comes back whose places lie in the text.
func FuzzAnalyze(f *testing.F) {
	f.Add("\x8e", -54)
	f.Add("name,é", 6)
	f.Add("name,cpu,:eq,(,app,),:by,/*x*/:foo,12x,:color", 12)
	f.Add("a,%y,(,),:format,:dup,;sum,5m,:trend,k,:get", 3)
	f.Fuzz(func(t *testing.T, program string, pos int) {
		a := inspect.Analyze(program, pos, expr.Default().Default, fewTags{})
		end := 0
		for _, token := range a.Tokens {
			if token.Offset < end || token.Length <= 0 || token.Offset+token.Length > len(program) {
				t.Fatalf("%q: token %+v behind %d", program, token, end)
			}
			end = token.Offset + token.Length
		}
		if c := a.Completions; c.Offset < 0 || c.Length < 0 || c.Offset+c.Length > len(program) {
			t.Errorf("%q: %d bytes at %d are replaced", program, c.Length, c.Offset)
		}
		if h := a.Hover; h != nil && (h.Offset < 0 || h.Offset+h.Length > len(program)) {
			t.Errorf("%q: hover over %d bytes at %d", program, h.Length, h.Offset)
		}
		if _, err := json.Marshal(a); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	program := "name,http.requests,:eq,nf.app,www,:eq,:and,:sum,(,nf.cluster,),:by,100,:mul,5,:rolling-count,3,:gt,$(nf.cluster),:legend,1,:axis,"
	for _, bench := range []struct {
		name string
		n    int
	}{{"size=dashboard", 1}, {"size=10kB", 10_000 / len(program)}} {
		text := strings.Repeat(program, bench.n)
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				inspect.Analyze(text, len(text), expr.Default().Default, fewTags{})
			}
		})
	}
}

// TestAnalyzeHostile looks at small programs that stand for large ones.
func TestAnalyzeHostile(t *testing.T) {
	loop := "x,(," + strings.Repeat("a,", 1000) + "),:set,x,:get,(,:drop,x,:get,(,:drop,x,:get,(,:drop,),:each,),:each,),:each"
	for name, program := range map[string]string{
		"loops":        loop,
		"doubled":      "name,a,:eq" + strings.Repeat(",:dup,:add", 200),
		"nested lists": "a" + strings.Repeat(",:dup,2,:nlist", 100),
		"unknown":      strings.Repeat(":unknwn,", 10_000),
		"parentheses":  strings.Repeat("(,", 10_000),
		"comments":     strings.Repeat("/*", 10_000),
		"commas":       strings.Repeat(",", 100_000),
	} {
		began := time.Now()
		inspect.Analyze(program, len(program), expr.Default().Default, fewTags{})
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s: %v", name, took.Round(time.Millisecond))
		}
	}
}

// TestCursor puts the cursor inside a character, and where values are too many to look at all.
func TestCursor(t *testing.T) {
	words := expr.Default().Default
	if got := inspect.Analyze("name,é", 6, words, fewTags{}).Completions; got.Offset != 5 || got.Length != 0 {
		t.Errorf("inside a character %d bytes at %d are replaced, want none at 5", got.Length, got.Offset)
	}
	if got := inspect.Analyze("name,", 5, words, fewTags{}).Completions; !got.AtLeast || got.Total == 0 {
		t.Errorf("completions of values: %+v, want a total that is a lower bound", got)
	}
	if got := inspect.Analyze("na", 2, words, fewTags{}).Completions; got.AtLeast {
		t.Errorf("completions of keys: %+v, want an exact total", got)
	}
}
