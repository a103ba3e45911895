package inspect_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// TestReadBack parses the canonical text of every recorded expression and wants the same text again.
// testdata/not_read_back.txt lists those whose text, which is Atlas's, says something else, and why.
func TestReadBack(t *testing.T) {
	listed, err := os.ReadFile("testdata/not_read_back.txt")
	if err != nil {
		t.Fatal(err)
	}
	excused := map[string]bool{}
	for line := range strings.Lines(string(listed)) {
		if line = strings.TrimSuffix(line, "\n"); !strings.HasPrefix(line, "#") {
			excused[line] = true
		}
	}
	read := 0
	for _, c := range readRecorded(t, "testdata/normalize.jsonl") {
		shown, err := expr.Parse(c.Q, expr.Options{})
		if err != nil {
			continue // what is on its stack besides expressions
		}
		var failure error
		for _, s := range shown {
			read++
			if err := readBack(s); err != nil {
				failure = err
			}
		}
		if (failure != nil) != excused[c.Q] {
			t.Errorf("%q, excused %t: %v", c.Q, excused[c.Q], failure)
		}
	}
	if read < 7000 {
		t.Errorf("only %d expressions were read back", read)
	}
}

func readBack(s *expr.Styled) error {
	text := s.String()
	again, err := expr.Parse(text, expr.Options{})
	if err != nil {
		return fmt.Errorf("%q: %w", text, err)
	}
	if len(again) != 1 || !expr.Equal(again[0], s) {
		return fmt.Errorf("%q is read back as %v", text, again)
	}
	return nil
}
