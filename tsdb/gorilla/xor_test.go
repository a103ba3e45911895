package gorilla

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestXORPaper checks the example stream of the paper, 12 12 24, bit by bit.
func TestXORPaper(t *testing.T) {
	got := bitString(appendXOR(nil, []float64{12, 12, 24}))
	want := strings.Join([]string{
		"0100000000101000000000000000000000000000000000000000000000000000", // 12
		"0",                     // the same again
		"11", "01011", "000001", // 24 XOR 12: 11 leading zeros, 1 bit
		"1",
		"0", // up to a whole byte
	}, "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bits (-want +got):\n%s", diff)
	}
}

// TestXORDifferences checks the differences that section 4.1.2 of the paper shows for two series, rebuilt
// from the bits of a block.
func TestXORDifferences(t *testing.T) {
	tests := []struct {
		values []float64
		xor    []uint64
	}{
		{[]float64{12, 24, 15, 12, 35}, []uint64{0x0010000000000000, 0x0016000000000000, 0x0006000000000000, 0x0069800000000000}},
		{[]float64{15.5, 14.0625, 3.25, 8.625, 13.1}, []uint64{0x0003200000000000, 0x0026200000000000, 0x002b400000000000, 0x000b733333333333}},
	}
	for _, c := range tests {
		back := make([]float64, len(c.values))
		if !decodeXOR(back, appendXOR(nil, c.values)) {
			t.Fatalf("%v does not decode", c.values)
		}
		for i, want := range c.xor {
			if got := math.Float64bits(back[i+1]) ^ math.Float64bits(back[i]); got != want {
				t.Errorf("%v: xor %d = %#016x, want %#016x", c.values, i, got, want)
			}
		}
	}
}

// TestXORWindow checks the second bit of the prefix: a difference inside the last window reuses it.
func TestXORWindow(t *testing.T) {
	flip := func(u uint64) float64 { return math.Float64frombits(math.Float64bits(1) ^ u) }
	values := []float64{1, flip(0xff0), 1, flip(0x0f0), flip(0x10f0)}
	got := bitString(appendXOR(nil, values))[64:]
	want := strings.Join([]string{
		"11", "11111", "011101", "00000000000000000000011111111", // 52 leading zeros count as 31
		"10", "00000000000000000000011111111",
		"10", "00000000000000000000000001111",
		"10", "00000000000000000000100000000",
	}, "")
	if diff := cmp.Diff(want, strings.TrimRight(got, "0")+strings.Repeat("0", len(want)-len(strings.TrimRight(got, "0")))); diff != "" {
		t.Errorf("bits (-want +got):\n%s", diff)
	}
	back := make([]float64, len(values))
	if !decodeXOR(back, appendXOR(nil, values)) || !cmp.Equal(back, values) {
		t.Errorf("back %v, want %v", back, values)
	}
}

func bitString(b []byte) string {
	var s strings.Builder
	for _, one := range b {
		fmt.Fprintf(&s, "%08b", one)
	}
	return s.String()
}
