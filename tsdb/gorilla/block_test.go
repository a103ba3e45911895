package gorilla

import (
	"encoding/binary"
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

// TestLong has the greatest number of slots, with runs longer than a byte and many words of mask.
func TestLong(t *testing.T) {
	e := NewEncoder(60_000)
	for _, m := range clientModels {
		values := m.values(MaxSlots, 1)
		checkBlock(t, values, e.AppendBlock(nil, values))
		fill(values[100:700], math.NaN())
		values[MaxSlots-1] = math.NaN()
		checkBlock(t, values, e.AppendBlock(nil, values))
		for i := 0; i < MaxSlots; i += 3 {
			values[i] = math.NaN()
		}
		checkBlock(t, values, e.AppendBlock(nil, values))
	}
}

// TestSteps checks that a block is read without knowing the step it was made for.
func TestSteps(t *testing.T) {
	for _, step := range []int64{0, 1, 500, 1000, 1500, 7000, 10_000, 60_000, 3_600_000} {
		e := NewEncoder(step)
		for _, d := range []float64{1, 7, 10, 60, 3600} {
			values := []float64{1 / d, 17 / d, 3 / d, 1000 / d, 4 / d, 5 / d, 8 / d}
			checkBlock(t, values, e.AppendBlock(nil, values))
		}
	}
}

// TestRaw: a few odd values do not cost a block its integral form.
func TestRaw(t *testing.T) {
	e := NewEncoder(60_000)
	odd := []float64{math.Pi, math.Inf(1), math.Copysign(0, -1)}
	for _, m := range clientModels {
		if m.name == "client/float" {
			continue // never integral
		}
		values := m.values(60, 1)
		plain := len(e.AppendBlock(nil, values))
		for i, v := range odd {
			values[7+20*i] = v
		}
		block := e.AppendBlock(nil, values)
		checkBlock(t, values, block)
		if most := plain + 3*rawSize + 24; len(block) > most {
			t.Errorf("%s: %d bytes, with 3 odd values %d, want at most %d", m.name, plain, len(block), most)
		}
	}
}

// TestOwnStep checks that an encoder knows the divisions by its step.
func TestOwnStep(t *testing.T) {
	for _, seconds := range stepSeconds {
		d := float64(seconds)
		values := []float64{1 / d, 17 / d, 3 / d, 1001 / d, 4 / d, 5 / d, 8 / d}
		block := NewEncoder(1000*seconds).AppendBlock(nil, values)
		if block[0]&classMask != classInteger {
			t.Errorf("events by %d s are % x, not of class integer", seconds, block)
		}
	}
	var zero Encoder
	values := models[0].values(60, 1)
	if got, want := zero.AppendBlock(nil, values), NewEncoder(60_000).AppendBlock(nil, values); string(got) != string(want) {
		t.Errorf("the zero Encoder makes % x, one for 60 s % x", got, want)
	}
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

// TestCut cuts blocks of every encoding at every byte and adds one: an error each time, except where the
// cut is one that nobody can notice, as in a constant.
func TestCut(t *testing.T) {
	for _, g := range readGolden(t) {
		back := make([]float64, len(g.values))
		for n := range g.bytes {
			err := Decode(back, g.bytes[:n])
			if err == nil && g.bytes[0]&(classMask|flagDelta) != classConstant {
				t.Errorf("%s cut to %d of %d bytes decodes", g.name, n, len(g.bytes))
			}
			if err != nil && !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s cut to %d bytes: %v", g.name, n, err)
			}
		}
		longer := append(g.bytes[:len(g.bytes):len(g.bytes)], 0)
		if err := Decode(back, longer); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s with a byte more: %v", g.name, err)
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
		f.Add(uint16(59), e.AppendBlock(nil, m.values(60, 0)))
		f.Add(uint16(6), appendPlainXOR(nil, m.values(7, 3)))
	}
	for _, g := range readGolden(f) {
		f.Add(uint16(len(g.values)-1), g.bytes)
	}
	gaps := models[0].values(200, 0)
	for i := 0; i < len(gaps); i += 17 {
		gaps[i] = math.NaN()
	}
	f.Add(uint16(199), e.AppendBlock(nil, gaps))
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

// FuzzAppendBlock makes slots of arbitrary bytes, 8 each.
func FuzzAppendBlock(f *testing.F) {
	for _, m := range clientModels {
		var b []byte
		for _, v := range m.values(9, 5) {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		f.Add(b)
	}
	e := NewEncoder(60_000)
	f.Fuzz(func(t *testing.T, b []byte) {
		var values []float64
		for ; len(b) >= 8 && len(values) < MaxSlots; b = b[8:] {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
		if len(values) == 0 {
			return
		}
		block := e.AppendBlock(nil, values)
		checkBlock(t, values, block)
		if plain := appendPlainXOR(nil, values); len(block) > len(plain) {
			t.Fatalf("%d bytes, the paper's encoding takes %d", len(block), len(plain))
		}
	})
}
