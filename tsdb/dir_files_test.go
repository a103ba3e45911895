package tsdb_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// treeOf returns what is below a path: the content of files, "/" for directories.
func treeOf(t *testing.T, path string) map[string]string {
	t.Helper()
	tree := make(map[string]string)
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			tree[name] = "/"
			return err
		}
		data, err := os.ReadFile(name)
		tree[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// fillDir makes a data directory with a log and a block file, and returns how it is laid out.
func fillDir(t *testing.T, path string) {
	t.Helper()
	_, db, end := openInDir(t, vfs.OS{}, path)
	defer end()
	for _, minute := range []int64{965, 1003} {
		for i := range 40 {
			db.append(tsdb.Point{Ref: db.resolve(tag.New("name", fmt.Sprint("s", i))), Time: minute * 60_000, Value: float64(i)})
		}
	}
	db.maintain(1200)
	db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "late")), Time: 1201 * 60_000, Value: 1})
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, pattern string) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatal(pattern, err)
	}
	for _, name := range names {
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestDirIsRefusedUntouched: a directory whose files are not of its meta.json, or that has files and none, stays as it was.
func TestDirIsRefusedUntouched(t *testing.T) {
	good, other := filepath.Join(t.TempDir(), "good"), filepath.Join(t.TempDir(), "other")
	fillDir(t, good)
	fillDir(t, other)
	const old = "testdata/format1"
	oldMeta := func(change ...string) func(path string) {
		text := `{"format": 1, "step": "1m0s", "slots_per_window": 60, "shards": 16, "instance": "NCT2CER3ITL7TBGED6V3W35VGM"}`
		return func(path string) {
			writeFile(t, filepath.Join(path, "meta.json"), strings.NewReplacer(change...).Replace(text))
		}
	}
	for name, c := range map[string]struct {
		from   string
		change func(path string)
		step   time.Duration
		below  string // what --data names, below the directory
		want   string // in the error
	}{
		"no meta.json":                       {good, func(path string) { remove(t, path+"/meta.json") }, time.Minute, "", `inspect --rebuild-meta`},
		"no meta.json, another step":         {good, func(path string) { remove(t, path+"/meta.json") }, 5 * time.Second, "", `inspect --rebuild-meta`},
		"no meta.json and no lock":           {good, func(path string) { remove(t, path+"/meta.json"); remove(t, path+"/lock") }, time.Minute, "", "no meta.json"},
		"no meta.json, a log alone":          {good, func(path string) { remove(t, path+"/meta.json"); remove(t, path+"/default/blocks") }, time.Minute, "", "no meta.json"},
		"no meta.json, block files alone":    {good, func(path string) { remove(t, path+"/meta.json"); remove(t, path+"/default/wal") }, time.Minute, "", "no meta.json"},
		"no meta.json, an empty namespace":   {good, func(path string) { remove(t, path+"/meta.json"); remove(t, path+"/default/*/*") }, time.Minute, "", "no meta.json"},
		"no meta.json, another namespace":    {good, func(path string) { remove(t, path+"/meta.json"); os.Rename(path+"/default", path+"/main") }, time.Minute, "", "no meta.json"},
		"no meta.json, an old log":           {old, func(path string) { remove(t, path+"/meta.json") }, time.Minute, "", "no meta.json"},
		"an empty meta.json":                 {good, func(path string) { writeFile(t, path+"/meta.json", "") }, time.Minute, "", "damaged"},
		"half a meta.json":                   {good, func(path string) { writeFile(t, path+"/meta.json", `{"format": 2, "step": "1m`) }, time.Minute, "", "damaged"},
		"a changed meta.json":                {good, func(path string) { change(t, path+"/meta.json", `"shards": 16`, `"shards": 17`) }, time.Minute, "", "checksum"},
		"a meta.json without its checksum":   {good, func(path string) { change(t, path+"/meta.json", `"checksum"`, `"checksun"`) }, time.Minute, "", "checksum"},
		"a meta.json said to be older":       {good, func(path string) { change(t, path+"/meta.json", `"format": 2`, `"format": 1`) }, time.Minute, "", "checksum"},
		"another step in an old meta.json":   {good, oldMeta("1m0s", "5s"), 5 * time.Second, "", "step 5s"},
		"other slots":                        {good, oldMeta(": 60", ": 30"), time.Minute, "", "slots per window 30"},
		"fewer shards":                       {good, oldMeta(": 16", ": 8"), time.Minute, "", "shards 8"},
		"another instance":                   {good, oldMeta(), time.Minute, "", "instance NCT2"},
		"meta.json of another directory":     {good, func(path string) { copyFile(t, other+"/meta.json", path+"/meta.json") }, time.Minute, "", "instance"},
		"another --step":                     {good, func(string) {}, 5 * time.Second, "", "was made with --step 1m0s and this process wants 5s"},
		"another --step without a lock":      {good, func(path string) { remove(t, path+"/lock") }, 5 * time.Second, "", "was made with --step 1m0s"},
		"another --step, an old log":         {old, func(string) {}, 5 * time.Second, "", "was made with --step 1m0s"},
		"other slots, block files alone":     {good, func(path string) { remove(t, path+"/default/wal"); oldMeta(": 60", ": 30")(path) }, time.Minute, "", "slots per window 30"},
		"fewer shards, block files alone":    {good, func(path string) { remove(t, path+"/default/wal"); oldMeta(": 16", ": 8")(path) }, time.Minute, "", "series of shard"},
		"more shards, block files alone":     {good, func(path string) { remove(t, path+"/default/wal"); oldMeta(": 16", ": 32")(path) }, time.Minute, "", "series of shard"},
		"fewer shards, an old log":           {old, oldMeta(": 16", ": 4"), time.Minute, "", "series of shard"},
		"more shards, an old log":            {old, oldMeta(": 16", ": 64"), time.Minute, "", "series of shard"},
		"a segment of another directory":     {good, func(path string) { copyFile(t, other+"/default/wal/00000002.wal", path+"/default/wal/00000002.wal") }, time.Minute, "", "00000002.wal"},
		"--data names the namespace":         {good, func(string) {}, time.Minute, "default", "inside of a data directory"},
		"--data names the log":               {good, func(string) {}, time.Minute, "default/wal", "inside of a data directory"},
		"--data names the block files":       {good, func(string) {}, time.Minute, "default/blocks", "inside of a data directory"},
		"--data names a file":                {good, func(string) {}, time.Minute, "meta.json", "not a directory"},
		"--data names something in a file":   {good, func(string) {}, time.Minute, "meta.json/data", "not a directory"},
		"meta.json is a directory":           {good, func(path string) { remove(t, path+"/meta.json"); os.Mkdir(path+"/meta.json", 0o750) }, time.Minute, "", "meta.json"},
		"a segment of a version to come":     {good, func(path string) { writeFile(t, path+"/default/wal/00000009.wal", newerSegment) }, time.Minute, "", "newer version"},
		"meta.json of a version to come":     {good, func(path string) { change(t, path+"/meta.json", `"format": 2`, `"format": 3`) }, time.Minute, "", "use the newer program"},
		"a snapshot that was not finished":   {good, func(path string) { remove(t, path+"/meta.json"); os.RemoveAll(path + "/lock") }, time.Minute, "", "no meta.json"},
		"a meta.json with another's content": {good, func(path string) { writeFile(t, path+"/meta.json", `[1, 2]`) }, time.Minute, "", "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "data")
			copyTree(t, c.from, path)
			c.change(path)
			before := treeOf(t, path)
			dir, err := tsdb.OpenDir(vfs.OS{}, filepath.Join(path, c.below), c.step)
			if err == nil {
				t.Error("it was taken")
				dir.Close()
			} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if diff := cmp.Diff(before, treeOf(t, path)); diff != "" {
				t.Errorf("it was changed (-before +after):\n%s", diff)
			}
		})
	}
}

// newerSegment is the head of a segment of format version 3.
const newerSegment = "TELAWAL\n\x03\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x4a\xa0\xc9\xcc"

func change(t *testing.T, path, from, to string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), from) {
		t.Fatalf("%s has no %q: %v", path, from, err)
	}
	writeFile(t, path, strings.Replace(string(data), from, to, 1))
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, to, string(data))
}

// TestNewDirs: what is no data directory yet is made one, whatever else lies there.
func TestNewDirs(t *testing.T) {
	for name, prepare := range map[string]func(path string){
		"nothing":                func(string) {},
		"an empty directory":     func(path string) { os.MkdirAll(path, 0o750) },
		"a lock":                 func(path string) { writeFile(t, path+"/lock", "") },
		"a meta.json cut short":  func(path string) { writeFile(t, path+"/meta.json.tmp", "{") },
		"other people's files":   func(path string) { writeFile(t, path+"/notes/a.txt", "a note") },
		"a directory lost+found": func(path string) { os.MkdirAll(path+"/lost+found", 0) },
		"data directories":       func(path string) { copyTree(t, "testdata/format1", path+"/old") },
	} {
		path := filepath.Join(t.TempDir(), "data")
		prepare(path)
		dir, err := tsdb.OpenDir(vfs.OS{}, path, time.Minute)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		dir.Close()
		if _, err := tsdb.OpenDir(vfs.OS{}, path, 5*time.Second); !errors.Is(err, tsdb.ErrLayout) {
			t.Errorf("%s: again at another step: %v", name, err)
		}
	}
}

// TestOldDir: a directory that an older version made is read, and what is written from now on says where it is from.
func TestOldDir(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	copyTree(t, "testdata/format1", path)
	last := time.Date(2026, 11, 22, 12, 2, 0, 0, time.UTC).UnixMilli()
	sum := func(db *testDB) float64 {
		got := columns(t, db, tsdb.Query{Where: tag.True{}, Start: last, End: last + 60_000, Step: 60_000, Aggregates: tsdb.Sum})
		for _, c := range got {
			return c.Sum[0]
		}
		return 0
	}
	_, db, end := openInDir(t, vfs.OS{}, path)
	if got := sum(db); got != 0+1+2+3+4+5+6+7+8*0.5 {
		t.Errorf("sum %g of the old log", got)
	}
	db.append(tsdb.Point{Ref: db.resolve(tag.New("name", "new")), Time: last, Value: 100})
	end()
	_, db, end = openInDir(t, vfs.OS{}, path)
	if got := sum(db); got != 132 {
		t.Errorf("sum %g of the old log and the new one", got)
	}
	end()
	remove(t, path+"/meta.json")
	if _, err := tsdb.OpenDir(vfs.OS{}, path, time.Minute); !errors.Is(err, tsdb.ErrLayout) {
		t.Errorf("without meta.json: %v", err)
	}
}
