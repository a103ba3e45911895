package gorilla

import (
	"bufio"
	"encoding/hex"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A goldenBlock is one block of testdata/blocks.txt.
type goldenBlock struct {
	name   string
	values []float64
	bytes  []byte
}

// readGolden reads testdata/blocks.txt; its head explains the format.
func readGolden(t testing.TB) []goldenBlock {
	f, err := os.Open("testdata/blocks.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var blocks []goldenBlock
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || word == "#":
		case word == "block":
			blocks = append(blocks, goldenBlock{name: rest})
		case len(blocks) == 0:
			t.Fatalf("blocks.txt: %q before the first block", line)
		case word == "values":
			last := &blocks[len(blocks)-1]
			for field := range strings.FieldsSeq(rest) {
				last.values = append(last.values, readSlots(t, field)...)
			}
		default:
			bytes, _, _ := strings.Cut(line, "|")
			b, err := hex.DecodeString(strings.ReplaceAll(bytes, " ", ""))
			if err != nil {
				t.Fatalf("blocks.txt: %q: %v", line, err)
			}
			last := &blocks[len(blocks)-1]
			last.bytes = append(last.bytes, b...)
		}
	}
	return blocks
}

// readSlots reads "-", "1.5", "7/60", "7/60+2" (two units in the last place more) and any of them with
// "*8" behind it.
func readSlots(t testing.TB, field string) []float64 {
	field, times, _ := strings.Cut(field, "*")
	if field == "-" {
		field = "NaN"
	}
	field, ulps, _ := strings.Cut(field, "+")
	over, by, _ := strings.Cut(field, "/")
	number := func(s string, without float64) float64 {
		if s == "" {
			return without
		}
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("blocks.txt: %v", err)
		}
		return v
	}
	v := number(over, 0) / number(by, 1)
	v = math.Float64frombits(math.Float64bits(v) + uint64(number(ulps, 0)))
	slots := make([]float64, int(number(times, 1)))
	fill(slots, v)
	return slots
}

// TestGolden keeps the bytes of each encoding: blocks on disk must stay readable, and the choice stable.
func TestGolden(t *testing.T) {
	e := NewEncoder(60_000)
	for _, g := range readGolden(t) {
		t.Run(g.name, func(t *testing.T) {
			if got := e.AppendBlock(nil, g.values); string(got) != string(g.bytes) {
				t.Errorf("%d slots are\n% x, want\n% x", len(g.values), got, g.bytes)
			}
			if len(g.bytes) > 0 {
				checkBlock(t, g.values, g.bytes)
			}
		})
	}
}
