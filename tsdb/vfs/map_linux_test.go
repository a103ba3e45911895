package vfs

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestEvict reads a mapped file, which takes memory of the process until it is evicted.
func TestEvict(t *testing.T) {
	const size, slack = 32 << 20, 8 << 20
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, make([]byte, size), 0o600); err != nil {
		t.Fatal(err)
	}
	mapped, err := OS{}.Map(name)
	if err != nil {
		t.Fatal(err)
	}
	defer mapped.Close()
	base := residentFileBytes(t)
	for i := 0; i < size; i += os.Getpagesize() {
		if mapped.Data[i] != 0 {
			t.Fatalf("byte %d is not what was written", i)
		}
	}
	if got := residentFileBytes(t) - base; got < size-slack {
		t.Errorf("%d bytes resident, want all of %d", got, size)
	}
	if err := mapped.Evict(); err != nil {
		t.Fatal(err)
	}
	if got := residentFileBytes(t) - base; got > slack {
		t.Errorf("%d bytes resident after Evict", got)
	}
}

// residentFileBytes returns how much of the process' memory is of files.
func residentFileBytes(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n << 10
}
