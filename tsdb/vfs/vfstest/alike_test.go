package vfstest

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// TestAlike runs the same operations on each file system, so that Memory stays a twin of OS.
func TestAlike(t *testing.T) {
	under := map[string]vfs.FS{
		"os":     vfs.OS{},
		"memory": NewMemory(),
		"faulty": NewFaulty(NewMemory(), func(Call) error { return nil }),
	}
	for name, fsys := range under {
		t.Run(name, func(t *testing.T) { testAlike(t, fsys, filepath.Join(t.TempDir(), "data")) })
	}
}

func testAlike(t *testing.T, fsys vfs.FS, dir string) {
	path := func(name string) string { return filepath.Join(dir, name) }
	is := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	_, err := fsys.List(dir)
	is("List of nothing", err, fs.ErrNotExist)
	_, err = fsys.Create(path("sub/a"))
	is("Create without a directory", err, fs.ErrNotExist)
	is("MkdirAll", fsys.MkdirAll(path("sub")), nil)
	is("MkdirAll again", fsys.MkdirAll(path("sub")), nil)
	is("Link of nothing", fsys.Link(path("none"), path("sub/none")), fs.ErrNotExist)
	linked, err := fsys.Create(path("first"))
	is("Create to link", err, nil)
	_, err = linked.Write([]byte("both"))
	is("Write to link", errors.Join(err, linked.Close()), nil)
	is("Link", fsys.Link(path("first"), path("sub/second")), nil)
	is("Link again", fsys.Link(path("first"), path("sub/second")), fs.ErrExist)
	is("Remove the first name", fsys.Remove(path("first")), nil)
	if data, err := vfs.ReadFile(fsys, path("sub/second"), 10); string(data) != "both" || err != nil {
		t.Errorf("the second name has %q, %v", data, err)
	}
	is("Remove the second name", fsys.Remove(path("sub/second")), nil)

	f, err := fsys.Create(path("a"))
	is("Create", err, nil)
	_, err = fsys.Create(path("a"))
	is("Create again", err, fs.ErrExist)
	is("MkdirAll over a file", fsys.MkdirAll(path("a")), fs.ErrExist)
	write(t, f, "hello ")
	write(t, f, "world")
	is("Sync", f.Sync(), nil)
	is("Truncate", f.Truncate(5), nil)
	write(t, f, "!")
	is("Close", f.Close(), nil)
	_, err = f.Write(nil)
	is("Write after Close", err, fs.ErrClosed)

	f, err = fsys.OpenAppend(path("a"))
	is("OpenAppend", err, nil)
	write(t, f, "?")
	buf := make([]byte, 10)
	n, err := f.ReadAt(buf, 1)
	if string(buf[:n]) != "ello!?" || err == nil {
		t.Errorf("ReadAt: %q, %v, want %q and an error", buf[:n], err, "ello!?")
	}
	is("Close", f.Close(), nil)
	f, err = fsys.Open(path("a"))
	is("Open", err, nil)
	if _, err := f.Write([]byte("x")); err == nil {
		t.Error("Write to a file opened for reading succeeds")
	}
	is("Close", f.Close(), nil)

	is("ReplaceFile", vfs.ReplaceFile(fsys, path("b"), []byte("bee")), nil)
	is("Rename", fsys.Rename(path("a"), path("b")), nil)
	is("Rename of nothing", fsys.Rename(path("a"), path("b")), fs.ErrNotExist)
	if err := fsys.Rename(path("b"), path("sub/b")); err == nil {
		t.Error("Rename into another directory succeeds")
	}
	is("SyncDir", fsys.SyncDir(dir), nil)
	data, err := vfs.ReadFile(fsys, path("b"), 7)
	is("ReadFile", err, nil)
	if string(data) != "hello!?" {
		t.Errorf("ReadFile: %q, want %q", data, "hello!?")
	}
	if _, err := vfs.ReadFile(fsys, path("b"), 6); err == nil {
		t.Error("ReadFile beyond its limit succeeds")
	}

	_, err = fsys.Map(path("a"))
	is("Map of nothing", err, fs.ErrNotExist)
	mapped, err := fsys.Map(path("b"))
	is("Map", err, nil)
	if string(mapped.Data) != "hello!?" {
		t.Errorf("Map: %q, want %q", mapped.Data, "hello!?")
	}
	is("Evict", mapped.Evict(), nil)
	if string(mapped.Data) != "hello!?" {
		t.Errorf("Map after Evict: %q, want %q", mapped.Data, "hello!?")
	}
	is("Close of a mapping", mapped.Close(), nil)
	is("Evict after Close", mapped.Evict(), nil)

	lock, err := fsys.Lock(path("lock"))
	is("Lock", err, nil)
	_, err = fsys.Lock(path("lock"))
	is("Lock again", err, vfs.ErrLocked)
	is("unlock", lock.Close(), nil)
	lock, err = fsys.Lock(path("lock"))
	is("Lock after unlock", err, nil)
	is("Held", lock.Held(), nil)
	is("Rename of a lock", fsys.Rename(path("lock"), path("elsewhere")), nil)
	is("Held of a lock that was moved", lock.Held(), vfs.ErrLockLost)
	is("Rename back", fsys.Rename(path("elsewhere"), path("lock")), nil)
	is("Held of a lock that is back", lock.Held(), nil)
	is("Remove of a lock", fsys.Remove(path("lock")), nil)
	is("Held of a lock that is gone", lock.Held(), vfs.ErrLockLost)
	made, err := fsys.Create(path("lock"))
	is("Create in place of a lock", err, nil)
	is("close", made.Close(), nil)
	is("Held of a lock that was replaced", lock.Held(), vfs.ErrLockLost)
	is("unlock", lock.Close(), nil)

	names, err := fsys.List(dir)
	is("List", err, nil)
	if diff := cmp.Diff(names, []string{"b", "lock", "sub"}); diff != "" {
		t.Errorf("List (-got +want):\n%s", diff)
	}
	is("Remove", fsys.Remove(path("b")), nil)
	is("Remove again", fsys.Remove(path("b")), fs.ErrNotExist)
	_, err = fsys.Size(path("b"))
	is("Size of nothing", err, fs.ErrNotExist)
}

func write(t *testing.T, f vfs.File, data string) {
	t.Helper()
	if n, err := f.Write([]byte(data)); err != nil || n != len(data) {
		t.Fatalf("Write: %d, %v", n, err)
	}
}

// content returns what the file holds, or "-" when there is none.
func content(t *testing.T, fsys vfs.FS, name string) string {
	t.Helper()
	data, err := vfs.ReadFile(fsys, name, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return "-"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.ReplaceAll(data, []byte{0}, []byte("0")))
}
