package gorilla

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestRoundTrip(t *testing.T) {
	e := NewEncoder(60_000)
	var block []byte
	rapid.Check(t, func(t *rapid.T) {
		values := drawValues(t)
		block = e.AppendBlock(block[:0], values)
		checkBlock(t, values, block)
		plain := appendPlainXOR(nil, values)
		checkBlock(t, values, plain)
		if len(block) > len(plain) {
			t.Fatalf("%d bytes, the paper's encoding takes %d", len(block), len(plain))
		}
	})
}

func TestRoundTripModels(t *testing.T) {
	e := NewEncoder(60_000)
	for _, form := range [][]model{models, clientModels} {
		for _, m := range form {
			for _, values := range seriesOf(m, 5) {
				checkBlock(t, values, e.AppendBlock(nil, values))
				checkBlock(t, values[:17], e.AppendBlock(nil, values[:17]))
			}
		}
	}
}

// appendPlainXOR is the baseline and oracle: the paper's encoding behind a bitmap of the slots that have
// a value, without any choice.
func appendPlainXOR(dst []byte, values []float64) []byte {
	present := zeroed(nil, words(len(values)))
	var stored []float64
	for i, v := range values {
		if !math.IsNaN(v) {
			present.set(i)
			stored = append(stored, v)
		}
	}
	switch len(stored) {
	case 0:
		return append(dst, headerNothing)
	case len(values):
		return appendXOR(append(dst, headerXOR), stored)
	}
	dst = append(dst, headerXOR|maskBitmap<<presenceShift)
	for i := 0; i < len(values); i += 8 {
		dst = append(dst, byte(present[i/64]>>(i%64)))
	}
	return appendXOR(dst, stored)
}

// checkBlock decodes block and compares with values.
func checkBlock(t interface{ Fatalf(string, ...any) }, values []float64, block []byte) {
	back := make([]float64, len(values))
	if err := Decode(back, block); err != nil {
		t.Fatalf("%x: %v", block, err)
	}
	for i, want := range values {
		if !sameSlot(back[i], want) {
			t.Fatalf("slot %d of %d = %v (%#x), want %v (%#x); block %x", i, len(values),
				back[i], math.Float64bits(back[i]), want, math.Float64bits(want), block)
		}
	}
}

// sameSlot is equality of bits, where any NaN is an empty slot.
func sameSlot(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// TestCut cuts blocks at every byte and adds one: no panic, and an error except where the cut is one
// that no reader can notice (a shorter constant).
func TestCut(t *testing.T) {
	e := NewEncoder(60_000)
	back := make([]float64, 60)
	for _, m := range models {
		values := m.values(60, 0)
		block := e.AppendBlock(nil, values)
		for n := range block {
			err := Decode(back, block[:n])
			if err == nil && block[0]&(classMask|flagDelta) != classConstant {
				t.Errorf("%s cut to %d of %d bytes decodes", m.name, n, len(block))
			}
			if err != nil && !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s cut to %d bytes: %v", m.name, n, err)
			}
		}
		if err := Decode(back, append(block, 0)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s with a byte more: %v", m.name, err)
		}
	}
}

func TestReuse(t *testing.T) {
	e := NewEncoder(60_000)
	block := e.AppendBlock([]byte("before"), []float64{1, math.NaN(), 3})
	if string(block[:6]) != "before" {
		t.Errorf("AppendBlock overwrote what was there: %q", block[:6])
	}
	checkBlock(t, []float64{1, math.NaN(), 3}, block[6:])
	values := models[0].values(60, 0)
	back := make([]float64, 60)
	allocs := testing.AllocsPerRun(100, func() {
		block = e.AppendBlock(block[:0], values)
		if err := Decode(back, block); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations for a block there and back", allocs)
	}
}

func FuzzDecode(f *testing.F) {
	e := NewEncoder(60_000)
	for _, m := range models {
		f.Add(uint16(60), e.AppendBlock(nil, m.values(60, 0)))
		f.Add(uint16(7), appendPlainXOR(nil, m.values(7, 3)))
	}
	gaps := models[0].values(200, 0)
	for i := 0; i < len(gaps); i += 17 {
		gaps[i] = math.NaN()
	}
	f.Add(uint16(200), e.AppendBlock(nil, gaps))
	f.Fuzz(func(t *testing.T, n uint16, block []byte) {
		values := make([]float64, 1+int(n)%MaxSlots)
		if err := Decode(values, block); err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("error %v", err)
			}
			return
		}
		e := NewEncoder(60_000)
		checkBlock(t, values, e.AppendBlock(nil, values))
	})
}
