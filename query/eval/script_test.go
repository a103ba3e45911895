package eval

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
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

var update = flag.Bool("update", false, "rewrite the expected output of the scripts")

// TestScripts evaluates the programs in testdata/script. "range 5m 15m" sets the times for what follows;
// all of them are shown, the leading one too. Lines come as {tags} [label] values, notices as they
// are, mistakes behind an exclamation mark.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runScript(t, file) })
	}
}

func runScript(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, err := tsdbtest.ParseScript(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	rng := Range{End: 10 * minute, Step: minute, Primary: minute, Now: time.UnixMilli(0)}
	answer := func(c tsdbtest.Case) []string {
		if args, ok := strings.CutPrefix(c.Input, "range "); ok {
			if rng, err = parseRange(args); err != nil {
				t.Fatalf("%s:%d: %v", file, c.Line, err)
			}
			return nil
		}
		return answerOf(script.Store, c.Input, rng)
	}
	if *update {
		changed, err := tsdbtest.Rewrite(string(text), answer)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, c := range script.Cases {
		if diff := cmp.Diff(c.Output, answer(c)); diff != "" {
			t.Errorf("%s:%d: %s (-want +got):\n%s", file, c.Line, c.Input, diff)
		}
	}
}

// parseRange reads "5m 15m" or "5m 15m 3m": start, end and step.
func parseRange(args string) (Range, error) {
	var times []int64
	for _, text := range strings.Fields(args) {
		d, err := expr.ParseDuration(text)
		if err != nil {
			return Range{}, err
		}
		times = append(times, d.Milliseconds())
	}
	if len(times) == 2 {
		times = append(times, minute)
	}
	if len(times) != 3 {
		return Range{}, fmt.Errorf("range %q: want start, end and maybe step", args)
	}
	return Range{Start: times[0], End: times[1], Step: times[2], Primary: minute, Now: time.UnixMilli(0)}, nil
}

func answerOf(store *tsdbtest.Store, program string, rng Range) []string {
	styled, err := expr.Parse(program, expr.Options{})
	if err != nil {
		return []string{"! " + messageOf(err)}
	}
	var exprs []expr.Expr
	for _, s := range styled {
		exprs = append(exprs, s.Expr)
	}
	outcome, err := NewPlan(exprs).Run(context.Background(), store, rng, Limits{})
	if err != nil {
		return []string{"! " + messageOf(err)}
	}
	var answer []string
	for i, lines := range outcome.Lines {
		for _, notice := range outcome.Notices[i] {
			answer = append(answer, "notice "+notice)
		}
		for _, l := range lines {
			answer = append(answer, fmt.Sprintf("{%s} [%s]%s", l.Tags, l.Label, valuesText(l.Values)))
		}
	}
	return answer
}

func messageOf(err error) string {
	var mistake *stack.Error
	if errors.As(err, &mistake) {
		return mistake.Message
	}
	return err.Error()
}

func valuesText(values []float64) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteByte(' ')
		b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	}
	return b.String()
}
