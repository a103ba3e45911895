package expr

import (
	"strings"
	"testing"
	"time"
)

// TestQueryIsBounded doubles a query with every pair of words: it is refused before somebody walks all of it.
func TestQueryIsBounded(t *testing.T) {
	for _, words := range []string{",:dup,:and", ",:dup,:or", ",:dup,:not,:and", ",:dup,:not,:and,:not"} {
		for _, end := range []string{",:sum", ""} {
			text := "name,a,:eq" + strings.Repeat(words, 200) + end
			begin := time.Now()
			if _, err := Parse(text, Options{}); err == nil || !strings.Contains(err.Error(), "more than 2048 conditions") {
				t.Errorf("Parse of 200 times %s: %v, want a refusal", words, err)
			}
			if took := time.Since(begin); took > time.Second {
				t.Errorf("Parse of 200 times %s took %v", words, took)
			}
		}
	}
	if _, err := Parse("name,a,:eq"+strings.Repeat(",name,a,:eq,:and", 700)+",:sum", Options{}); err != nil {
		t.Errorf("a query of 700 conditions: %v", err)
	}
}
