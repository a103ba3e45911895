package blockfile

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// A model is what a file holds, as a plain map.
type model map[Series]modelSeries

type modelSeries struct {
	tags   tag.Tags
	blocks map[int64]string // by window; none is empty
}

// order returns the series in the order in which files have them.
func (m model) order() []Series {
	return slices.SortedFunc(maps.Keys(m), func(a, b Series) int {
		return cmp.Or(cmp.Compare(a.Shard, b.Shard), cmp.Compare(a.Number, b.Number))
	})
}

// take adds to m what other has in a window.
func (m model) take(other model, window int64) {
	for s, series := range other {
		block, ok := series.blocks[window]
		if !ok {
			continue
		}
		if _, ok := m[s]; !ok {
			m[s] = modelSeries{series.tags, map[int64]string{}}
		}
		m[s].blocks[window] = block
	}
}

// write makes a file of m.
func (m model) write(t testing.TB, fsys vfs.FS, name string, head Head) Info {
	t.Helper()
	info, err := m.tryWrite(fsys, name, head)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func (m model) tryWrite(fsys vfs.FS, name string, head Head) (Info, error) {
	w, err := Create(fsys, name, head)
	if err != nil {
		return Info{}, err
	}
	blocks := make([][]byte, head.Windows)
	for _, s := range m.order() {
		for i := range blocks {
			blocks[i] = []byte(m[s].blocks[head.First+int64(i)])
		}
		if err := w.Add(s.Shard, s.Number, m[s].tags.AppendCanonical(nil), blocks); err != nil {
			return Info{}, cmp.Or(w.Abort(), err)
		}
	}
	return w.Commit()
}

// open opens a file that the test's end closes.
func open(t testing.TB, fsys vfs.FS, name string) *Reader {
	t.Helper()
	r, err := Open(fsys, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// newMemory returns a file system with directory d.
func newMemory(t testing.TB) *vfstest.Memory {
	fsys := vfstest.NewMemory()
	if err := fsys.MkdirAll("d"); err != nil {
		t.Fatal(err)
	}
	return fsys
}

var (
	anyKey   = rapid.SampledFrom([]string{"", "a", "ab", "b", "name"})
	anyValue = rapid.StringOfN(rapid.RuneFrom([]rune("xyz\x00é")), 0, 3, -1)
	anyBlock = rapid.StringOfN(rapid.RuneFrom([]rune("01")), 0, 200, -1)
)

// drawModel draws what a file with this head may hold. The tags of a series depend on its name alone.
func drawModel(t *rapid.T, head Head, tags func(Series) tag.Tags) model {
	m := model{}
	for range rapid.IntRange(1, 120).Draw(t, "series") {
		s := Series{rapid.IntRange(0, 3).Draw(t, "shard"), rapid.Uint32Range(0, 200).Draw(t, "number")}
		blocks := map[int64]string{}
		for w := head.First; w <= head.Last(); w++ {
			if block := anyBlock.Draw(t, "block"); block != "" {
				blocks[w] = block
			}
		}
		if len(blocks) > 0 {
			m[s] = modelSeries{tags(s), blocks}
		}
	}
	if len(m) == 0 {
		m[Series{1, 7}] = modelSeries{tags(Series{1, 7}), map[int64]string{head.First: "1"}}
	}
	return m
}

// drawTags returns a function that draws tags once for each series.
func drawTags(t *rapid.T) func(Series) tag.Tags {
	known := map[Series]tag.Tags{}
	return func(s Series) tag.Tags {
		if _, ok := known[s]; !ok {
			known[s] = tag.FromMap(rapid.MapOfN(anyKey, anyValue, 0, 4).Draw(t, "tags"))
		}
		return known[s]
	}
}

func drawPredicate(t *rapid.T, depth int) tag.Predicate {
	kinds := 7
	if depth > 0 {
		kinds = 12
	}
	key, value := anyKey.Draw(t, "key"), anyValue.Draw(t, "value")
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return tag.True{}
	case 1:
		return tag.False{}
	case 2:
		return tag.Has{Key: key}
	case 3:
		return tag.Equal{Key: key, Value: value}
	case 4:
		order := rapid.SampledFrom([]tag.Order{tag.Less, tag.LessOrEqual, tag.Greater, tag.GreaterOrEqual})
		return tag.Compare{Key: key, Order: order.Draw(t, "order"), Value: value}
	case 5:
		source := rapid.SampledFrom([]string{"", "x", "xy$", ".*y", "[xy]+z", "x|z", "(x|y)z", "$", "(?!x)", "X"})
		p, err := pattern.Compile(source.Draw(t, "pattern"), rapid.Bool().Draw(t, "ignoreCase"))
		if err != nil {
			t.Fatal(err)
		}
		return tag.Match{Key: key, Pattern: p}
	case 6:
		return tag.In{Key: key, Values: rapid.SliceOfN(anyValue, 0, 4).Draw(t, "values")}
	case 7, 8:
		return tag.And{Left: drawPredicate(t, depth-1), Right: drawPredicate(t, depth-1)}
	case 9, 10:
		return tag.Or{Left: drawPredicate(t, depth-1), Right: drawPredicate(t, depth-1)}
	}
	return tag.Not{Inner: drawPredicate(t, depth-1)}
}

// TestModel writes files, merges windows of them, and compares all that can be asked with a map.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fsys := newMemory(t)
		tags := drawTags(rt)
		var files []*Reader
		var models []model
		for i := range rapid.IntRange(1, 3).Draw(rt, "files") {
			head := Head{StepMillis: 60_000, Slots: 60, Sequence: uint64(i),
				First: rapid.Int64Range(-2, 3).Draw(rt, "first"), Windows: rapid.IntRange(1, 5).Draw(rt, "windows")}
			m := drawModel(rt, head, tags)
			name := fmt.Sprintf("d/%d", i)
			m.write(t, fsys, name, head)
			r := open(t, fsys, name)
			if r.Head() != head {
				rt.Fatalf("head %+v, want %+v", r.Head(), head)
			}
			checkModel(rt, r, m)
			files, models = append(files, r), append(models, m)
		}
		// Each window comes from any one of the files that have it, or from none.
		merged := model{}
		head := Head{StepMillis: 60_000, Slots: 60, Sequence: 9,
			First: rapid.Int64Range(-4, 4).Draw(rt, "first"), Windows: rapid.IntRange(1, 12).Draw(rt, "windows")}
		from := make([]*Reader, head.Windows)
		for i := range from {
			window := head.First + int64(i)
			for j, r := range files {
				if r.Head().First <= window && window <= r.Head().Last() && rapid.Bool().Draw(rt, "take") {
					from[i] = r
					merged.take(models[j], window)
					break
				}
			}
		}
		if _, err := Merge(t.Context(), fsys, "d/merged", head, from); err != nil {
			rt.Fatal(err)
		}
		r := open(t, fsys, "d/merged")
		if r.Head() != head {
			rt.Fatalf("head %+v, want %+v", r.Head(), head)
		}
		checkModel(rt, r, merged)
		if err := Inspect(io.Discard, fsys, "d/merged", nil); err != nil {
			rt.Fatal(err)
		}
	})
}

// AppendBlock appends the block that the series at a position has in a window to dst.
func (r *Reader) AppendBlock(dst []byte, position uint32, window int64) ([]byte, error) {
	s, err := r.Series(position)
	if err != nil {
		return dst, err
	}
	err = r.Block(s, window, func(block []byte) error {
		dst = append(dst, block...)
		return nil
	})
	return dst, err
}

func checkModel(t *rapid.T, r *Reader, m model) {
	if r.Len() != len(m) {
		t.Fatalf("Len %d, want %d", r.Len(), len(m))
	}
	order := m.order()
	for i, s := range order {
		checkSeries(t, r, uint32(i), s, m[s])
	}
	for range 4 {
		s := Series{rapid.IntRange(0, 4).Draw(t, "shard"), rapid.Uint32Range(0, 201).Draw(t, "number")}
		_, want := m[s]
		if position, found, err := r.Find(s); found != want || err != nil || found && order[position] != s {
			t.Fatalf("Find(%v) = %d, %t, %v; want found %t", s, position, found, err, want)
		}
		checkPredicate(t, r, m, drawPredicate(t, 3))
	}
}

func checkSeries(t *rapid.T, r *Reader, position uint32, s Series, want modelSeries) {
	got, err := r.Series(position)
	if got != s || err != nil {
		t.Fatalf("Series(%d) = %v, %v; want %v", position, got, err, s)
	}
	for _, shard := range r.Shards() {
		if inside := shard.First <= position && position < shard.End; inside != (shard.Shard == s.Shard) {
			t.Fatalf("position %d of shard %d, and a range %+v", position, s.Shard, shard)
		}
	}
	canonical, err := r.AppendCanonical([]byte("x"), position)
	if string(canonical) != string(want.tags.AppendCanonical([]byte("x"))) || err != nil {
		t.Fatalf("AppendCanonical(%d) = %q, %v; want %v", position, canonical, err, want.tags)
	}
	first := rapid.Int64Range(-3, 9).Draw(t, "from")
	last := rapid.Int64Range(-3, 9).Draw(t, "to")
	blocks := map[int64]string{}
	err = r.Blocks([]uint32{position}, first, last, func(p uint32, window int64, block []byte) error {
		blocks[window] = string(block)
		return nil
	})
	wanted := maps.Clone(want.blocks)
	maps.DeleteFunc(wanted, func(w int64, _ string) bool { return w < first || w > last })
	if diff := gocmp.Diff(wanted, blocks); diff != "" || err != nil {
		t.Fatalf("Blocks of %v from %d to %d: %v (-want +got)\n%s", s, first, last, err, diff)
	}
	block, err := r.AppendBlock(nil, position, first)
	if string(block) != want.blocks[first] || err != nil {
		t.Fatalf("AppendBlock of %v in %d = %q, %v; want %q", s, first, block, err, want.blocks[first])
	}
}

func checkPredicate(t *rapid.T, r *Reader, m model, p tag.Predicate) {
	check := func(what string, got, want any, err error) {
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Fatalf("%s of %#v: error %v (-want +got)\n%s", what, p, err, diff)
		}
	}
	var want []uint32
	var keys, values = map[string]int{}, map[string]int{}
	listed := anyKey.Draw(t, "listed")
	for position, s := range m.order() {
		if !p.Matches(m[s].tags) {
			continue
		}
		want = append(want, uint32(position))
		for _, one := range m[s].tags {
			keys[one.Key]++
			if one.Key == listed {
				values[one.Value]++
			}
		}
	}
	found, err := r.Lookup(t.Context(), p)
	check("Lookup", found, want, err)
	var byShard []uint32
	for _, shard := range r.Shards() {
		byShard = append(byShard, shard.Of(found)...)
	}
	check("shards of Lookup", byShard, want, nil)
	page := Page{After: anyValue.Draw(t, "after"), Limit: rapid.IntRange(0, 4).Draw(t, "limit")}
	got, err := r.Keys(t.Context(), found, page)
	check("Keys", got, page.cut(keys), err)
	got, err = r.Values(t.Context(), listed, found, page)
	check("Values", got, page.cut(values), err)
}

// cut returns the page of a list.
func (p Page) cut(of map[string]int) []Count {
	var counts []Count
	for _, text := range slices.Sorted(maps.Keys(of)) {
		if (text > p.After || p.After == "") && !p.full(counts) {
			counts = append(counts, Count{text, of[text]})
		}
	}
	return counts
}
