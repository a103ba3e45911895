package expr

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestNumberText(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0.0", 42: "42.0", -1.5: "-1.5", 0.001: "0.001", 9999999: "9999999.0", 9999999.5: "9999999.5",
		1e7: "1.0E7", 123456789: "1.23456789E8", 1e-4: "1.0E-4", 0.00099: "9.9E-4", 1e21: "1.0E21", 1e100: "1.0E100",
		math.MaxFloat64: "1.7976931348623157E308", 5e-324: "4.9E-324", 2e-323: "2.0E-323", math.Pi: "3.141592653589793",
		math.Inf(1): "Infinity", math.Inf(-1): "-Infinity",
	} {
		if got := NumberText(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
	if got := NumberText(math.NaN()); got != "NaN" {
		t.Errorf("NaN: got %s", got)
	}
	if got := NumberText(math.Copysign(0, -1)); got != "-0.0" {
		t.Errorf("-0: got %s", got)
	}
}

func TestNumberTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		got, err := strconv.ParseFloat(NumberText(v), 64)
		if err != nil || math.Float64bits(got) != math.Float64bits(v) && v == v {
			t.Fatalf("%v is %s, which is %v, %v", v, NumberText(v), got, err)
		}
	})
}

// TestSine compares with values computed to 40 digits elsewhere, and with math.Sin.
func TestSine(t *testing.T) {
	for x, want := range map[float64]float64{
		math.Pi: 1.2246467991473532e-16, 1e22: -0.8522008497671888, 0: 0, 1: 0.8414709848078965, -1: -0.8414709848078965,
	} {
		if got := sine(x); got != want {
			t.Errorf("%v: got %v, want %v", x, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e6, 1e6).Draw(t, "x")
		if got, want := sine(x), math.Sin(x); math.Abs(got-want) > 1e-15 {
			t.Fatalf("%v: got %v, want %v", x, got, want)
		}
	})
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got := sine(x); got == got {
			t.Errorf("%v: got %v", x, got)
		}
	}
	if got := piOf(200).Text('g', 50); got != "3.1415926535897932384626433832795028841971693993751" {
		t.Errorf("π is %s", got)
	}
}

// TestBuckets checks the sample and the ends of asl.md §14.4, and that every bound is counted in its bucket
// or the next.
func TestBuckets(t *testing.T) {
	for v, want := range map[int64]int{-1: 0, 0: 0, 1: 1, 4: 4, 5: 5, 14: 14, 15: 15, 16: 15, 21: 16, 57: 23, 64: 24, 85: 25, 1000: 41,
		1e6: 86, 1e9: 131, 6e10: 157, math.MaxInt64: 275} {
		if got := BucketIndex(v); got != want {
			t.Errorf("bucket of %d: got %d, want %d", v, got, want)
		}
	}
	if BucketCount() != 276 || BucketBound(274) != 4227378850225105576 || BucketBound(131) != 1073741824 || BucketBound(14) != 16 {
		t.Errorf("%d buckets, bounds %v, %v, %v", BucketCount(), BucketBound(274), BucketBound(131), BucketBound(14))
	}
	for i := range BucketCount() - 1 {
		if at := BucketIndex(buckets[i]); at != i+1 && at != i+2 {
			t.Errorf("bound %d of bucket %d is counted in %d", buckets[i], i, at)
		}
	}
}
