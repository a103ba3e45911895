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

// TestBuckets checks known buckets and the ends of the table, and that every bound is counted in its bucket
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

// Constants are folded as a program is parsed, and their last digit shows in its text. The values are the nearest there are;
// those of :sin are recorded from Java or computed with 40 digits.
func TestFoldedConstants(t *testing.T) {
	for program, want := range map[string]string{
		"10,308,:pow": "1.0E308,:const", "10,23,:pow": "1.0E23,:const", "10,-5,:pow": "1.0E-5,:const", "2,-1074,:pow": "4.9E-324,:const",
		"-3,3,:pow": "-27.0,:const", "4,1.5,:pow": "8.0,:const", "2,0.5,:pow": "1.4142135623730951,:const", "0,0,:pow": "1.0,:const",
		"1,NaN,:pow": "NaN,:const", "2,:sin": "0.9092974268256817,:const", "10,:sin": "-0.5440211108893698,:const",
		"1e22,:sin": "-0.8522008497671888,:const", ":pi,:sin": "1.2246467991473532E-16,:const", "1,:cos": "0.5403023058681397,:const",
		"16,:sqrt": "4.0,:const", "-1,:sqrt": "NaN,:const",
	} {
		exprs, err := Parse(program, Options{})
		if err != nil || len(exprs) != 1 {
			t.Fatalf("%s: %v, error %v", program, exprs, err)
		}
		if got := exprs[0].Expr.String(); got != want {
			t.Errorf("%s: %s, want %s", program, got, want)
		}
	}
}
