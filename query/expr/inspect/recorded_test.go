package inspect_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/expr/inspect"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A recorded is a request to Atlas and its answer; testdata says where they come from.
type recorded struct {
	As    string
	Q     string
	Vocab *string
	K, R  []string
	Want  json.RawMessage
	Last  []string // of a trace: the last stack
	Error string
}

// TestRecorded asks what Atlas was asked, and wants the same answers.
func TestRecorded(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) != 8 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			for _, c := range readRecorded(t, file) {
				if diff := c.check(); diff != "" {
					t.Errorf("%s of %q:\n%s", c.As, c.Q, diff)
				}
			}
		})
	}
}

func readRecorded(t testing.TB, file string) []recorded {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []recorded
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if bytes.HasPrefix(lines.Bytes(), []byte("#")) {
			continue
		}
		var c recorded
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v in %s", file, err, lines.Bytes())
		}
		all = append(all, c)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// check returns how the answer differs from the recorded one, or "".
func (c *recorded) check() string {
	got, err := c.ask()
	if c.Error != "" {
		var mistake *stack.Error
		if !errors.As(err, &mistake) {
			return fmt.Sprintf("error %v, want %s", err, c.Error)
		}
		return cmp.Diff(string(mistake.Kind)+": "+mistake.Message, c.Error)
	}
	if err != nil {
		return err.Error()
	}
	if c.Last != nil {
		steps := got.([]inspect.Step)
		return cmp.Diff(steps[len(steps)-1].Context.Stack, c.Last)
	}
	text, err := json.Marshal(got)
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(decoded(text), decoded(c.Want))
}

func decoded(text []byte) (v any) {
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return v
}

func (c *recorded) ask() (any, error) {
	name := "custom"
	if c.Vocab != nil {
		name = *c.Vocab
	}
	v := expr.Default().Vocabulary(name)
	if v == nil {
		return nil, stack.Errorf(stack.NoSuchElement, "key not found: %s", name)
	}
	switch c.As {
	case "normalize":
		return inspect.Normalize(c.Q, v)
	case "debug":
		return inspect.Trace(c.Q, v)
	case "queries":
		return inspect.Queries(c.Q, v)
	case "rewrite":
		return inspect.Rewrite(c.Q, v)
	case "strip":
		return inspect.Strip(c.Q, v, c.K, c.R)
	case "complete":
		words, err := inspect.Complete(c.Q, v)
		names := []string{}
		for _, w := range words {
			names = append(names, w.Name)
		}
		return names, err
	}
	return nil, fmt.Errorf("no endpoint %q", c.As)
}
