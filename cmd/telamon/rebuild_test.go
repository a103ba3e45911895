package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// oldData is a data directory of format version 1, with a log of three minutes at noon.
const oldData = "../../tsdb/testdata/format1"

func filesBelow(t *testing.T, path string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		files[strings.TrimPrefix(name, path+"/")] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// beginSegment makes the log of a data directory longer by a segment.
func beginSegment(t *testing.T, path string) {
	t.Helper()
	dir, err := tsdb.OpenDir(vfs.OS{}, path, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	log, err := wal.Open(dir.LogConfig(namespace))
	if err == nil {
		err = log.Replay(func(wal.Position, wal.Record) error { return nil })
	}
	if err == nil {
		err = log.Append(t.Context(), wal.Record{Type: wal.Document, Version: 1})
	}
	if err := errors.Join(err, log.Close(), dir.Close()); err != nil {
		t.Fatal(err)
	}
}

func replaceIn(t *testing.T, name, from, to string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, bytes.ReplaceAll(data, []byte(from), []byte(to)), 0o640)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestRebuildMeta loses meta.json in several ways and restores it; what cannot be restored stays as it is.
func TestRebuildMeta(t *testing.T) {
	made, other, grown := makeData(t), makeData(t), filepath.Join(t.TempDir(), "grown")
	if err := os.CopyFS(grown, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	beginSegment(t, grown)
	meta := filesBelow(t, made)["meta.json"]
	instance := regexp.MustCompile(`"instance": "(\w+)"`).FindStringSubmatch(meta)[1]
	gone := func(path string) { os.Remove(path + "/meta.json") }
	noLog := func(path string) { gone(path); os.RemoveAll(path + "/default/wal") }
	copied := func(from, name string) func(string) {
		return func(path string) {
			gone(path)
			data, err := os.ReadFile(filepath.Join(from, name))
			if err == nil {
				err = os.WriteFile(filepath.Join(path, name), data, 0o640)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		from   string
		change func(path string)
		step   string
		want   string // what is printed, or the error
		meta   string // what meta.json has then; "": it is refused
		kept   string // the name under which what was there is kept
	}{
		"gone":                           {made, gone, "", "restored", meta, ""},
		"gone, the step named":           {made, gone, "60s", "restored", meta, ""},
		"gone, another step named":       {made, gone, "5s", `--step has 5s`, "", ""},
		"empty":                          {made, func(path string) { os.WriteFile(path+"/meta.json", nil, 0o640) }, "", "restored", meta, "meta.json.bad"},
		"other slots":                    {made, func(path string) { replaceIn(t, path+"/meta.json", "60,", "30,") }, "", "restored", meta, "meta.json.bad"},
		"of another directory":           {made, copied(other, "meta.json"), "", "restored", meta, "meta.json.bad"},
		"in order":                       {made, func(string) {}, "", "in order", meta, ""},
		"block files alone":              {made, noLog, "", "slots per window 60", `"shards": 16`, ""},
		"a segment of another directory": {grown, copied(other, "default/wal/00000002.wal"), "", "00000003.wal has " + instance, "", ""},
		"nothing":                        {made, func(path string) { gone(path); os.RemoveAll(path + "/default") }, "1m", "no namespace", "", ""},
		"of a newer program":             {made, func(path string) { replaceIn(t, path+"/meta.json", `"format": 2`, `"format": 9`) }, "", "newer", "", ""},
		"an old log":                     {oldData, gone, "", `no file says the step`, "", ""},
		"an old log, the step named":     {oldData, gone, "1m", `from 2026-11-22T12:00:00Z to 2026-11-22T12:02:00Z`, `"step": "1m0s"`, ""},
		"an old log, a step too long":    {oldData, gone, "10m", `in the future`, "", ""},
		"an old log, in order":           {oldData, func(string) {}, "", `in order`, `"format": 1`, ""},
		"an old log, no step at all":     {oldData, gone, "0s", `longer than nothing`, "", ""},
		"an old log, nonsense":           {oldData, gone, "soup", `as 90s`, "", ""},
		"an old log, another step":       {oldData, func(string) {}, "5s", "meta.json has step 1m0s", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(path, os.DirFS(c.from)); err != nil {
				t.Fatal(err)
			}
			c.change(path)
			before := filesBelow(t, path)
			var out bytes.Buffer
			r := rebuilding{out: &out, fsys: vfs.OS{}, step: c.step, dryRun: true, now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
			dryErr := r.run(path)
			if diff := cmp.Diff(before, filesBelow(t, path)); diff != "" {
				t.Fatalf("a dry run changed:\n%s", diff)
			}
			r.dryRun = false
			err := r.run(path)
			if (err == nil) != (dryErr == nil) || (err == nil) != (c.meta != "") {
				t.Fatalf("error %v, dry %v", err, dryErr)
			}
			after := filesBelow(t, path)
			if err != nil {
				out.WriteString(err.Error())
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("changed though refused:\n%s", diff)
				}
			}
			if !strings.Contains(out.String(), c.want) || !strings.Contains(after["meta.json"], c.meta) {
				t.Errorf("no %q in:\n%s\nor not as wanted: %s", c.want, out.String(), after["meta.json"])
			}
			if c.kept != "" && after[c.kept] != before["meta.json"] {
				t.Errorf("what was there is not kept as %s", c.kept)
			}
			for name, data := range before {
				if name != "meta.json" && after[name] != data {
					t.Errorf("%s was changed", name)
				}
			}
			if c.meta != "" {
				dir, err := tsdb.OpenDir(vfs.OS{}, path, time.Minute)
				if err != nil {
					t.Fatal(err)
				}
				dir.Close()
			}
		})
	}
}

// TestRebuildMetaInUse: a directory that a server has is left alone.
func TestRebuildMetaInUse(t *testing.T) {
	path := makeData(t)
	dir, err := tsdb.OpenDir(vfs.OS{}, path, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	if err := os.Remove(path + "/meta.json"); err != nil {
		t.Fatal(err)
	}
	r := rebuilding{out: &bytes.Buffer{}, fsys: vfs.OS{}, now: time.Now()}
	if err := r.run(path); err == nil || !strings.Contains(err.Error(), "another process is using it") {
		t.Errorf("error %v", err)
	}
}
