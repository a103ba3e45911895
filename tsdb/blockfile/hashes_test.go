package blockfile

import (
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// TestFindTags looks for every series of a file by its tags, and for others, through the hashes and without them.
func TestFindTags(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := model{}
		all := rapid.SliceOfNDistinct(rapid.MapOfN(anyKey, anyValue, 0, 4), 1, 60, func(tags map[string]string) string {
			return tag.FromMap(tags).String()
		}).Draw(rt, "tags")
		in := rapid.IntRange(1, len(all)).Draw(rt, "in the file")
		for i, tags := range all[:in] {
			m[Series{i % 3, uint32(i)}] = modelSeries{tag.FromMap(tags), map[int64]string{0: "x"}}
		}
		fsys := newMemory(t)
		if _, err := m.tryWrite(fsys, "d/a", oneWindow); err != nil {
			rt.Fatal(err)
		}
		r, err := Open(fsys, "d/a")
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Close()
		for _, hashless := range []bool{false, true} {
			r.file.hashless.Store(hashless)
			for i, tags := range all {
				canonical := tag.FromMap(tags).AppendCanonical(nil)
				position, found, err := r.FindTags(i%3, canonical)
				if err != nil || found != (i < in) {
					rt.Fatalf("hashless %t: tags %v of series %d of %d: found %v, %v", hashless, tags, i, in, found, err)
				}
				if !found {
					continue
				}
				if got, err := r.Series(position); got != (Series{i % 3, uint32(i)}) || err != nil {
					rt.Fatalf("hashless %t: tags of series %d found %v, %v", hashless, i, got, err)
				}
				if _, found, err := r.FindTags((i+1)%3, canonical); found || err != nil {
					rt.Fatalf("hashless %t: series %d found in another shard, %v", hashless, i, err)
				}
			}
		}
	})
}

// BenchmarkFindTags looks for series by their tags, in a file of 100,000; half of them or none are in it.
func BenchmarkFindTags(b *testing.B) {
	all := fleet()
	var half []fleetEntry
	for i, one := range all {
		if i%2 == 0 {
			half = append(half, one)
		}
	}
	name := filepath.Join(b.TempDir(), "a")
	writeFleet(b, vfs.OS{}, name, half, 0, 1)
	r := open(b, vfs.OS{}, name)
	for _, c := range []struct {
		name string
		from int
	}{{"there", 0}, {"missing", 1}} {
		b.Run(c.name, func(b *testing.B) {
			i := c.from
			for b.Loop() {
				one := all[i]
				if _, found, err := r.FindTags(one.Shard, one.canonical); found != (c.from == 0) || err != nil {
					b.Fatal(found, err)
				}
				if i += 2 * 7919; i >= len(all) {
					i -= len(all)
				}
			}
		})
	}
}
