package gorilla

import (
	"math"
	"testing"
)

// benchSlots is the block length of the figures in doc.go: an hour at 60 s.
const benchSlots = 60

// mix returns rounds of the blocks of one node's 100 series, in order of the models: 24 blocks in a row
// of each series.
func mix(models []model, nodes int) [][]float64 {
	var blocks [][]float64
	for node := range nodes {
		series := uint64(100 * node)
		for _, m := range models {
			for range m.share {
				blocks = append(blocks, cut(m.values(24*benchSlots, series))...)
				series++
			}
		}
	}
	return blocks
}

// seriesOf returns the blocks of n series of one model.
func seriesOf(m model, n int) [][]float64 {
	var blocks [][]float64
	for series := range n {
		blocks = append(blocks, cut(m.values(24*benchSlots, uint64(series)))...)
	}
	return blocks
}

func cut(values []float64) [][]float64 {
	var blocks [][]float64
	for len(values) >= benchSlots {
		blocks = append(blocks, values[:benchSlots])
		values = values[benchSlots:]
	}
	return blocks
}

// BenchmarkBlock measures size, encoding with choice and decoding for each value model and for the two
// mixes: exact arithmetic, and that of the Java client. Figures are per point.
func BenchmarkBlock(b *testing.B) {
	for _, form := range [][]model{models, clientModels} {
		for _, m := range form {
			benchBlocks(b, m.name, seriesOf(m, 20))
		}
	}
	benchBlocks(b, "exact/mix", mix(models, 2))
	benchBlocks(b, "client/mix", mix(clientModels, 2))
}

// BenchmarkPaper is the baseline: the paper's encoding alone.
func BenchmarkPaper(b *testing.B) {
	for _, form := range []struct {
		name   string
		models []model
	}{{"exact/mix", models}, {"client/mix", clientModels}} {
		benchCodec(b, form.name, mix(form.models, 2), appendPlainXOR)
	}
}

func benchBlocks(b *testing.B, name string, blocks [][]float64) {
	benchCodec(b, name, blocks, NewEncoder(60_000).AppendBlock)
}

func benchCodec(b *testing.B, name string, blocks [][]float64, appendBlock func([]byte, []float64) []byte) {
	var arena []byte
	var packed [][]byte
	for _, values := range blocks {
		at := len(arena)
		arena = appendBlock(arena, values)
		packed = append(packed, arena[at:len(arena):len(arena)])
	}
	size := float64(len(arena)) / float64(len(blocks)*benchSlots)
	b.Run(name+"/encode", func(b *testing.B) {
		i := 0
		dst := make([]byte, 0, 1024)
		for b.Loop() {
			dst = appendBlock(dst[:0], blocks[i%len(blocks)])
			i++
		}
		report(b, size)
	})
	b.Run(name+"/decode", func(b *testing.B) {
		i := 0
		dst := make([]float64, benchSlots)
		for b.Loop() {
			if err := Decode(dst, packed[i%len(packed)]); err != nil {
				b.Fatal(err)
			}
			i++
		}
		report(b, size)
	})
}

func report(b *testing.B, size float64) {
	b.ReportMetric(size, "B/point")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchSlots), "ns/point")
	b.ReportMetric(0, "ns/op")
}

// TestSize keeps the figures: bytes per point of a fleet's values, headers included, blocks of 60.
func TestSize(t *testing.T) {
	for _, c := range []struct {
		name   string
		models []model
		most   float64
	}{{"exact", models, 2.1}, {"client", clientModels, 1.65}} {
		bytes, paper, points := 0, 0, 0
		e := NewEncoder(60_000)
		for _, values := range mix(c.models, 2) {
			bytes += len(e.AppendBlock(nil, values))
			paper += len(appendPlainXOR(nil, values))
			points += len(values)
		}
		size := float64(bytes) / float64(points)
		t.Logf("%s: %.3f B/point, the paper's encoding %.3f", c.name, size, float64(paper)/float64(points))
		if math.IsNaN(size) || size > c.most {
			t.Errorf("%s: %.3f B/point, want at most %.2f", c.name, size, c.most)
		}
	}
}
