package vfstest

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// TestPowerLoss checks the table of the package comment: what is certain, and that what is left to chance
// takes every value it may take and no other.
func TestPowerLoss(t *testing.T) {
	tests := []struct {
		name       string
		do         func(*testing.T, *Memory)
		kill, none string // content of "d/a" after Kill and after PowerLoss(nil)
		perhaps    string // the contents that PowerLoss(random) may find
	}{
		{"created", func(t *testing.T, m *Memory) { create(t, m, "d/a", "") }, "", "-", "- |"},
		{"written", func(t *testing.T, m *Memory) { create(t, m, "d/a", "ab") },
			"ab", "-", "- | | a | ab | 0 | 00 | a0"},
		{"file synced, name not", func(t *testing.T, m *Memory) { syncFile(t, create(t, m, "d/a", "ab")) },
			"ab", "-", "- | ab"},
		{"name synced, file not", func(t *testing.T, m *Memory) { create(t, m, "d/a", "a"); syncDir(t, m) },
			"a", "", " | a | 0"},
		{"both synced", func(t *testing.T, m *Memory) { durable(t, m, "d/a", "ab") }, "ab", "ab", "ab"},
		{"written on", func(t *testing.T, m *Memory) { write(t, durable(t, m, "d/a", "a"), "bc") },
			"abc", "a", "a | ab | abc | a0 | a00 | ab0"},
		{"cut", func(t *testing.T, m *Memory) { cut(t, durable(t, m, "d/a", "abc"), 1) }, "a", "abc", "abc | a"},
		{"cut and synced", func(t *testing.T, m *Memory) {
			f := durable(t, m, "d/a", "abc")
			cut(t, f, 1)
			write(t, f, "x")
			syncFile(t, f)
		}, "ax", "ax", "ax"},
		{"removed", func(t *testing.T, m *Memory) {
			durable(t, m, "d/a", "a")
			must(t, m.Remove("d/a"))
		}, "-", "a", "- | a"},
		{"renamed over", func(t *testing.T, m *Memory) {
			durable(t, m, "d/a", "a")
			durable(t, m, "d/b", "b")
			must(t, m.Rename("d/b", "d/a"))
		}, "b", "a", "a | b"},
		{"replaced", func(t *testing.T, m *Memory) {
			durable(t, m, "d/a", "a")
			must(t, vfs.ReplaceFile(m, "d/a", []byte("bcd")))
		}, "bcd", "bcd", "bcd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := NewMemory()
			must(t, m.MkdirAll("d"))
			test.do(t, m)
			if got := content(t, m.Kill(), "d/a"); got != test.kill {
				t.Errorf("after Kill: %q, want %q", got, test.kill)
			}
			if got := content(t, m.PowerLoss(nil), "d/a"); got != test.none {
				t.Errorf("after PowerLoss(nil): %q, want %q", got, test.none)
			}
			if got := content(t, m.Kill().PowerLoss(nil), "d/a"); got != test.none {
				t.Errorf("after Kill and PowerLoss(nil): %q, want %q", got, test.none)
			}
			seen := map[string]bool{}
			for seed := range uint64(300) {
				seen[content(t, m.PowerLoss(rand.New(rand.NewPCG(seed, 0))), "d/a")] = true
			}
			for want := range strings.SplitSeq(test.perhaps, "|") {
				want = strings.TrimSpace(want)
				if !seen[want] {
					t.Errorf("after PowerLoss: never %q", want)
				}
				delete(seen, want)
			}
			for got := range seen {
				t.Errorf("after PowerLoss: %q, want one of %s", got, test.perhaps)
			}
		})
	}
}

// TestPowerLossLeavesTheRun checks that a copy and the file system it came from do not share bytes.
func TestPowerLossLeavesTheRun(t *testing.T) {
	m := NewMemory()
	must(t, m.MkdirAll("d"))
	f := durable(t, m, "d/a", "a")
	found := m.PowerLoss(nil)
	write(t, f, "b")
	other, err := found.OpenAppend("d/a")
	must(t, err)
	write(t, other, "c")
	if got, copied := content(t, m, "d/a"), content(t, found, "d/a"); got != "ab" || copied != "ac" {
		t.Errorf("the run has %q, the copy %q; want ab and ac", got, copied)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, m *Memory, name, data string) vfs.File {
	t.Helper()
	f, err := m.Create(name)
	must(t, err)
	write(t, f, data)
	return f
}

// durable makes a file that survives everything.
func durable(t *testing.T, m *Memory, name, data string) vfs.File {
	t.Helper()
	f := create(t, m, name, data)
	syncFile(t, f)
	syncDir(t, m)
	return f
}

func syncFile(t *testing.T, f vfs.File)        { t.Helper(); must(t, f.Sync()) }
func syncDir(t *testing.T, m *Memory)          { t.Helper(); must(t, m.SyncDir("d")) }
func cut(t *testing.T, f vfs.File, size int64) { t.Helper(); must(t, f.Truncate(size)) }
