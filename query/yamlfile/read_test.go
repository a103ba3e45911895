package yamlfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/telamon-tsdb/telamon/query/yamlfile"
)

// TestRead: only regular files are read, links to them too, and no more than is wanted of them.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("file"), []byte("rules:\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", path("link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"file", "link"} {
		if data, err := yamlfile.Read(path(name), 100); err != nil || string(data) != "rules:\n" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
	if data, err := yamlfile.Read(path("file"), 3); err != nil || len(data) != 4 {
		t.Errorf("with a limit of 3: %q, %v", data, err)
	}
	for _, name := range []string{path("pipe"), dir, "/dev/zero"} {
		if _, err := yamlfile.Read(name, 100); err == nil || !strings.Contains(err.Error(), "no regular file") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := yamlfile.Read(path("nothing"), 100); !os.IsNotExist(err) {
		t.Errorf("nothing: %v", err)
	}
}
