package index

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestOrdered compares an ordered with a map and its sorted keys.
func TestOrdered(t *testing.T) {
	texts := rapid.StringMatching(`[a-d]{0,5}`)
	rapid.Check(t, func(t *rapid.T) {
		var o ordered[int]
		model := map[string]int{}
		for range rapid.IntRange(0, 5).Draw(t, "phases") {
			adding := rapid.Bool().Draw(t, "adding")
			for _, text := range rapid.SliceOfN(texts, 0, 600).Draw(t, "texts") {
				if !adding {
					o.drop(text)
					delete(model, text)
					continue
				}
				*o.put(text)++
				model[text]++
			}
			checkOrdered(t, &o, model, texts.Draw(t, "from"))
		}
	})
}

func checkOrdered(t *rapid.T, o *ordered[int], model map[string]int, from string) {
	var want, got []string
	for _, text := range slices.Sorted(maps.Keys(model)) {
		if text >= from {
			want = append(want, text)
		}
	}
	for text, n := range o.from(from) {
		got = append(got, text)
		if *n != model[text] {
			t.Fatalf("%q: got %d, want %d", text, *n, model[text])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("from %q (-want +got)\n%s", from, diff)
	}
	if o.count != len(model) {
		t.Fatalf("got count %d, want %d", o.count, len(model))
	}
	for i, block := range o.blocks {
		if len(block) == 0 || len(block) > maxBlock {
			t.Fatalf("block %d of %d has %d items", i, len(o.blocks), len(block))
		}
		if i > 0 && len(block)+len(o.blocks[i-1]) <= maxBlock/2 {
			t.Fatalf("blocks %d and %d should be one", i-1, i)
		}
	}
	if n := o.get(from); (n != nil) != (model[from] > 0) {
		t.Fatalf("get(%q): got %v, want %d", from, n, model[from])
	}
}

// TestOrderedFillsBlocks checks that strings that come in order leave full blocks behind.
func TestOrderedFillsBlocks(t *testing.T) {
	var o ordered[struct{}]
	for i := range 10 * maxBlock {
		o.put(string([]byte{byte(i >> 8), byte(i)}))
	}
	if got := len(o.blocks); got != 10 {
		t.Errorf("got %d blocks, want 10", got)
	}
}
