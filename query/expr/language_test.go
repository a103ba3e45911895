package expr

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/stack"
)

var update = flag.Bool("update", false, "rewrite the outputs in testdata/*.txt; the diff is the review")

// TestLanguage runs the programs in testdata/*.txt. A program is flush left, over several lines if need
// be; what it leaves is indented below it, each value with its type, bottom first; a mistake follows an
// exclamation mark with its place. Lines with # are comments.
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			after := runScript(string(before))
			if *update {
				if err := os.WriteFile(file, []byte(after), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(after, string(before)); diff != "" {
				t.Errorf("run with -update to accept (-got +want):\n%s", diff)
			}
		})
	}
}

// runScript returns script with the outputs that its programs have.
func runScript(script string) string {
	var out bytes.Buffer
	var program []string
	flush := func() {
		if program == nil {
			return
		}
		writeResult(&out, strings.Join(program, "\n"))
		program = nil
	}
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "\t") {
			continue // an old output
		}
		if line == "" || strings.HasPrefix(line, "#") {
			flush()
		} else {
			program = append(program, line)
		}
		fmt.Fprintln(&out, line)
	}
	flush()
	return out.String()
}

func writeResult(out *bytes.Buffer, program string) {
	values, err := Default().Default.Execute(program, stack.Options{})
	var mistake *stack.Error
	if errors.As(err, &mistake) {
		at := mistake.Offset
		fmt.Fprintf(out, "\t! %d: %s: %s\n", at, program[at:at+mistake.Length], mistake.Kind)
		for line := range strings.Lines(mistake.Message) {
			fmt.Fprintf(out, "\t  %s\n", strings.TrimSuffix(line, "\n"))
		}
		if mistake.Suggestion != "" {
			fmt.Fprintf(out, "\t  did you mean %s\n", mistake.Suggestion)
		}
		return
	}
	if len(values) == 0 {
		fmt.Fprintln(out, "\t(nothing)")
	}
	for _, v := range values {
		fmt.Fprintf(out, "\t%s %s\n", v.TypeName(), v)
		if n, ok := v.(Expr); ok && n.IsGrouped() {
			fmt.Fprintf(out, "\t  by %s\n", strings.Join(n.FinalGrouping(), " "))
		}
	}
}
