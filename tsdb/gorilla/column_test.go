package gorilla

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestColumn packs and unpacks integers of every width, with and without outliers.
func TestColumn(t *testing.T) {
	var p planner
	rapid.Check(t, func(t *rapid.T) {
		xs := drawIntegers(t)
		c, size := p.plan(xs)
		packed := c.append(nil, xs)
		if len(packed) != size {
			t.Fatalf("%+v of %v: %d bytes, planned %d", c, xs, len(packed), size)
		}
		head, src, length, ok := readColumn(packed, len(xs))
		if !ok || length != len(src) || head != c {
			t.Fatalf("%+v came back as %+v, %v", c, head, ok)
		}
		got := make([]float64, len(xs))
		if !head.decode(got, src) {
			t.Fatalf("%+v of %v: a patch outside", c, xs)
		}
		added := make([]float64, len(xs))
		fill(added, math.Float64frombits(1000))
		if !head.add(added, src) {
			t.Fatalf("%+v of %v: a patch outside", c, xs)
		}
		for i, want := range xs {
			if int64(math.Float64bits(got[i])) != want {
				t.Fatalf("%+v of %v: value %d = %d", c, xs, i, int64(math.Float64bits(got[i])))
			}
			if int64(math.Float64bits(added[i])) != want+1000 {
				t.Fatalf("%+v of %v: value %d with 1000 added = %d", c, xs, i, int64(math.Float64bits(added[i])))
			}
		}
	})
}

// TestUnpack compares the loops with the plain reading of one value after the other.
func TestUnpack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.SampledFrom([]uint{0, 1, 2, 3, 5, 7, 8, 9, 13, 24, 31, 33, 56, 57, 64}).Draw(t, "width")
		m := rapid.IntRange(1, 130).Draw(t, "m")
		size := (m*int(width)+7)/8 + rapid.IntRange(0, 9).Draw(t, "more")
		src := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "src")
		base := rapid.Uint64().Draw(t, "base")
		const d, shift, start = 60, 3, 77
		n := func() []float64 { return make([]float64, m) }
		plain, added, divided, summed, unrotated := n(), n(), n(), n(), n()
		unpack(plain, src, width, base)
		unpackAdd(added, src, width, base)
		unpackDivide(divided, src, width, base, d)
		unpackSumDivide(summed, src, width, base, start, d)
		unpackUnrotate(unrotated, src, width, base, shift)
		sum := uint64(start)
		for i := range m {
			v := bitsAt(src, i*int(width), width) + base
			sum += v
			for name, c := range map[string][2]float64{
				"unpack":          {plain[i], math.Float64frombits(v)},
				"unpackAdd":       {added[i], math.Float64frombits(v)},
				"unpackDivide":    {divided[i], float64(int64(v)) / d},
				"unpackSumDivide": {summed[i], float64(int64(sum)) / d},
				"unpackUnrotate":  {unrotated[i], unrotate(v, shift)},
			} {
				if math.Float64bits(c[0]) != math.Float64bits(c[1]) {
					t.Fatalf("%s width %d: value %d of %d = %v, want %v", name, width, i, m, c[0], c[1])
				}
			}
		}
	})
}

func drawIntegers(t *rapid.T) []int64 {
	m := rapid.OneOf(rapid.IntRange(1, 70), rapid.IntRange(1, 700)).Draw(t, "m")
	base := rapid.Int64().Draw(t, "base")
	near := rapid.Uint64Range(0, 1<<rapid.IntRange(0, 63).Draw(t, "bits")).Draw(t, "near")
	far := rapid.SampledFrom([]int{0, 0, 1, 5, 60}).Draw(t, "far percent")
	xs := make([]int64, m)
	for i := range xs {
		xs[i] = base + int64(rapid.Uint64Range(0, near).Draw(t, "x"))
		if far > 0 && rapid.IntRange(0, 99).Draw(t, "far?") < far {
			xs[i] = rapid.Int64().Draw(t, "far")
		}
	}
	return xs
}

func TestMask(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(2, 70), rapid.IntRange(2, MaxSlots)).Draw(t, "n")
		m := zeroed(nil, words(n))
		set := 0
		turn := rapid.IntRange(1, 300).Draw(t, "turn")
		for i, on := 0, rapid.Bool().Draw(t, "on"); i < n; on = !on {
			for range min(n-i, rapid.IntRange(1, turn).Draw(t, "run")) {
				if on {
					m.set(i)
					set++
				}
				i++
			}
		}
		if set == 0 || set == n {
			t.Skip("not a mask that is written")
		}
		b, form := m.append([]byte("x"), n)
		if b = b[1:]; len(b) != m.size(n) {
			t.Fatalf("%d bytes, size says %d", len(b), m.size(n))
		}
		back := zeroed(nil, words(n))
		got, rest, ok := back.read(append(b, 'y'), n, form)
		if !ok || got != set || string(rest) != "y" {
			t.Fatalf("%d of %d set, read %d, %q, %v", set, n, got, rest, ok)
		}
		dst := make([]float64, n)
		for i := range set {
			dst[i] = float64(i + 1)
		}
		back.expand(dst, set, -1)
		next := 1.0
		for i, v := range dst {
			switch want := m[i/64]>>(i%64)&1 == 1; {
			case want && v == next:
				next++
			case want || v != -1:
				t.Fatalf("slot %d of %d = %v, set: %v", i, n, v, want)
			}
		}
	})
}

func TestXORSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := drawValues(t)
		size := len(appendXOR(nil, values))
		if got := xorSize(values, math.MaxInt/8); got != size {
			t.Fatalf("%d bytes, want %d", got, size)
		}
		limit := rapid.IntRange(1, 2*size).Draw(t, "limit")
		if got := xorSize(values, limit); got < limit && got != size || got >= limit && size < limit {
			t.Fatalf("%d bytes below a limit of %d, want %d", got, limit, size)
		}
	})
}
