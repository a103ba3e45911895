package blockfile

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

const (
	fleetSeries = 100_000
	fleetShards = 16
	slots       = 60
)

// fleetTags are the tags of series i as a fleet has them: 10 tags, 100 series on each of 1,000 nodes.
func fleetTags(i int) tag.Tags {
	node := i / 100
	app := node % 20
	return tag.New(
		"name", fmt.Sprintf("metric.number.%d", i%50),
		"nf.app", fmt.Sprintf("app%d", app),
		"nf.cluster", fmt.Sprintf("app%d-main", app),
		"nf.asg", fmt.Sprintf("app%d-main-v%03d", app, node%3),
		"nf.node", fmt.Sprintf("i-%08x", uint32(node)*2654435761),
		"nf.region", "us-east-1",
		"nf.zone", fmt.Sprintf("us-east-1%c", 'a'+node%3),
		"nf.account", "1234567890",
		"atlas.dstype", []string{"gauge", "rate"}[i%2],
		"id", fmt.Sprintf("id-%d", i%100),
	)
}

// A fleetEntry is a series to write.
type fleetEntry struct {
	Series
	canonical []byte
}

// fleet returns the series in the order of files: by shard, which a hash of the tags decides.
func fleet() []fleetEntry {
	all := make([]fleetEntry, fleetSeries)
	for i := range all {
		canonical := fleetTags(i).AppendCanonical(nil)
		shard := int(crc32.Checksum(canonical, castagnoli) % fleetShards)
		all[i] = fleetEntry{Series{shard, uint32(i)}, canonical}
	}
	slices.SortStableFunc(all, func(a, b fleetEntry) int { return a.Shard - b.Shard })
	return all
}

// writeFleet writes a file of so many windows, whose blocks have 2 bytes a slot on average.
func writeFleet(b *testing.B, fsys vfs.FS, name string, all []fleetEntry, first int64, windows int) Info {
	b.Helper()
	w, err := Create(fsys, name, Head{StepMillis: 60_000, Slots: slots, First: first, Windows: windows, Sequence: uint64(first)})
	if err != nil {
		b.Fatal(err)
	}
	noise := make([]byte, 1<<16)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(noise)
	blocks := make([][]byte, windows)
	for i, one := range all {
		for j := range blocks {
			size := 10 + (i*7+j*13)%221 // 10 to 230 bytes, 120 on average
			at := (i*131 + j*977) % (len(noise) - size)
			blocks[j] = noise[at : at+size]
		}
		if err := w.Add(one.Shard, one.Number, one.canonical, blocks); err != nil {
			b.Fatal(err)
		}
	}
	info, err := w.Commit()
	if err != nil {
		b.Fatal(err)
	}
	return info
}

func reportSizes(b *testing.B, info Info) {
	series, points := float64(info.Series), float64(info.Series*info.Head.Windows*info.Head.Slots)
	b.ReportMetric(float64(info.SizeBytes-info.DataBytes)/series, "tables-B/series")
	b.ReportMetric(float64(info.SizeBytes)/points, "B/point")
}

func BenchmarkWrite(b *testing.B) {
	all := fleet()
	for _, windows := range []int{1, 24} {
		b.Run(fmt.Sprintf("series=1e5/windows=%d", windows), func(b *testing.B) {
			name := filepath.Join(b.TempDir(), "a")
			var info Info
			b.ReportAllocs()
			for b.Loop() {
				info = writeFleet(b, vfs.OS{}, name, all, 0, windows)
			}
			b.SetBytes(info.SizeBytes)
			reportSizes(b, info)
		})
	}
}

func BenchmarkMerge(b *testing.B) {
	all := fleet()
	dir := b.TempDir()
	var inputs []*Reader
	for i := range 24 {
		name := filepath.Join(dir, fmt.Sprint(i))
		writeFleet(b, vfs.OS{}, name, all, int64(i), 1)
		inputs = append(inputs, open(b, vfs.OS{}, name))
	}
	var info Info
	for b.Loop() {
		var err error
		head := Head{StepMillis: 60_000, Slots: slots, Windows: len(inputs)}
		if info, err = Merge(b.Context(), vfs.OS{}, filepath.Join(dir, "m"), head, inputs); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(info.SizeBytes)
	reportSizes(b, info)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*fleetSeries*24), "ns/block")
}

// fleetFile returns an open file of the fleet.
func fleetFile(b *testing.B, windows int) *Reader {
	b.Helper()
	name := filepath.Join(b.TempDir(), "a")
	writeFleet(b, vfs.OS{}, name, fleet(), 0, windows)
	return open(b, vfs.OS{}, name)
}

func BenchmarkOpen(b *testing.B) {
	name := fleetFile(b, 24).Name()
	for b.Loop() {
		r, err := Open(vfs.OS{}, name)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstLookup opens a file and looks one tag up: what the checks of the tables cost, once.
func BenchmarkFirstLookup(b *testing.B) {
	name := fleetFile(b, 24).Name()
	for b.Loop() {
		r, err := Open(vfs.OS{}, name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Lookup(b.Context(), tag.Equal{Key: "name", Value: "metric.number.7"}); err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	r := fleetFile(b, 1)
	compile := func(source string) *pattern.Pattern {
		p, err := pattern.Compile(source, false)
		if err != nil {
			b.Fatal(err)
		}
		return p
	}
	name := tag.Equal{Key: "name", Value: "metric.number.7"}
	for what, p := range map[string]tag.Predicate{
		"true":              tag.True{},
		"name":              name,
		"name-and-app":      tag.And{Left: name, Right: tag.Equal{Key: "nf.app", Value: "app3"}},
		"name-and-not-app":  tag.And{Left: name, Right: tag.Not{Inner: tag.Equal{Key: "nf.app", Value: "app3"}}},
		"node-prefix":       tag.Match{Key: "nf.node", Pattern: compile("i-1")},
		"node-alternatives": tag.Match{Key: "nf.node", Pattern: compile(".*(7|9)a$")},
	} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Lookup(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkValues(b *testing.B) {
	r := fleetFile(b, 1)
	for what, p := range map[string]tag.Predicate{"all": tag.True{}, "name": tag.Equal{Key: "name", Value: "metric.number.7"}} {
		b.Run("nf.node/"+what, func(b *testing.B) {
			for b.Loop() {
				positions, err := r.Lookup(b.Context(), p)
				must(b, err)
				if values, err := r.Values(b.Context(), "nf.node", positions, Page{}); err != nil || len(values) != 1000 {
					b.Fatal(len(values), err)
				}
			}
		})
	}
}

// BenchmarkBlocks reads 10,000 of the blocks, one in ten, and three of 24 windows.
func BenchmarkBlocks(b *testing.B) {
	positions := make([]uint32, fleetSeries/10)
	for i := range positions {
		positions[i] = uint32(i * 10)
	}
	for _, windows := range []int{1, 24} {
		b.Run(fmt.Sprintf("windows=%d", windows), func(b *testing.B) {
			r := fleetFile(b, windows)
			first := int64(max(0, windows/2))
			last := first + int64(min(windows, 3)) - 1
			if windows == 1 {
				first, last = 0, 0
			}
			blocks, sum := 0, 0
			visit := func(_ uint32, _ int64, block []byte) error {
				blocks++
				sum += int(block[0]) + int(block[len(block)-1])
				return nil
			}
			for b.Loop() {
				if err := r.Blocks(positions, first, last, visit); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(blocks), "ns/block")
		})
	}
}

func BenchmarkAppendBlock(b *testing.B) {
	r := fleetFile(b, 24)
	var block []byte
	position := uint32(0)
	for b.Loop() {
		var err error
		if block, err = r.AppendBlock(block[:0], position, 20); err != nil {
			b.Fatal(err)
		}
		position = (position + 7919) % fleetSeries
	}
}

func BenchmarkAppendCanonical(b *testing.B) {
	r := fleetFile(b, 1)
	var canonical []byte
	position := uint32(0)
	for b.Loop() {
		var err error
		if canonical, err = r.AppendCanonical(canonical[:0], position); err != nil {
			b.Fatal(err)
		}
		position = (position + 7919) % fleetSeries
	}
}

// BenchmarkFind looks for series that a file has: among 6,250 of a shard, of which each number is there or one in seven.
func BenchmarkFind(b *testing.B) {
	for _, every := range []uint32{1, 7} {
		b.Run(fmt.Sprintf("every=%d", every), func(b *testing.B) {
			numbers := make([]byte, 0, 4*6250)
			for i := range uint32(6250) {
				number := 1000 + i*every + i*i%every
				numbers = binary.LittleEndian.AppendUint32(numbers, number)
			}
			place := uint32(0)
			for b.Loop() {
				number := binary.LittleEndian.Uint32(numbers[4*place:])
				if got, found := findNumber(numbers, number); !found || got != place {
					b.Fatal(got, found, place)
				}
				place = (place + 1237) % 6250
			}
		})
	}
}
