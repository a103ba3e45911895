package main

import (
	"io/fs"
	"testing"
)

func TestMemoryLimit(t *testing.T) {
	const meminfo = "MemTotal:        8000 kB\nMemFree:  10 kB\n"
	v2, v1 := memoryFiles[0], memoryFiles[1]
	for _, c := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"control group 2", map[string]string{v2: "1000000\n", "/proc/meminfo": meminfo}, 1_000_000},
		{"without limit", map[string]string{v2: "max\n", "/proc/meminfo": meminfo}, 8000 << 10},
		{"control group 1", map[string]string{v1: "9223372036854771712\n", "/proc/meminfo": meminfo}, 8000 << 10},
		{"nothing known", nil, 0},
		{"odd files", map[string]string{v2: "", v1: "-1", "/proc/meminfo": "?"}, 0},
	} {
		got := memoryLimit(func(name string) ([]byte, error) {
			if text, ok := c.files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		})
		if got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestSeriesFit(t *testing.T) {
	for _, c := range []struct {
		series int
		limit  int64
		fits   bool
	}{{1 << 40, 0, true}, {100 << 20, 256 << 20, true}, {200 << 20, 256 << 20, false}, {0, 1, true}} {
		if err := checkSeriesFit(c.series, c.limit); (err == nil) != c.fits {
			t.Errorf("%d bytes of series under %d: %v", c.series, c.limit, err)
		}
	}
}

func TestBodyMemory(t *testing.T) {
	for limit, want := range map[int64]int64{0: 256 << 20, 64 << 20: 32 << 20, 1 << 30: 128 << 20, 64 << 30: 256 << 20} {
		if got := bodyMemory(limit); got != want {
			t.Errorf("under %d: %d, want %d", limit, got, want)
		}
	}
}
