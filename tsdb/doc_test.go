package tsdb_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var filesEntry = regexp.MustCompile(`(?m)^//\t[a-z ]+ (\w+\.go)  `)

// TestFilesAreListed wants each file of the package, and no other, once in the list at the end of doc.go.
func TestFilesAreListed(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]int{"doc.go": 1}
	for _, entry := range filesEntry.FindAllStringSubmatch(string(text), -1) {
		listed[entry[1]]++
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if listed[name] != 1 {
			t.Errorf("doc.go lists %s %d times, want 1", name, listed[name])
		}
		delete(listed, name)
	}
	for name := range listed {
		t.Errorf("doc.go lists %s, which is not there", name)
	}
}
