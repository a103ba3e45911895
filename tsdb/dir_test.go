package tsdb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

func TestDirIsKept(t *testing.T) {
	fsys := vfstest.NewMemory()
	first, err := tsdb.OpenDir(fsys, "/data", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tsdb.OpenDir(fsys, "/data", time.Minute); !errors.Is(err, tsdb.ErrInUse) {
		t.Errorf("a second process: %v, want ErrInUse", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := tsdb.OpenDir(fsys, "/data", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Layout != first.Layout || again.Layout.Instance == "" {
		t.Errorf("layout %+v, want that of the first time, %+v", again.Layout, first.Layout)
	}
}

// TestDirRefuses opens directories that do not fit. Each error names the file and the way out.
func TestDirRefuses(t *testing.T) {
	const good = `{"format": 1, "step": "1m0s", "slots_per_window": 60, "shards": 16, "instance": "x"}`
	for name, change := range map[string][2]string{
		"another step":     {`"1m0s"`, `"5s"`},
		"a newer format":   {`"format": 1`, `"format": 99`},
		"no shards":        {`"shards": 16`, `"shards": 0`},
		"too many shards":  {`"shards": 16`, `"shards": 100000`},
		"no slots":         {`60`, `0`},
		"no instance":      {`"x"`, `""`},
		"a step like soup": {`"1m0s"`, `"soup"`},
		"garbage":          {`{`, `garbage`},
	} {
		fsys := vfstest.NewMemory()
		if err := fsys.MkdirAll("/data"); err != nil {
			t.Fatal(err)
		}
		if err := vfs.ReplaceFile(fsys, "/data/meta.json", []byte(strings.Replace(good, change[0], change[1], 1))); err != nil {
			t.Fatal(err)
		}
		_, err := tsdb.OpenDir(fsys, "/data", time.Minute)
		if !errors.Is(err, tsdb.ErrLayout) || !strings.Contains(err.Error(), "/data/meta.json") {
			t.Errorf("%s: %v, want ErrLayout with the name of the file", name, err)
		}
	}
}
