package tsdb_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// crashEverywhere calls live with a file system that loses power at its first operation, then at its second, and so on
// until one is enough for all of live, whose result it returns. check sees each state of the disk that left says there may
// be after a crash, and what live had returned by then; at the end it sees the disk after a life without a crash.
func crashEverywhere[T any](t *testing.T, live func(vfs.FS) T, left func(disk *vfstest.Memory, at int) []*vfstest.Memory,
	check func(t *testing.T, what string, fsys vfs.FS, lived T)) T {
	t.Helper()
	for crashAt := 1; ; crashAt++ {
		disk := vfstest.NewMemory()
		var after []*vfstest.Memory
		lived := live(vfstest.NewFaulty(disk, func(c vfstest.Call) error {
			if c.Number == crashAt {
				after = left(disk, crashAt)
			}
			if c.Number >= crashAt {
				return errors.New("no power")
			}
			return nil
		}))
		if after == nil {
			t.Logf("%d operations", crashAt-1)
			check(t, "without a crash", disk, lived)
			return lived
		}
		for i, fsys := range after {
			check(t, fmt.Sprintf("crash %d at operation %d", i, crashAt), fsys, lived)
		}
	}
}

// powerLoss is a state of the disk after a crash in which some of what was not synced is there.
func powerLoss(disk *vfstest.Memory, at int) []*vfstest.Memory {
	return []*vfstest.Memory{disk.PowerLoss(rand.New(rand.NewPCG(uint64(at), 9)))}
}

// killOrPowerLoss are some states after the end of the process, or of the power.
func killOrPowerLoss(disk *vfstest.Memory, at int) []*vfstest.Memory {
	after := []*vfstest.Memory{disk.Kill(), disk.PowerLoss(nil)}
	for seed := range uint64(3) {
		after = append(after, disk.PowerLoss(rand.New(rand.NewPCG(uint64(at), seed))))
	}
	return after
}

// failEverywhere calls live with a file system on which the first operation fails, then the second, and so on until none
// has failed, for each of the faults. check sees the disk afterwards, and what live has returned.
func failEverywhere[T any](t *testing.T, live func(vfs.FS) T, faults []error,
	check func(t *testing.T, what string, fsys vfs.FS, lived T)) {
	t.Helper()
	for _, fault := range faults {
		for failAt := 1; ; failAt++ {
			disk := vfstest.NewMemory()
			failed := false
			lived := live(vfstest.NewFaulty(disk, func(c vfstest.Call) error {
				if c.Number == failAt {
					failed = true
					return fault
				}
				return nil
			}))
			if !failed {
				break
			}
			check(t, fmt.Sprintf("%v at operation %d", fault, failAt), disk, lived)
		}
	}
}
