package wal

import (
	"bytes"
	"log/slog"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// TestProgress replays slowly: every few seconds a line says how far it is, and what is quick says nothing.
func TestProgress(t *testing.T) {
	for _, c := range []struct {
		name      string
		perRecord time.Duration
		want      []string
	}{
		{"slow", time.Second, []string{"33", "66", "100"}},
		{"quick", time.Millisecond, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fsys := vfstest.NewMemory()
				l, _ := openLog(t, Config{FS: fsys, SegmentBytes: 3 * progressBytes})
				for range 9 {
					mustAppend(t, l, Record{Type: Points, Body: make([]byte, progressBytes)})
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				var lines bytes.Buffer
				l, err := Open(Config{FS: fsys, Dir: testDir, Logger: slog.New(slog.NewTextHandler(&lines, nil))})
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				if err := l.Replay(func(Position, Record) error { time.Sleep(c.perRecord); return nil }); err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, match := range regexp.MustCompile(`replaying" percent=(\d+) `).FindAllStringSubmatch(lines.String(), -1) {
					got = append(got, match[1])
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("percentages %v, want %v, in\n%s", got, c.want, &lines)
				}
			})
		})
	}
}
