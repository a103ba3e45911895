package blockfile

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// TestSize bounds what a file takes beside its blocks.
func TestSize(t *testing.T) {
	long := func(i, key int) string { // 200 bytes, 50 different ones for each key
		return fmt.Sprintf("%d-%d-%s", key, (i*7+key)%50, strings.Repeat("v", 200))[:200]
	}
	for name, c := range map[string]struct {
		tags   func(i int) tag.Tags
		series int
		most   float64 // tables, bytes a series
	}{
		"fleet": {fleetTags, 20_000, 34},
		"10 tags of 200 bytes": {func(i int) tag.Tags {
			var pairs []string
			for key := range 10 {
				pairs = append(pairs, fmt.Sprintf("key.number.%d", key), long(i, key))
			}
			return tag.New(pairs...)
		}, 20_000, 42},
		"one tag": {func(i int) tag.Tags { return tag.New("name", "cpu") }, 20_000, 16},
	} {
		fsys := newMemory(t)
		w, err := Create(fsys, "d/a", oneWindow)
		must(t, err)
		for i := range c.series {
			must(t, w.Add(0, uint32(i), c.tags(i).AppendCanonical(nil), [][]byte{{0}}))
		}
		info, err := w.Commit()
		must(t, err)
		if got := float64(info.SizeBytes-info.DataBytes) / float64(info.Series); got > c.most {
			t.Errorf("%s: the tables take %.1f bytes a series, want %.0f at most", name, got, c.most)
		}
	}
}

// TestBatches checks that postings do not depend on how many are gathered at once.
func TestBatches(t *testing.T) {
	dictionary := newDictionary()
	all := seriesTags{series: 2000}
	for i := range all.series {
		var err error
		all.bytes, err = dictionary.appendTags(all.bytes, fleetTags(i*37).AppendCanonical(nil))
		must(t, err)
	}
	var sorted []dictionaryTag
	sorted, all.places = dictionary.sort()
	var whole tables
	must(t, whole.addPostings(sorted, all, batchPostings))
	for _, batch := range []int{1, 100, 1999, 2000, 2001, 7000} {
		var parts tables
		must(t, parts.addPostings(sorted, all, batch))
		if !bytes.Equal(parts.postings.ends, whole.postings.ends) || !bytes.Equal(parts.postings.bytes, whole.postings.bytes) {
			t.Errorf("other postings by batches of %d", batch)
		}
	}
}
