package ingest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb"
)

func TestMemoIsBounded(t *testing.T) {
	const limit = 10 * memoShards
	m := NewMemo(limit)
	for i := range 10 * limit {
		m.Remember(m.Key(Key{}, fmt.Append(nil, i)), tsdb.Ref(i+1))
	}
	if n := m.Len(); n != limit {
		t.Errorf("%d series are remembered, want %d", n, limit)
	}
	k := m.Key(Key{}, []byte("x"))
	m.Remember(k, 5)
	m.Remember(k, 6)
	if got := m.Lookup(k); got != 6 || m.Len() > limit {
		t.Errorf("remembered %d, %d in all", got, m.Len())
	}
	m.Forget(k)
	if got := m.Lookup(k); got != 0 {
		t.Errorf("forgotten, but %d", got)
	}
}

// TestMemoContext: the same bytes in another context, or the two swapped, are other tags.
func TestMemoContext(t *testing.T) {
	m := NewMemo(100)
	a, b := m.Key(Key{}, []byte("a")), m.Key(Key{}, []byte("b"))
	keys := map[Key]bool{a: true, b: true, m.Key(a, []byte("b")): true, m.Key(b, []byte("a")): true, m.Key(a, []byte("a")): true}
	if len(keys) != 5 {
		t.Errorf("%d different keys, want 5", len(keys))
	}
	if again := m.Key(a, []byte("b")); !keys[again] {
		t.Error("a key is not the same twice")
	}
}

// TestMemoShard compares the table with a map, where keys share their homes.
func TestMemoShard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit = 20
		m := NewMemo(limit * memoShards)
		model := map[Key]tsdb.Ref{}
		for i := range rapid.IntRange(0, 200).Draw(t, "operations") {
			k := Key{a: memoShards * rapid.Uint64Range(0, 3).Draw(t, "a"), b: rapid.Uint64Range(1, 10).Draw(t, "b") * 7}
			switch rapid.IntRange(0, 3).Draw(t, "operation") {
			case 0:
				m.Forget(k)
				delete(model, k)
			case 1:
				if got, want := m.Lookup(k), model[k]; got != want && (got != 0 || len(model) <= limit) {
					t.Fatalf("look-up of %v: %d, want %d", k, got, want)
				}
			default:
				m.Remember(k, tsdb.Ref(i+1))
				model[k] = tsdb.Ref(i + 1)
			}
			// What had to make room is gone from the model too.
			if len(model) > limit {
				for k := range model {
					if m.Lookup(k) == 0 {
						delete(model, k)
					}
				}
			}
			if m.Len() != len(model) {
				t.Fatalf("%d series are remembered, want %d", m.Len(), len(model))
			}
			for k, want := range model {
				if got := m.Lookup(k); got != want {
					t.Fatalf("look-up of %v: %d, want %d", k, got, want)
				}
			}
		}
	})
}
