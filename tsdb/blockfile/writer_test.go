package blockfile

import (
	"context"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

var oneWindow = Head{StepMillis: 60_000, Slots: 60, Windows: 1}

func TestCreateRefuses(t *testing.T) {
	for _, head := range []Head{
		{},
		{StepMillis: -1, Slots: 60, Windows: 1},
		{StepMillis: 1, Slots: 0, Windows: 1},
		{StepMillis: 1, Slots: 60, Windows: 0},
		{StepMillis: 1, Slots: 60, Windows: MaxWindows + 1},
		{StepMillis: 1, Slots: 60, Windows: 2, First: math.MaxInt64},
	} {
		if _, err := Create(newMemory(t), "d/a", head); err == nil {
			t.Errorf("Create with %+v: no error", head)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	block := [][]byte{{1}}
	tags := tag.New("a", "1", "b", "2").AppendCanonical(nil)
	for name, c := range map[string]struct {
		shard     int
		number    uint32
		canonical string
		blocks    [][]byte
		want      error
	}{
		"the same series again": {1, 5, string(tags), block, nil},
		"a lower number":        {1, 4, string(tags), block, nil},
		"a lower shard":         {0, 9, string(tags), block, nil},
		"a negative shard":      {-1, 9, string(tags), block, nil},
		"too few blocks":        {2, 0, string(tags), nil, nil},
		"a block too large":     {2, 0, string(tags), [][]byte{make([]byte, maxBlockBytes+1)}, nil},
		"tags cut short":        {2, 0, "\x01a\x05x", block, tag.ErrNotCanonical},
		"a key without value":   {2, 0, "\x01a", block, tag.ErrNotCanonical},
		"tags out of order":     {2, 0, "\x01b\x011\x01a\x011", block, tag.ErrNotCanonical},
		"a key twice":           {2, 0, "\x01a\x011\x01a\x011", block, tag.ErrNotCanonical},
		"a length in two bytes": {2, 0, "\x81\x00a\x011", block, tag.ErrNotCanonical},
	} {
		fsys := newMemory(t)
		w, err := Create(fsys, "d/a", oneWindow)
		must(t, err)
		must(t, w.Add(1, 5, tags, block))
		if err := w.Add(c.shard, c.number, []byte(c.canonical), c.blocks); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want an error", name, err)
		}
		must(t, w.Abort())
		must(t, w.Abort())
		if names, err := fsys.List("d"); len(names) > 0 || err != nil {
			t.Errorf("after Abort: %q, %v", names, err)
		}
	}
}

// TestEmptyFile makes files without a series, which say that their windows are empty.
func TestEmptyFile(t *testing.T) {
	fsys := newMemory(t)
	w, err := Create(fsys, "d/a", oneWindow)
	must(t, err)
	must(t, w.Add(0, 0, nil, [][]byte{nil}))
	if w.Len() != 0 {
		t.Errorf("%d series, want none", w.Len())
	}
	_, err = w.Commit()
	must(t, err)
	_, err = Merge(t.Context(), fsys, "d/m", oneWindow, []*Reader{open(t, fsys, "d/a")})
	must(t, err)
	for _, name := range []string{"d/a", "d/m"} {
		must(t, readAll(fsys, name))
		must(t, Inspect(io.Discard, fsys, name, nil))
		if _, found, err := open(t, fsys, name).Find(Series{}); found || err != nil {
			t.Errorf("Find in %s: %t, %v", name, found, err)
		}
	}
}

func TestInfo(t *testing.T) {
	fsys := newMemory(t)
	head, m := small()
	info := m.write(t, fsys, "d/a", head)
	size, err := fsys.Size("d/a")
	must(t, err)
	r := open(t, fsys, "d/a")
	if info.Head != head || info.Series != 3 || info.SizeBytes != size || r.SizeBytes() != size || r.Name() != "d/a" {
		t.Errorf("%+v, and %d bytes of %q; want %+v, 3 series and %d bytes", info, r.SizeBytes(), r.Name(), head, size)
	}
}

// TestSyncsOnTheWay checks that no more than syncBytes and a run wait for one sync.
func TestSyncsOnTheWay(t *testing.T) {
	syncs := 0
	fsys := vfstest.NewFaulty(newMemory(t), func(c vfstest.Call) error {
		if c.Op == vfstest.OpSync {
			syncs++
		}
		return nil
	})
	head := oneWindow
	head.Windows = MaxWindows // runs of four series
	w, err := Create(fsys, "d/a", head)
	must(t, err)
	blocks := make([][]byte, head.Windows)
	for i := range blocks {
		blocks[i] = make([]byte, 1000)
	}
	for i := range uint32(16) {
		must(t, w.Add(0, i, nil, blocks))
	}
	_, err = w.Commit()
	must(t, err)
	if syncs != 2 {
		t.Errorf("%d syncs of 16 MB, want 2", syncs)
	}
}

// files writes models as files d/0, d/1 … with rising sequence and opens them.
func files(t *testing.T, fsys vfs.FS, heads []Head, models ...model) []*Reader {
	var all []*Reader
	for i, m := range models {
		name := "d/" + string(rune('0'+i))
		heads[i].Sequence = uint64(i)
		m.write(t, fsys, name, heads[i])
		all = append(all, open(t, fsys, name))
	}
	return all
}

func TestMergeRefuses(t *testing.T) {
	one := model{{0, 1}: {tag.New("a", "1"), map[int64]string{0: "x"}}}
	other := model{{0, 1}: {tag.New("a", "2"), map[int64]string{0: "x"}}}
	second := oneWindow
	second.First = 1
	other[Series{0, 1}].blocks[1] = "y"
	tenSeconds := second
	tenSeconds.StepMillis = 10_000
	two := Head{StepMillis: 60_000, Slots: 60, Windows: 2}
	for name, c := range map[string]struct {
		second model
		head   Head
		take   []int // files
	}{
		"another step":                 {one, tenSeconds, []int{0, 1}},
		"other tags":                   {other, second, []int{0, 1}},
		"a window that the file lacks": {one, second, []int{1, 0}},
		"too few windows":              {one, second, []int{0}},
	} {
		fsys := newMemory(t)
		readers := files(t, fsys, []Head{oneWindow, c.head}, one, c.second)
		var from []*Reader
		for _, i := range c.take {
			from = append(from, readers[i])
		}
		if info, err := Merge(t.Context(), fsys, "d/m", two, from); err == nil {
			t.Errorf("%s: no error, %+v", name, info)
		}
		if names, err := fsys.List("d"); len(names) != 2 || err != nil {
			t.Errorf("%s: left are %q, %v", name, names, err)
		}
	}
	fsys := newMemory(t)
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := Merge(ended, fsys, "d/m", oneWindow, files(t, fsys, []Head{oneWindow}, one))
	if names, _ := fsys.List("d"); !errors.Is(err, context.Canceled) || len(names) != 1 {
		t.Errorf("Merge when cancelled: %v, left are %q", err, names)
	}
}

// TestMergeOverInput writes over the name of one of its own inputs, which stays readable.
func TestMergeOverInput(t *testing.T) {
	fsys := newMemory(t)
	m := model{
		{0, 1}: {tag.New("a", "1"), map[int64]string{0: "keep", 1: "drop"}},
		{0, 2}: {tag.New("a", "2"), map[int64]string{1: "drop"}},
	}
	two := oneWindow
	two.Windows = 2
	inputs := files(t, fsys, []Head{two}, m)
	head := two
	head.Sequence = 5
	info, err := Merge(t.Context(), fsys, "d/0", head, []*Reader{inputs[0], nil})
	must(t, err)
	r := open(t, fsys, "d/0")
	for window, want := range []string{"keep", ""} {
		if got, err := r.AppendBlock(nil, 0, int64(window)); string(got) != want || err != nil {
			t.Errorf("window %d: %q, %v; want %q", window, got, err, want)
		}
	}
	if info.Series != 1 || r.Len() != 1 || r.Head().Sequence != 5 {
		t.Errorf("%+v, %d series, want 1", info, r.Len())
	}
	if got, err := inputs[0].AppendBlock(nil, 1, 1); string(got) != "drop" || err != nil {
		t.Errorf("the file before the merge has %q, %v", got, err)
	}
}
