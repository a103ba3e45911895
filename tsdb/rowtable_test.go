package tsdb

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/offheap"
)

// sparseNumbers draws series numbers as churn leaves them: clusters, far apart.
func sparseNumbers(t *rapid.T) []uint32 {
	var numbers []uint32
	for range rapid.IntRange(1, 6).Draw(t, "clusters") {
		base := rapid.SampledFrom([]uint32{0, 200, 255, 256, 65_400, 1 << 20, 54_000_000}).Draw(t, "base")
		for range rapid.IntRange(1, 40).Draw(t, "members") {
			numbers = append(numbers, base+uint32(rapid.IntRange(0, 600).Draw(t, "number")))
		}
	}
	return numbers
}

func TestRowTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var memory offheap.Arena
		table := rowTable{memory: &memory}
		rows := make(map[uint32]int)
		for _, number := range sparseNumbers(t) {
			if _, ok := rows[number]; !ok {
				table.set(number, len(rows))
				rows[number] = len(rows)
			}
		}
		first := int64(rapid.SampledFrom([]uint32{0, 1, 255, 256, 65_536, 1 << 21}).Draw(t, "first"))
		end := first + int64(rapid.SampledFrom([]uint32{0, 1, 300, 1 << 20, 1 << 31}).Draw(t, "length"))
		var want, got []uint32
		for _, number := range slices.Sorted(maps.Keys(rows)) {
			if row, ok := table.row(number); !ok || row != rows[number] {
				t.Fatalf("series %d has row %d, want %d", number, row, rows[number])
			}
			for _, near := range []uint32{number - 1, number + 1, number + 256, number + 65_536} {
				_, want := rows[near]
				if _, got := table.row(near); got != want {
					t.Fatalf("series %d has a row: %t", near, got)
				}
			}
			if int64(number) >= first && int64(number) < end {
				want = append(want, number)
			}
		}
		table.visitRange(first, end, func(number uint32) { got = append(got, number) })
		if !slices.Equal(got, want) {
			t.Fatalf("from %d below %d: %v, want %v", first, end, got, want)
		}
		if size := table.sizeBytes(); size != memory.Stats().PieceBytes {
			t.Fatalf("%d bytes, of %+v", size, memory.Stats())
		}
		table.free()
		if st := memory.Stats(); st != (offheap.Stats{}) {
			t.Fatalf("after free: %+v", st)
		}
	})
}

// TestSealedSparse builds a sealed window of clusters of series and finds their blocks again, and no others.
func TestSealedSparse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var memory offheap.Arena
		b := newSealedBuilder(&sealedWindow{memory: &memory})
		blocks := make(map[uint32]string)
		var want, got []uint32
		numbers := sparseNumbers(t)
		slices.Sort(numbers)
		for _, number := range slices.Compact(numbers) {
			block := rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(t, "block")
			if err := b.add(number, block); err != nil {
				t.Fatal(err)
			}
			if len(block) > 0 {
				blocks[number] = string(block)
				want = append(want, number)
			}
		}
		w := b.finish()
		for _, number := range numbers {
			for _, near := range []uint32{number, number - 1, number + 1, number + 256, number + 65_536} {
				if got := w.block(near); string(got) != blocks[near] || w.holds(near) != (blocks[near] != "") {
					t.Fatalf("series %d: %x, want %x", near, got, blocks[near])
				}
			}
		}
		w.series(func(number uint32) { got = append(got, number) })
		if !slices.Equal(got, want) {
			t.Fatalf("series %v, want %v", got, want)
		}
		w.free()
		if st := memory.Stats(); st != (offheap.Stats{}) {
			t.Fatalf("after free: %+v", st)
		}
	})
}

// TestSealedTooLarge fills a window up to the last offset that there is, and fails then.
func TestSealedTooLarge(t *testing.T) {
	var memory offheap.Arena
	b := newSealedBuilder(&sealedWindow{memory: &memory})
	b.most = 8
	if err := errors.Join(b.add(1, []byte("four")), b.add(2, []byte("four"))); err != nil {
		t.Error(err)
	}
	if err := b.add(3, []byte("x")); !errors.Is(err, errArena) {
		t.Errorf("a byte too many: %v", err)
	}
	b.window.free()
	if st := memory.Stats(); st != (offheap.Stats{}) {
		t.Errorf("after free: %+v", st)
	}
}
