package datadir_test

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// TestLayoutBits: every bit of meta.json that is flipped is seen, or means nothing, as between fields.
func TestLayoutBits(t *testing.T) {
	fsys := vfstest.NewMemory()
	if err := fsys.MkdirAll("/data"); err != nil {
		t.Fatal(err)
	}
	if _, err := datadir.Read(fsys, "/data"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no meta.json: %v", err)
	}
	want, err := datadir.Write(fsys, "/data", tsdb.DirLayout(90*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := datadir.Read(fsys, "/data"); err != nil || got != want || got.StepDuration() != 90*time.Second {
		t.Errorf("read %+v, %v, want %+v", got, err, want)
	}
	data, err := vfs.ReadFile(fsys, "/data/meta.json", 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(data) {
		flipped := append([]byte(nil), data...)
		flipped[bit/8] ^= 1 << (bit % 8)
		if err := vfs.ReplaceFile(fsys, "/data/meta.json", flipped); err != nil {
			t.Fatal(err)
		}
		if got, err := datadir.Read(fsys, "/data"); err == nil && got != want {
			t.Errorf("bit %d of byte %d: read %+v", bit%8, bit/8, got)
		} else if err != nil && !errors.Is(err, datadir.ErrLayout) {
			t.Errorf("bit %d of byte %d: error %v", bit%8, bit/8, err)
		}
	}
}

// FuzzLayout: meta.json of any content is an error or a layout that is possible.
func FuzzLayout(f *testing.F) {
	f.Add([]byte(`{"format": 1, "step": "1m0s", "slots_per_window": 60, "shards": 16, "instance": "x"}`))
	f.Add([]byte(`{"format": 2, "step": "1m0s", "slots_per_window": 60, "shards": 16, "instance": "x", "checksum": "0"}`))
	f.Add([]byte(`{"format": 1, "step": "-1m", "slots_per_window": 1e99}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := vfstest.NewMemory()
		if err := errors.Join(fsys.MkdirAll("/data"), vfs.ReplaceFile(fsys, "/data/meta.json", data)); err != nil {
			t.Fatal(err)
		}
		l, err := datadir.Read(fsys, "/data")
		if err == nil && (l.StepDuration() <= 0 || l.Shards < 1 || l.WindowSlots < 1 || l.Instance == "") {
			t.Errorf("%+v", l)
		}
	})
}
