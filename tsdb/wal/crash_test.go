package wal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// A run is the work of these tests: records that carry 1, 2, 3 ... are appended one after the other, in
// small segments, by a process that starts again when its log cannot be opened or replayed.
type run struct {
	fsys     vfs.FS
	started  uint64   // the last number given to Append
	acked    []uint64 // the numbers of Appends without an error
	dropping uint64   // numbers before it may be gone: a Drop for them has begun
	log      *Log
}

// numbered is a record that carries n; its length varies.
func numbered(n uint64) Record {
	body := binary.LittleEndian.AppendUint64(nil, n)
	return Record{Type: Points, Version: 1, Body: append(body, make([]byte, n*7%40)...)}
}

// open opens and replays the log; it returns the numbers that were replayed.
func (r *run) open() ([]uint64, error) {
	l, err := Open(Config{FS: r.fsys, Dir: testDir, SegmentBytes: 200})
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	err = l.Replay(func(_ Position, record Record) error {
		n := binary.LittleEndian.Uint64(record.Body)
		want := numbered(n)
		if record.Type != want.Type || record.Version != want.Version || !bytes.Equal(record.Body, want.Body) {
			return fmt.Errorf("record %d: %v, want %v", n, record, want)
		}
		numbers = append(numbers, n)
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	r.log = l
	return numbers, nil
}

func (r *run) append() error {
	r.started++
	err := r.log.Append(context.Background(), numbered(r.started))
	if err == nil {
		r.acked = append(r.acked, r.started)
	}
	return err
}

// work runs two lives of eight records each; the second drops what the first wrote.
func (r *run) work() {
	for life := range 2 {
		if _, err := r.open(); err != nil {
			continue
		}
		var start Position
		var first uint64
		for i := range 8 {
			_ = r.append()
			if life == 1 && i == 3 {
				if p, err := r.log.Rotate(); err == nil {
					start, first = p, r.started+1
				}
			}
		}
		if start != 0 {
			r.dropping = first
			_ = r.log.Drop(start)
		}
		r.log.Close()
	}
}

// A found is the file system after a crash and what must be in it.
type found struct {
	what                     string
	fsys                     *vfstest.Memory
	acked, started, dropping uint64
}

// check opens the log that a crash left and checks that it holds all acknowledged records in order and nothing
// that was not appended; then it goes on with it.
func (f found) check(t *testing.T) {
	t.Helper()
	r := &run{fsys: f.fsys, started: f.started}
	got, err := r.open()
	if err != nil {
		t.Fatalf("%s: %v", f.what, err)
	}
	f.checkNumbers(t, got)
	if kept := replayed(t, f.fsys.PowerLoss(nil)); !slices.Equal(kept, got) {
		t.Fatalf("%s: replayed %v, of which the next power failure leaves %v", f.what, got, kept)
	}
	if stats := r.log.Stats(); stats.Replay.SkippedExtents != 0 {
		t.Fatalf("%s: a crash is no damage: %+v", f.what, stats)
	}
	if err := r.append(); err != nil {
		t.Fatalf("%s: %v", f.what, err)
	}
	r.log.Close()
	if again, want := replayed(t, f.fsys.PowerLoss(nil)), append(got, r.started); !slices.Equal(again, want) {
		t.Fatalf("%s: then replayed %v, want %v", f.what, again, want)
	}
}

// replayed returns the numbers in the log on fsys.
func replayed(t *testing.T, fsys vfs.FS) []uint64 {
	t.Helper()
	r := &run{fsys: fsys}
	numbers, err := r.open()
	if err != nil {
		t.Fatal(err)
	}
	r.log.Close()
	return numbers
}

func (f found) checkNumbers(t *testing.T, got []uint64) {
	t.Helper()
	for i, n := range got {
		if i > 0 && n != got[i-1]+1 || n > f.started {
			t.Fatalf("%s: replayed %v, which were never appended so", f.what, got)
		}
	}
	first, last := uint64(1), uint64(0)
	if len(got) > 0 {
		first, last = got[0], got[len(got)-1]
	}
	if first > max(1, f.dropping) || last < f.acked {
		t.Fatalf("%s: replayed %v, want %d to %d or more", f.what, got, max(1, f.dropping), f.acked)
	}
}

// TestCrashAtEveryOperation takes copies of the file system before each of its operations, as a killed
// process and as power failures leave it. From each copy the log is opened, and the crash comes again at
// each operation of that.
func TestCrashAtEveryOperation(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 2))
	var copies []found
	m := vfstest.NewMemory()
	r := &run{}
	r.fsys = vfstest.NewFaulty(m, func(c vfstest.Call) error {
		what := fmt.Sprintf("before operation %d (%s %s)", c.Number, c.Op, c.Name)
		copies = append(copies, crashes(m, random, what, r)...)
		return nil
	})
	r.work()
	copies = append(copies, crashes(m, random, "at the end", r)...)
	if len(r.acked) != 16 || len(copies) < 200 {
		t.Fatalf("%d records, %d copies: the run is not what this test is about", len(r.acked), len(copies))
	}
	for _, f := range copies {
		var again []found
		twin := f.fsys.Kill()
		second := &run{started: f.started, acked: []uint64{f.acked}, dropping: f.dropping}
		second.fsys = vfstest.NewFaulty(twin, func(c vfstest.Call) error {
			what := fmt.Sprintf("%s, then before operation %d (%s %s)", f.what, c.Number, c.Op, c.Name)
			again = append(again, crashes(twin, random, what, second)[random.IntN(3)]) // one of the three: time
			return nil
		})
		if _, err := second.open(); err != nil {
			t.Fatalf("%s: %v", f.what, err)
		}
		second.log.Close()
		f.check(t)
		for _, f := range again {
			f.check(t)
		}
	}
}

// crashes returns what three kinds of crash leave at this moment.
func crashes(m *vfstest.Memory, random *rand.Rand, what string, r *run) []found {
	f := found{started: r.started, dropping: r.dropping}
	if n := len(r.acked); n > 0 {
		f.acked = r.acked[n-1]
	}
	kill, none, some := f, f, f
	kill.what, kill.fsys = what+", killed", m.Kill()
	none.what, none.fsys = what+", power lost", m.PowerLoss(nil)
	some.what, some.fsys = what+", power lost, some kept", m.PowerLoss(random)
	return []found{kill, none, some}
}

var faults = map[string]error{
	"EIO":         syscall.EIO,
	"ENOSPC":      syscall.ENOSPC,
	"short write": vfstest.ShortWrite(syscall.EIO),
	"short, full": vfstest.ShortWrite(syscall.ENOSPC),
}

// TestOneFailure lets each operation fail once. No caller of Append sees it.
func TestOneFailure(t *testing.T) {
	t.Parallel()
	clean := vfstest.NewFaulty(vfstest.NewMemory(), vfstest.Fail(0, 0, nil))
	(&run{fsys: clean}).work()
	for name, fault := range faults {
		for n := 1; n <= clean.Calls(); n++ {
			m := vfstest.NewMemory()
			r := &run{fsys: vfstest.NewFaulty(m, vfstest.Fail(n, n, fault))}
			r.work()
			what := fmt.Sprintf("%s at operation %d", name, n)
			if uint64(len(r.acked)) != r.started || r.started < 8 {
				t.Fatalf("%s: %d of %d appends were acknowledged", what, len(r.acked), r.started)
			}
			for _, f := range crashes(m, rand.New(rand.NewPCG(uint64(n), 0)), what, r) {
				f.check(t)
			}
		}
	}
}

// TestCrashAfterFailure crashes at each of the operations that follow a failed one: while what failed is
// cut off and written again.
func TestCrashAfterFailure(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 4))
	clean := vfstest.NewFaulty(vfstest.NewMemory(), vfstest.Fail(0, 0, nil))
	(&run{fsys: clean}).work()
	for name, fault := range faults {
		for n := 1; n <= clean.Calls(); n++ {
			var copies []found
			m := vfstest.NewMemory()
			r := &run{}
			r.fsys = vfstest.NewFaulty(m, func(c vfstest.Call) error {
				if n < c.Number && c.Number < n+8 {
					what := fmt.Sprintf("%s at operation %d, before operation %d (%s %s)", name, n, c.Number, c.Op, c.Name)
					copies = append(copies, crashes(m, random, what, r)...)
				}
				return vfstest.Fail(n, n, fault)(c)
			})
			r.work()
			for _, f := range copies {
				f.check(t)
			}
		}
	}
}

// TestFailures lets some operations in a row fail, or all of one kind from some place on, while records are
// appended. Afterwards the disk works again; then exactly the acknowledged records are there.
func TestFailures(t *testing.T) {
	t.Parallel()
	kinds := []vfstest.Op{"", vfstest.OpCreate, vfstest.OpWrite, vfstest.OpSync, vfstest.OpSyncDir, vfstest.OpTruncate, vfstest.OpRemove}
	for name, fault := range faults {
		for _, kind := range kinds {
			for first := 10; first < 30; first++ {
				for _, count := range []int{2, 3, 5, 8, 50} {
					what := fmt.Sprintf("%s at %d operations (%s) from %d on", name, count, kind, first)
					testFailures(t, what, func(c vfstest.Call) error {
						if kind != "" && c.Op != kind {
							return nil
						}
						return vfstest.Fail(first, first+count-1, fault)(c)
					}, errors.Is(fault, syscall.ENOSPC))
				}
			}
		}
	}
}

func testFailures(t *testing.T, what string, decide func(vfstest.Call) error, full bool) {
	m := vfstest.NewMemory()
	repaired := false
	r := &run{fsys: vfstest.NewFaulty(m, func(c vfstest.Call) error {
		if repaired {
			return nil
		}
		return decide(c)
	})}
	if _, err := r.open(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	failed := int64(0)
	for range 15 {
		err := r.append()
		if err != nil {
			failed++
		}
		if err != nil && errors.Is(err, ErrFull) != full {
			t.Fatalf("%s: append: %v, want ErrFull: %t", what, err, full)
		}
	}
	repaired = true
	if err := r.append(); err != nil {
		t.Fatalf("%s: append to the repaired disk: %v", what, err)
	}
	stats := r.log.Stats()
	r.log.Close()
	if stats.FailedGroups != failed || stats.Appends != int64(len(r.acked)) {
		t.Fatalf("%s: %+v, want %d failed and %d acknowledged", what, stats, failed, len(r.acked))
	}
	for _, f := range crashes(m, rand.New(rand.NewPCG(1, 1)), what, r) {
		after := &run{fsys: f.fsys}
		got, err := after.open()
		if err != nil {
			t.Fatalf("%s: %v", f.what, err)
		}
		stats := after.log.Stats()
		after.log.Close()
		if !slices.Equal(got, r.acked) {
			t.Fatalf("%s: replayed %v, want %v", f.what, got, r.acked)
		}
		if stats.Replay.SkippedExtents != 0 {
			t.Fatalf("%s: what failed is no damage: %+v", f.what, stats)
		}
	}
}

// TestFailedStaysAway crashes while the disk still fails, in a way that lets the log cut off what it must
// take back: the records of a failed Append are not replayed.
func TestFailedStaysAway(t *testing.T) {
	t.Parallel()
	for _, kind := range []vfstest.Op{vfstest.OpCreate, vfstest.OpWrite, vfstest.OpSync, vfstest.OpSyncDir} {
		for name, fault := range faults {
			for first := 10; first < 40; first++ {
				m := vfstest.NewMemory()
				r := &run{fsys: vfstest.NewFaulty(m, func(c vfstest.Call) error {
					if c.Op != kind {
						return nil
					}
					return vfstest.Fail(first, math.MaxInt, fault)(c)
				})}
				if _, err := r.open(); err != nil {
					t.Fatal(err)
				}
				for range 5 {
					_ = r.append()
				}
				random := rand.New(rand.NewPCG(uint64(first), 0))
				copies := []*vfstest.Memory{m.Kill(), m.PowerLoss(nil)}
				for range 30 {
					copies = append(copies, m.PowerLoss(random))
				}
				for i, fsys := range copies {
					if got := replayed(t, fsys); !slices.Equal(got, r.acked) {
						t.Fatalf("%s at each %s from %d on, copy %d: replayed %v, want %v", name, kind, first, i, got, r.acked)
					}
				}
				r.log.Close()
			}
		}
	}
}
