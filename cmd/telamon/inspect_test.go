package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// makeData makes a data directory with two segments and a block file.
func makeData(t *testing.T) string {
	t.Helper()
	path := t.TempDir()
	dir, err := tsdb.OpenDir(vfs.OS{}, path, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	log, err := wal.Open(dir.LogConfig(namespace))
	if err != nil {
		t.Fatal(err)
	}
	cfg := dir.Config()
	cfg.Log, cfg.BlockDir, cfg.Logger = log, dir.BlockPath(namespace), slog.New(slog.DiscardHandler)
	db, err := tsdb.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Replay(db.Replay); err != nil {
		t.Fatal(err)
	}
	if err := db.Start(); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		ref, err := db.Resolve(tag.New("name", "a", "node", string(rune('a'+i))).AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Append(context.Background(), []tsdb.Point{{Ref: ref, Time: 1000 * 60_000, Value: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Maintain(context.Background(), time.UnixMilli(2000*60_000)); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := dir.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestInspect(t *testing.T) {
	path := makeData(t)
	inspect := func() (string, int) {
		t.Helper()
		var out bytes.Buffer
		i := inspection{out: &out, fsys: vfs.OS{}}
		if err := i.path(path); err != nil {
			t.Fatal(err)
		}
		return out.String(), i.damages
	}
	text, damages := inspect()
	for _, want := range []string{
		`"slots_per_window": 60`,
		`1970-01-01T16:00:00Z, 1970-01-01T17:00:00Z], 1 windows of 60 slots of 1m0s`,
		`3 series, 3 points`,
		`  series +\d+ records`,
		`  points +\d+ records`,
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if damages != 0 {
		t.Errorf("%d places are damaged in a good directory", damages)
	}
	for _, suffix := range []string{"wal", "blk"} {
		files, err := filepath.Glob(filepath.Join(path, namespace, "*", "*."+suffix))
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 0x40
		if err := os.WriteFile(files[0], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if text, damages := inspect(); damages != 2 || strings.Count(text, "\n  damaged: ") != 2 {
		t.Errorf("%d places are damaged, want 2:\n%s", damages, text)
	}
	i := inspection{out: &bytes.Buffer{}, fsys: vfs.OS{}}
	if err := i.path(filepath.Join(path, "lock")); err == nil {
		t.Error("inspecting a file of another kind succeeded")
	}
}
