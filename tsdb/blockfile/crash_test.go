package blockfile

import (
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// TestCrash stops the writing of a file at each operation, by a kill and by a loss of power: the name
// holds the whole old file or the whole new one, and the new one once Commit has returned.
func TestCrash(t *testing.T) {
	head, m := small()
	newer := head
	newer.Sequence++
	before := newMemory(t)
	m.write(t, before, "d/a", head)

	check := func(fsys *vfstest.Memory, operation int, how string, done bool) {
		t.Helper()
		r, err := Open(fsys, "d/a")
		if err != nil {
			t.Errorf("%s at operation %d: %v", how, operation, err)
			return
		}
		defer r.Close()
		if r.Head() != newer && (done || r.Head() != head) {
			t.Errorf("%s at operation %d (done %t): the file has %+v", how, operation, done, r.Head())
		}
		if err := readAll(fsys, "d/a"); err != nil {
			t.Errorf("%s at operation %d: %v", how, operation, err)
		}
		if _, err := m.tryWrite(fsys, "d/a", newer); err != nil {
			t.Errorf("%s at operation %d: writing again: %v", how, operation, err)
		}
	}
	crash := func(now *vfstest.Memory, operation int, done bool) {
		check(now.Kill(), operation, "kill", done)
		check(now.PowerLoss(nil), operation, "power loss", done)
		for seed := range uint64(20) {
			check(now.PowerLoss(rand.New(rand.NewPCG(seed, 0))), operation, "power loss", done)
		}
	}
	run := before.Kill()
	must(t, run.SyncDir("d"))
	counting := vfstest.NewFaulty(run, func(c vfstest.Call) error {
		crash(run, c.Number, false)
		return nil
	})
	m.write(t, counting, "d/a", newer)
	crash(run, counting.Calls()+1, true)
}

// TestFailure lets each operation fail, once and for ever: the name holds a whole file, the error is
// reported, and the next try succeeds.
func TestFailure(t *testing.T) {
	head, m := small()
	newer := head
	newer.Sequence++
	calls := vfstest.NewFaulty(newMemory(t), vfstest.Fail(0, 0, nil))
	m.write(t, calls, "d/a", head)
	for n := 1; n <= calls.Calls(); n++ {
		for _, cause := range []error{syscall.EIO, vfstest.ShortWrite(syscall.ENOSPC)} {
			for _, last := range []int{n, math.MaxInt} {
				fsys := newMemory(t)
				m.write(t, fsys, "d/a", head)
				_, err := m.tryWrite(vfstest.NewFaulty(fsys, vfstest.Fail(n, last, cause)), "d/a", newer)
				if err == nil {
					t.Errorf("operations %d to %d fail with %v: no error", n, last, cause)
				}
				if err := readAll(fsys, "d/a"); err != nil {
					t.Errorf("operations %d to %d fail with %v: %v", n, last, cause, err)
				}
				m.write(t, fsys, "d/a", newer)
				if names, err := fsys.List("d"); err != nil || !slices.Equal(names, []string{"a"}) {
					t.Errorf("operations %d to %d fail with %v: the directory has %q, %v", n, last, cause, names, err)
				}
			}
		}
	}
}

func TestOpenFails(t *testing.T) {
	fsys := newMemory(t)
	if _, err := Open(fsys, "d/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of nothing: %v, want ErrNotExist", err)
	}
	head, m := small()
	m.write(t, fsys, "d/a", head)
	if _, err := Open(vfstest.NewFaulty(fsys, vfstest.Fail(1, 1, syscall.EIO)), "d/a"); !errors.Is(err, syscall.EIO) {
		t.Errorf("Open on a bad disk: %v, want EIO", err)
	}
}

func TestQuarantine(t *testing.T) {
	fsys := newMemory(t)
	head, m := small()
	for _, want := range []string{"d/a.bad", "d/a.bad2", "d/a.bad3"} {
		m.write(t, fsys, "d/a", head)
		if got, err := Quarantine(fsys, "d/a"); got != want || err != nil {
			t.Errorf("Quarantine: %q, %v; want %q", got, err, want)
		}
	}
	if names, err := fsys.PowerLoss(nil).List("d"); len(names) != 3 || err != nil {
		t.Errorf("left are %q, %v", names, err)
	}
	if _, err := Quarantine(fsys, "d/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Quarantine of nothing: %v, want ErrNotExist", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
