package real

import (
	"bufio"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// maxUlp is by how many units in the last place a result may be off. Half a unit is what the nearest number is off by. Below
// the least normal number a power is rounded twice.
const (
	maxUlp          = 0.51
	maxUlpSubnormal = 0.76
	leastNormal     = 0x1p-1022
)

// A row is a true value: near plus rest units in the last place of near.
type row struct {
	operands   []float64
	near, rest float64
}

// readRows reads a file that testdata/make.py wrote.
func readRows(t *testing.T, name string) []row {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows []row
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var numbers []float64
		for field := range strings.FieldsSeq(lines.Text()) {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, v)
		}
		n := len(numbers)
		rows = append(rows, row{numbers[:n-2], numbers[n-2], numbers[n-1]})
	}
	if len(rows) < 1000 {
		t.Fatalf("%s has %d rows", name, len(rows))
	}
	return rows
}

// off returns by how many units in the last place got is off the true value.
func (r *row) off(got float64) float64 {
	if got == r.near {
		return math.Abs(r.rest)
	}
	if math.IsInf(r.near, 0) || math.IsInf(got, 0) || math.IsNaN(got) {
		return math.Inf(1)
	}
	size := math.Abs(r.near)
	unit := math.Nextafter(size, math.Inf(1)) - size
	if size == math.MaxFloat64 {
		unit = size - math.Nextafter(size, 0)
	}
	return math.Abs((got-r.near)/unit - r.rest)
}

// compare holds f against the true values.
func compare(t *testing.T, file string, f func(operands []float64) float64) {
	t.Helper()
	most, failed := 0.0, 0
	for _, r := range readRows(t, file) {
		got := f(r.operands)
		off := r.off(got)
		most = max(most, off)
		limit := maxUlp
		if math.Abs(r.near) < leastNormal {
			limit = maxUlpSubnormal
		}
		if off > limit || r.rest == 0 && got != r.near {
			if failed++; failed <= 10 {
				t.Errorf("%v: %v, want %v: off by %.3g ulp", r.operands, got, r.near, off)
			}
		}
	}
	if failed > 10 {
		t.Errorf("and %d more", failed-10)
	}
	t.Logf("%s: off by at most %.6f ulp", file, most)
}

func TestPower(t *testing.T) {
	compare(t, "power.txt", func(operands []float64) float64 { return Power(operands[0], operands[1]) })
}

func TestSine(t *testing.T) {
	compare(t, "sine.txt", func(operands []float64) float64 { return Sine(operands[0]) })
}

// What has no digits: the answers are those of Java's Math.pow and Math.sin.
func TestPowerOfOddNumbers(t *testing.T) {
	nan, inf, zero := math.NaN(), math.Inf(1), math.Copysign(0, -1)
	for _, c := range []struct{ x, y, want float64 }{
		{nan, 0, 1}, {nan, 1, nan}, {1, nan, nan}, {1, inf, nan}, {-1, inf, nan}, {1, -inf, nan}, {2, nan, nan}, {0, nan, nan},
		{2, inf, inf}, {0.5, inf, 0}, {2, -inf, 0}, {0.5, -inf, inf}, {-2, inf, inf}, {inf, inf, inf}, {-inf, -inf, 0},
		{0, 0, 1}, {zero, 0, 1}, {inf, 0, 1}, {0, 2, 0}, {0, -1, inf}, {zero, -1, -inf}, {zero, -2, inf}, {zero, 3, zero},
		{zero, 0.5, 0}, {-inf, 3, -inf}, {-inf, 2, inf}, {-inf, -3, zero}, {-inf, 0.5, inf}, {inf, -1, 0}, {inf, 0.5, inf},
		{-8, 1.0 / 3, nan}, {-8, 3, -512}, {-2, -1074, 5e-324}, {-2, -1075, zero}, {-2, 1e300, inf}, {-0.5, 1e300, 0},
		{-1, 1 << 53, 1}, {-1, 1<<53 - 1, -1}, {1, 1e308, 1}, {10, 308, 1e308}, {10, 309, inf}, {10, -324, 0}, {10, -323, 1e-323},
		{4, 0.5, 2}, {4, -0.5, 0.5}, {8, 3, 512}, {1e154, 2, 1e308}, {5e-324, 1, 5e-324}, {5e-324, -1, inf}, {5e-324, 0.5, math.Sqrt(5e-324)},
		{1 + 0x1p-52, 1e19, inf}, {1 - 0x1p-53, 1e19, 0},
		{1.0000000000000002, 1e-300, 1}, {3, 1e-320, 1},
	} {
		got := Power(c.x, c.y)
		if math.Float64bits(got) != math.Float64bits(c.want) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%v to the power of %v: %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

func TestSineOfOddNumbers(t *testing.T) {
	zero := math.Copysign(0, -1)
	for x, want := range map[float64]float64{0: 0, zero: zero, 5e-324: 5e-324, math.Inf(1): math.NaN(), math.Inf(-1): math.NaN()} {
		if got := Sine(x); math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("sine of %v: %v, want %v", x, got, want)
		}
	}
	if got := Sine(math.NaN()); !math.IsNaN(got) {
		t.Errorf("sine of NaN: %v", got)
	}
}

// How good the library is: what doc.go says of math.Pow and math.Sin, and that math.Log needs no other for normal numbers.
func TestLibrary(t *testing.T) {
	report := func(file, name string, f func(operands []float64) float64) {
		most, worst, over := 0.0, row{}, 0
		for _, r := range readRows(t, file) {
			off := r.off(f(r.operands))
			if off > 1 {
				over++
			}
			if math.Abs(r.near) > leastNormal && off > most && !math.IsInf(off, 0) {
				most, worst = off, r
			}
		}
		t.Logf("%s: by more than one ulp in %d cases; of normal results at most %.3g, at %v", name, over, most, worst.operands)
	}
	report("power.txt", "math.Pow", func(operands []float64) float64 { return math.Pow(operands[0], operands[1]) })
	report("sine.txt", "math.Sin", func(operands []float64) float64 { return math.Sin(operands[0]) })
	random := rand.New(rand.NewPCG(1, 2))
	most := 0.0
	for range 1_000_000 {
		x := math.Ldexp(1+random.Float64(), random.IntN(2045)-1022)
		if random.IntN(2) == 0 {
			x = 1 + math.Ldexp(random.Float64()-0.5, -random.IntN(50)) // next to 1
		}
		if x == 1 {
			continue
		}
		l := logOf(x)
		r := row{near: l.hi, rest: l.lo / (math.Nextafter(math.Abs(l.hi), math.Inf(1)) - math.Abs(l.hi))}
		most = max(most, r.off(math.Log(x)))
	}
	t.Logf("math.Log: at most %.3g ulp", most)
	if most > 1 {
		t.Errorf("math.Log is off by %.3g ulp", most)
	}
}

func BenchmarkPower(b *testing.B) {
	for _, c := range []struct {
		name string
		f    func(x, y float64) float64
	}{{"real", Power}, {"math", math.Pow}} {
		b.Run(c.name, func(b *testing.B) {
			sum := 0.0
			for i := range b.N {
				sum += c.f(float64(i&1023)+0.7, 2.3)
			}
			sink = sum
		})
	}
}

func BenchmarkSine(b *testing.B) {
	for _, c := range []struct {
		name string
		f    func(x float64) float64
	}{{"real", Sine}, {"math", math.Sin}} {
		b.Run(c.name, func(b *testing.B) {
			sum := 0.0
			for i := range b.N {
				sum += c.f(float64(i&1023) + 0.7)
			}
			sink = sum
		})
	}
}

var sink float64

// All powers of ten and two are those that a reader of numbers makes of their digits.
func TestPowersOfTenAndTwo(t *testing.T) {
	for _, c := range []struct {
		base        float64
		digits      string
		least, most int
	}{{10, "1e", -324, 308}, {2, "0x1p", -1074, 1023}} {
		for n := c.least; n <= c.most; n++ {
			want, err := strconv.ParseFloat(c.digits+strconv.Itoa(n), 64)
			if err != nil {
				t.Fatal(err)
			}
			if got := Power(c.base, float64(n)); got != want {
				t.Errorf("%v to the power of %d: %v, want %v", c.base, n, got, want)
			}
			if got := Power(-c.base, float64(n)); math.Abs(got) != want || math.Signbit(got) != (n%2 != 0) {
				t.Errorf("%v to the power of %d: %v", -c.base, n, got)
			}
		}
	}
}
