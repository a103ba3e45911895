package blockfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

func TestForeignFile(t *testing.T) {
	for _, content := range []string{"", "PK\x03\x04 an archive", strings.Repeat("\x00", 500)} {
		if _, err := Open(put(t, []byte(content)), "d/a"); !errors.Is(err, ErrDamaged) {
			t.Errorf("%.20q: %v, want ErrDamaged", content, err)
		}
	}
}

// TestCloseDuringReads closes a file on the machine's disk while many read it: each call ends with its
// answer or with ErrClosed.
func TestCloseDuringReads(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	head, m := small()
	m.write(t, vfs.OS{}, name, head)
	r, err := Open(vfs.OS{}, name)
	must(t, err)
	var readers sync.WaitGroup
	reading := make(chan bool)
	for range 4 {
		readers.Go(func() {
			for n := 0; ; n++ {
				err := r.Blocks([]uint32{0, 1, 2}, head.First, head.Last(), func(_ uint32, _ int64, block []byte) error {
					if len(block) == 0 {
						return errors.New("an empty block")
					}
					return nil
				})
				if err == nil {
					err = readIndex(r)
				}
				if errors.Is(err, ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n == 20 {
					reading <- true
				}
			}
		})
	}
	for range 4 {
		<-reading
	}
	must(t, r.Close())
	readers.Wait()
	if r.file.mapping.Data != nil {
		t.Error("the file is still mapped")
	}
	if err := r.Close(); !errors.Is(err, ErrClosed) {
		t.Errorf("second Close: %v, want ErrClosed", err)
	}
}

func TestCloseInsideVisit(t *testing.T) {
	head, m := small()
	fsys := newMemory(t)
	m.write(t, fsys, "d/a", head)
	r, err := Open(fsys, "d/a")
	must(t, err)
	blocks := 0
	must(t, r.Blocks([]uint32{0, 1, 2}, head.First, head.Last(), func(uint32, int64, []byte) error {
		if blocks++; blocks == 1 {
			return r.Close()
		}
		return nil
	}))
	if blocks != 4 || r.file.mapping.Data != nil {
		t.Errorf("%d blocks, want 4; mapped %t", blocks, r.file.mapping.Data != nil)
	}
}

// TestUnreadablePage shortens a mapped file, so that its pages fault as those of a failing disk do.
func TestUnreadablePage(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	head := Head{StepMillis: 60_000, Slots: 60, Windows: 1}
	m := model{}
	for i := range uint32(100) {
		m[Series{0, i}] = modelSeries{tag.New("n", fmt.Sprint(i)), map[int64]string{0: strings.Repeat("x", 1000)}}
	}
	m.write(t, vfs.OS{}, name, head)
	r := open(t, vfs.OS{}, name)
	must(t, os.Truncate(name, 0))
	if block, err := r.AppendBlock(nil, 50, 0); len(block) > 0 || err == nil || !errors.Is(err, ErrDamaged) ||
		!strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("AppendBlock: %d bytes, %v; want ErrDamaged, the file's name and the page", len(block), err)
	}
	if found, err := r.Lookup(t.Context(), tag.True{}); len(found) > 0 || err != nil {
		t.Errorf("Lookup: %v, %v; want nothing", found, err)
	}
	if damages := r.Damages(); len(damages) != 1 || !damages[0].Whole || r.Failed() == nil {
		t.Errorf("%v is damaged, want the whole file", damages)
	}
}

// TestUnreadableData takes those pages away that have blocks, by a mapping of less than the file: the blocks on them are lost,
// the others are served.
func TestUnreadableData(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	head := Head{StepMillis: 60_000, Slots: 60, Windows: 3}
	m := model{}
	for i := range uint32(100) {
		m[Series{0, i}] = modelSeries{tag.New("n", fmt.Sprint(i)), map[int64]string{0: strings.Repeat("x", 100), 1: strings.Repeat("y", 1000), 2: "z"}}
	}
	m.write(t, vfs.OS{}, name, head)
	r := open(t, vfs.OS{}, name)
	tables := r.file.parity.offset
	for i := firstTable; i < numSections; i++ { // they are read, and stay
		r.file.sections[i].restored.Store(ptr(slices.Clone(r.file.sections[i].bytes)))
	}
	const kept = 9 * 4096
	must(t, os.Truncate(name, kept))
	served := 0
	for i := range uint32(100) {
		var windows []int64
		must(t, r.Blocks([]uint32{i}, 0, 2, func(_ uint32, window int64, block []byte) error {
			windows = append(windows, window)
			if string(block) != m[Series{0, i}].blocks[window] {
				t.Errorf("block of %d in %d: %.20q", i, window, block)
			}
			return nil
		}))
		served += len(windows)
		for window := range int64(3) {
			if !slices.Contains(windows, window) && !r.file.damages.covers(Series{0, i}, window) {
				t.Errorf("series %d has no block in %d, and it is not lost", i, window)
			}
		}
	}
	if want := 3 * 100 * kept / int(tables); served < want-70 || served > want+3 || r.Failed() != nil {
		t.Errorf("%d blocks served, want about %d; failed: %v", served, want, r.Failed())
	}
}

func ptr[T any](v T) *T { return &v }

// TestPanicsPass checks that a panic of a callback is not taken for damage, and leaves the file usable.
func TestPanicsPass(t *testing.T) {
	head, m := small()
	fsys := newMemory(t)
	m.write(t, fsys, "d/a", head)
	r := open(t, fsys, "d/a")
	func() {
		defer func() {
			if got := recover(); got != "mine" {
				t.Errorf("recovered %v, want the callback's panic", got)
			}
		}()
		_ = r.Blocks([]uint32{0}, head.First, head.Last(), func(uint32, int64, []byte) error { panic("mine") })
	}()
	if n := r.file.holders.Load(); n != 1 {
		t.Errorf("%d hold the file, want 1", n)
	}
}

func TestErrorOfVisit(t *testing.T) {
	head, m := small()
	fsys := newMemory(t)
	m.write(t, fsys, "d/a", head)
	r := open(t, fsys, "d/a")
	enough := errors.New("enough")
	err := r.Blocks([]uint32{0, 1}, head.First, head.Last(), func(uint32, int64, []byte) error { return enough })
	if err != enough {
		t.Errorf("Blocks: %v, want the error of visit", err)
	}
}

func TestLookupNamesThePattern(t *testing.T) {
	fsys := newMemory(t)
	m := model{{0, 1}: {tag.New("k", strings.Repeat("a", 59)), map[int64]string{0: "1"}}}
	m.write(t, fsys, "d/a", Head{StepMillis: 60_000, Slots: 60, Windows: 1})
	source := strings.Repeat("a?", 60) + "[cd]"
	p, err := pattern.Compile(source, false)
	must(t, err)
	_, err = open(t, fsys, "d/a").Lookup(t.Context(), tag.Not{Inner: tag.Or{Left: tag.Match{Key: "k", Pattern: p}, Right: tag.False{}}})
	if !errors.Is(err, pattern.ErrBudget) || !strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), `"k"`) {
		t.Errorf("Lookup: %v, want one that names key and pattern", err)
	}
}

// TestAbandoned asks with a context that has ended.
func TestAbandoned(t *testing.T) {
	fsys := newMemory(t)
	m := model{}
	for i := range uint32(2 * walkValues) {
		m[Series{0, i}] = modelSeries{tag.New("k", fmt.Sprint(i)), map[int64]string{0: "1"}}
	}
	m.write(t, fsys, "d/a", Head{StepMillis: 60_000, Slots: 60, Windows: 1})
	r := open(t, fsys, "d/a")
	p, err := pattern.Compile(".*7", false)
	must(t, err)
	ended, end := context.WithCancel(t.Context())
	end()
	check := func(what string, err error) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: error %v, want %v", what, err, context.Canceled)
		}
	}
	for _, where := range []tag.Predicate{tag.Match{Key: "k", Pattern: p}, tag.Compare{Key: "k", Order: tag.Less, Value: "9"}} {
		_, err = r.Lookup(ended, where)
		check("Lookup", err)
	}
	_, err = r.Values(ended, "k", []uint32{0}, Page{})
	check("Values", err)
}
