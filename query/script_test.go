package query

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scripts")

// TestScripts answers the programs in testdata/script over the first minutes of 1970. A line comes as
// its legend in quotes, its tags in braces and its values; mistakes behind an exclamation mark.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		script, err := tsdbtest.ParseScript(strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		engine := NewEngine(Config{Store: script.Store})
		answer := func(c tsdbtest.Case) []string { return answerOf(engine, c.Input) }
		if *update {
			changed, err := tsdbtest.Rewrite(string(text), answer)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for _, c := range script.Cases {
			if diff := cmp.Diff(c.Output, answer(c)); diff != "" {
				t.Errorf("%s:%d: %s (-want +got):\n%s", file, c.Line, c.Input, diff)
			}
		}
	}
}

const minute = 60_000

func answerOf(engine *Engine, program string) []string {
	result, err := evalText(engine, program, eval.Range{Start: -minute, End: 4 * minute, Step: minute, Primary: minute})
	if err != nil {
		var mistake *stack.Error
		if errors.As(err, &mistake) {
			return []string{"! " + mistake.Message}
		}
		return []string{"! " + err.Error()}
	}
	var answer []string
	for _, warning := range result.Warnings {
		answer = append(answer, "warning "+warning)
	}
	for _, l := range result.Lines {
		var values strings.Builder
		for _, v := range l.Values {
			values.WriteString(" " + strconv.FormatFloat(v, 'g', -1, 64))
		}
		answer = append(answer, fmt.Sprintf("%q {%s}%s", l.Legend, l.Tags, values.String()))
	}
	return answer
}

func evalText(engine *Engine, program string, rng eval.Range) (*Result, error) {
	exprs, err := expr.Parse(program, expr.Options{})
	if err != nil {
		return nil, err
	}
	return engine.Eval(context.Background(), Request{Exprs: exprs, Range: rng})
}
