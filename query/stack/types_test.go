package stack

import (
	"math"
	"testing"
)

func TestParseDouble(t *testing.T) {
	for text, want := range map[string]float64{
		"1": 1, "-1.5e3": -1500, "+.5": 0.5, "1.": 1, "1d": 1, "5f": 5, "1e3D": 1000, " 7\t": 7,
		"0x1p3": 8, "0x1.8p1f": 3, "0X.8P1": 1, "Infinity": math.Inf(1), "-Infinity": math.Inf(-1),
		"1e999": math.Inf(1), "-1e999": math.Inf(-1), "1e-999": 0, "-0": math.Copysign(0, -1), "4.9e-324": 5e-324,
	} {
		got, ok := ParseDouble(text)
		if !ok || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("%q: got %v, %t, want %v", text, got, ok, want)
		}
	}
	if got, ok := ParseDouble("-NaN"); !ok || got == got {
		t.Errorf("-NaN: got %v, %t", got, ok)
	}
	for _, text := range []string{"", " ", "+", "nan", "inf", "Inf", "infinity", "1_000", "0x10", "0xp1", "1e", "e1", ".", "1..2", "--1", "1 2", "١", "1dd", "d", "0b1p2", "NaNd"} {
		if got, ok := ParseDouble(text); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestParseInt(t *testing.T) {
	for text, want := range map[string]int32{"0": 0, "+7": 7, "-7": -7, "2147483647": math.MaxInt32, "-2147483648": math.MinInt32, "٤٢": 42, "０１": 1} {
		if got, ok := ParseInt(text); !ok || got != want {
			t.Errorf("%q: got %d, %t, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "-", "+", "1.0", " 1", "1 ", "2147483648", "-2147483649", "0x1", "1d", "99999999999999999999", "𝟙"} {
		if got, ok := ParseInt(text); ok {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}
