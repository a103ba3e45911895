//go:build linux && (amd64 || arm64) && !race

package offheap

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// residentBytes returns what of the process' anonymous memory lies in the machine's.
func residentBytes(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssAnon:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n << 10
}

// TestResident: only what was written to takes memory, and free pieces take none while their slab stays.
func TestResident(t *testing.T) {
	const pieceBytes, n = 64 << 10, 1024
	const slack = 16 << 20 // what the runtime does meanwhile
	var a Arena
	defer a.FreeAll()
	base := residentBytes(t)
	var pieces [][]byte
	for range n {
		pieces = append(pieces, Make[byte](&a, pieceBytes))
	}
	if got := residentBytes(t) - base; got > slack {
		t.Errorf("%d bytes resident before anything is written", got)
	}
	for _, p := range pieces {
		for i := 0; i < len(p); i += pageBytes {
			p[i] = 1
		}
	}
	if got := residentBytes(t) - base; got < n*pieceBytes-slack {
		t.Errorf("%d bytes resident, want all of %d", got, n*pieceBytes)
	}
	for i, p := range pieces {
		if i%16 != 0 {
			Free(&a, p)
		}
	}
	if got := residentBytes(t) - base; got > n/16*pieceBytes+slack {
		t.Errorf("%d bytes resident, with pieces of %d", got, n/16*pieceBytes)
	}
}

// TestLateReaderFaults: memory that went back to the kernel cannot be read by mistake.
func TestLateReaderFaults(t *testing.T) {
	for _, size := range []int{100, 10 << 20} {
		var a Arena
		b := Make[byte](&a, size)
		Free(&a, b)
		func() {
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			defer func() {
				if recover() == nil {
					t.Errorf("a piece of %d bytes can be read when it is free", size)
				}
			}()
			t.Log(b[0])
		}()
	}
}
