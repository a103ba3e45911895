package offheap

import (
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestArenaModel makes, resizes and frees pieces in any order: each keeps what was written to it, a new one is zero,
// and at the end nothing is left.
func TestArenaModel(t *testing.T) {
	type piece struct {
		values []uint32
		mark   uint32
	}
	sizes := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, maxPieceBytes/2), rapid.IntRange(0, 3*maxPieceBytes))
	rapid.Check(t, func(t *rapid.T) {
		var a Arena
		var pieces []piece
		check := func(p piece, n int) {
			for i, v := range p.values[:n] {
				if v != p.mark {
					t.Fatalf("value %d of a piece of %d is %d, want %d", i, len(p.values), v, p.mark)
				}
			}
		}
		fill := func(p piece) {
			for i := range p.values {
				p.values[i] = p.mark
			}
		}
		for mark := range uint32(rapid.IntRange(1, 60).Draw(t, "steps")) {
			action := rapid.IntRange(0, 3).Draw(t, "action")
			if action < 2 || len(pieces) == 0 {
				p := piece{values: Make[uint32](&a, sizes.Draw(t, "values"))}
				check(p, len(p.values))
				p.mark = mark + 1
				fill(p)
				pieces = append(pieces, p)
				continue
			}
			i := rapid.IntRange(0, len(pieces)-1).Draw(t, "piece")
			check(pieces[i], len(pieces[i].values))
			if action == 2 {
				n := sizes.Draw(t, "resized")
				kept := min(n, len(pieces[i].values))
				pieces[i].values = Resize(&a, pieces[i].values, n)
				check(pieces[i], kept)
				fill(pieces[i])
				continue
			}
			Free(&a, pieces[i].values[:rapid.IntRange(0, len(pieces[i].values)).Draw(t, "cut")])
			pieces = append(pieces[:i], pieces[i+1:]...)
		}
		asked := 0
		for _, p := range pieces {
			check(p, len(p.values))
			asked += 4 * len(p.values)
		}
		st := a.Stats()
		if st.PieceBytes < asked || st.PieceBytes > asked*17/16+(minPieceBytes+pageBytes)*len(pieces) || st.MappedBytes < st.PieceBytes {
			t.Fatalf("%d bytes in %d pieces: %+v", asked, len(pieces), st)
		}
		if rapid.Bool().Draw(t, "at once") {
			a.FreeAll()
		}
		for _, p := range pieces {
			if a.Stats().PieceBytes > 0 {
				Free(&a, p.values)
			}
		}
		if st := a.Stats(); st != (Stats{}) {
			t.Fatalf("after everything is free: %+v", st)
		}
	})
}

// TestManyPiecesFewMappings: 64 KB pieces by the thousand share mappings, and what is mapped shrinks with them.
func TestManyPiecesFewMappings(t *testing.T) {
	var a Arena
	var pieces [][]byte
	for range 2000 {
		pieces = append(pieces, Make[byte](&a, maxPieceBytes/2))
	}
	if got, want := len(a.slabs)+len(a.large), (2000*maxPieceBytes/2+slabBytes-1)/slabBytes; got != want {
		t.Errorf("%d mappings, want %d", got, want)
	}
	for i, p := range pieces {
		if i%32 != 0 { // one piece of every slab stays
			Free(&a, p)
		}
	}
	kept := a.Stats()
	for range 1000 {
		Make[byte](&a, maxPieceBytes/2)
	}
	if st := a.Stats(); st.MappedBytes != kept.MappedBytes {
		t.Errorf("%d bytes mapped with room for new pieces, then %d", kept.MappedBytes, st.MappedBytes)
	}
	a.FreeAll()
}

func TestMisuse(t *testing.T) {
	for name, misuse := range map[string]func(a *Arena){
		"foreign memory": func(a *Arena) { Free(a, make([]byte, 100)) },
		"twice":          func(a *Arena) { b := Make[byte](a, 100); Free(a, b); Free(a, b) },
		"the middle":     func(a *Arena) { Free(a, Make[byte](a, 100)[1:]) },
		"another arena":  func(a *Arena) { Free(a, Make[byte](new(Arena), 100)) },
	} {
		t.Run(name, func(t *testing.T) {
			var a Arena
			Make[byte](&a, 100) // so that a slab stays
			defer a.FreeAll()
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			misuse(&a)
		})
	}
}

func TestRounded(t *testing.T) {
	for size, want := range map[int]int{
		1: 64, 64: 64, 65: 128, 1 << 10: 1 << 10, 1<<10 + 4: 1<<10 + 64, 64 * 60 * 8: 64 * 60 * 8, 64 << 10: 64 << 10,
	} {
		if got := rounded(size); got != want {
			t.Errorf("rounded(%d) = %d, want %d", size, got, want)
		}
	}
	for size := 1; size <= maxPieceBytes; size += 61 {
		if r := rounded(size); r < size || r%minPieceBytes != 0 || r-size > max(minPieceBytes, size/16) {
			t.Fatalf("rounded(%d) = %d", size, r)
		}
	}
}

// TestConcurrent has pieces made and freed side by side.
func TestConcurrent(t *testing.T) {
	var a Arena
	var workers sync.WaitGroup
	for worker := range 4 {
		workers.Go(func() {
			for i := range 300 {
				s := Make[uint64](&a, 1+(i*131+worker*17)%(maxPieceBytes/4))
				s[0], s[len(s)-1] = uint64(i), uint64(i)
				s = Resize(&a, s, len(s)+i)
				if s[0] != uint64(i) {
					t.Errorf("piece %d of worker %d is another's", i, worker)
				}
				Free(&a, s)
			}
		})
	}
	workers.Wait()
	if st := a.Stats(); st != (Stats{}) {
		t.Errorf("after everything is free: %+v", st)
	}
}

func BenchmarkMakeFree(b *testing.B) {
	for _, size := range []int{1 << 10, 30 << 10, 1 << 20} {
		b.Run(fmt.Sprint("bytes=", size), func(b *testing.B) {
			var a Arena
			Make[byte](&a, size) // so that the slab stays
			defer a.FreeAll()
			for b.Loop() {
				s := Make[byte](&a, size)
				s[0] = 1
				Free(&a, s)
			}
		})
	}
}
