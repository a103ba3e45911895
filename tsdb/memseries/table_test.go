package memseries

import (
	"fmt"
	"hash/maphash"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// TestTagTable adds, finds and removes numbers whose hashes collide, as a map does.
func TestTagTable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var table tagTable
		want := map[uint32]uint32{} // hash by number
		hashes := rapid.Custom(func(t *rapid.T) uint32 {
			return rapid.Uint32Range(0, 40).Draw(t, "hash") * rapid.SampledFrom([]uint32{1, 1 << 20}).Draw(t, "spread")
		})
		for range rapid.IntRange(0, 300).Draw(rt, "steps") {
			number := rapid.Uint32Range(0, 60).Draw(rt, "number")
			hash, there := want[number]
			if !there {
				hash = hashes.Draw(rt, "hash")
				if rapid.Bool().Draw(rt, "remove") {
					table.remove(hash, number) // nothing
					continue
				}
				table.add(hash, number)
				want[number] = hash
			} else {
				table.remove(hash, number)
				delete(want, number)
			}
			if table.used != len(want) || len(table.slots) > max(2*minTagSlots, 10*len(want)) {
				rt.Fatalf("%d of %d slots in use, want %d", table.used, len(table.slots), len(want))
			}
			for number := range uint32(61) {
				hash, there := want[number]
				if _, found := table.find(hash, func(other uint32) bool { return other == number }); found != there {
					rt.Fatalf("number %d with hash %d: found %t, want %t", number, hash, found, there)
				}
			}
		}
	})
}

// TestRoster enters series under numbers far apart, forgets them and enters others: memory goes with them.
func TestRoster(t *testing.T) {
	r := newTable()
	numbered := func(number uint32) Series {
		tags := tag.New("name", fmt.Sprint("s", number))
		return NewSeries(Canonical(tags.AppendCanonical(nil)), tags)
	}
	numbers := []uint32{0, 1, 255, 256, 70_000, 70_001, 1 << 31, MaxNumber}
	for _, number := range numbers {
		r.put(number, numbered(number))
	}
	list := func(from uint32) (got []uint32) {
		for number := range r.All(from) {
			got = append(got, number)
		}
		return got
	}
	if got := list(0); !slices.Equal(got, numbers) || r.count != len(numbers) || r.next != MaxNumber+1 {
		t.Errorf("numbers %v, %d of them, next %d", got, r.count, r.next)
	}
	if got := list(256); !slices.Equal(got, numbers[3:]) {
		t.Errorf("numbers from 256: %v", got)
	}
	if first, n := r.Run(0, 10); first != 0 || n != 2 {
		t.Errorf("the first run has %d from %d", n, first)
	}
	if first, n := r.Run(2, 10); first != 255 || n != 2 {
		t.Errorf("the second run has %d from %d", n, first)
	}
	for _, number := range numbers {
		entry := numbered(number)
		if got, _, found := r.Find([]byte(entry.Tags)); got != number || !found || r.at(number).Tags != entry.Tags {
			t.Errorf("tags of %d: %d, %t", number, got, found)
		}
	}
	for _, number := range numbers {
		r.remove(number)
		if r.at(number) != nil {
			t.Errorf("%d is still there", number)
		}
	}
	for i, c := range r.chapters {
		if c != nil {
			t.Errorf("chapter %d is still there", i)
		}
	}
	if r.count != 0 || r.names.used != 0 {
		t.Errorf("%d series and %d names are left", r.count, r.names.used)
	}
}

// BenchmarkTagTable finds one of a million series by its tags, in a tagTable and in a map.
func BenchmarkTagTable(b *testing.B) {
	const n = 1 << 20
	list := make([]Canonical, n)
	for i := range list {
		list[i] = Canonical(tag.New("name", fmt.Sprint("http.server.requests.", i%50), "nf.app", fmt.Sprint("app", i%37),
			"nf.cluster", fmt.Sprint("app", i%37, "-main"), "nf.node", fmt.Sprintf("i-0%016x", i*7919),
			"nf.region", "us-east-1", "nf.zone", "us-east-1a", "atlas.dstype", "rate").AppendCanonical(nil))
	}
	seed := maphash.MakeSeed()
	b.Run("table", func(b *testing.B) {
		var table tagTable
		for i, tags := range list {
			table.add(uint32(maphash.String(seed, string(tags))), uint32(i))
		}
		i := 0
		for b.Loop() {
			i = (i + 7919) % n
			tags := []byte(list[i])
			hash := uint32(maphash.Bytes(seed, tags))
			if _, found := table.find(hash, func(number uint32) bool { return string(list[number]) == string(tags) }); !found {
				b.Fatal("missing")
			}
		}
		b.ReportMetric(float64(8*len(table.slots))/n, "B/series")
	})
	b.Run("map", func(b *testing.B) {
		table := make(map[string]uint32)
		for i, tags := range list {
			table[string(tags)] = uint32(i)
		}
		i := 0
		for b.Loop() {
			i = (i + 7919) % n
			tags := []byte(list[i])
			if _, found := table[string(tags)]; !found {
				b.Fatal("missing")
			}
		}
	})
}
