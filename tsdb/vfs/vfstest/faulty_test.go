package vfstest

import (
	"errors"
	"math"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

func TestFailedOperations(t *testing.T) {
	run := func(fsys vfs.FS) error {
		if err := fsys.MkdirAll("d"); err != nil {
			return err
		}
		return vfs.ReplaceFile(fsys, "d/a", []byte("new!"))
	}
	whole := NewFaulty(NewMemory(), Fail(0, 0, nil))
	must(t, run(whole))
	for n := 1; n <= whole.Calls(); n++ {
		for _, last := range []int{n, math.MaxInt} {
			m := NewMemory()
			err := run(NewFaulty(m, Fail(n, last, syscall.EIO)))
			if n > 2 && !errors.Is(err, syscall.EIO) {
				t.Errorf("operations %d to %d fail: %v, want EIO", n, last, err)
			}
			if got := content(t, m.PowerLoss(nil), "d/a"); err == nil && got != "new!" {
				t.Errorf("operations %d to %d fail: no error, and the file holds %q", n, last, got)
			}
		}
	}
}

func TestShortWrite(t *testing.T) {
	m := NewMemory()
	must(t, m.MkdirAll("d"))
	f, err := NewFaulty(m, Fail(2, 2, ShortWrite(syscall.ENOSPC))).Create("d/a")
	must(t, err)
	if n, err := f.Write([]byte("abcd")); n != 2 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Write: %d, %v, want 2 and ENOSPC", n, err)
	}
	write(t, f, "e")
	if got := content(t, m, "d/a"); got != "abe" {
		t.Errorf("the file holds %q, want %q", got, "abe")
	}
}

// TestForgottenBytes checks that a Sync after a failed one makes nothing durable until the doubtful bytes
// are cut off.
func TestForgottenBytes(t *testing.T) {
	m := NewMemory()
	must(t, m.MkdirAll("d"))
	failing := false
	f, err := NewFaulty(m, func(c Call) error {
		if failing && c.Op == OpSync {
			return syscall.EIO
		}
		return nil
	}).Create(filepath.Join("d", "a"))
	must(t, err)
	syncDir(t, m)
	write(t, f, "ab")
	syncFile(t, f)
	write(t, f, "cd")
	failing = true
	if err := f.Sync(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Sync: %v, want EIO", err)
	}
	failing = false
	syncFile(t, f)
	if got := content(t, m.PowerLoss(nil), "d/a"); got != "ab" {
		t.Errorf("after a failed and a good Sync: %q, want %q", got, "ab")
	}
	cut(t, f, 2)
	write(t, f, "ef")
	syncFile(t, f)
	if got := content(t, m.PowerLoss(nil), "d/a"); got != "abef" {
		t.Errorf("after Truncate and Sync: %q, want %q", got, "abef")
	}
}
